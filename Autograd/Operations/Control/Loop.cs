using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Control;

/// <summary>
/// A computation repeated a number of times, or as long as a condition holds, or both (ONNX <c>Loop</c>). In each turn the body takes the number of the turn from 0 on, true, the
/// carried values and the captured variables, and gives whether there is a next turn, the carried values for it, and one element of each output; the elements are stacked to
/// the outputs.
/// </summary>
/// <remarks>
/// <para>Inputs: the most turns (int64, one element; without it there is no bound, below 0 it means 0), whether there is a first turn (bool, one element; without it what the body
/// says of a next turn does not count), the initial carried values, captured variables. Results: the carried values after the last turn, the outputs [T, …] and, beyond the
/// standard, for each carried value that keeps its type [T, …] what it was before each turn: it is computed only where it is read, and exported as one more output. T is
/// known before the loop runs where the most turns are and nothing else ends it. Without a turn the carried values are the initial ones and the outputs have no element.</para>
/// <para>The gradient is a <see cref="Scan"/> backwards over what the carried values were, so that no turn is computed twice. A carried value whose sizes change from turn to
/// turn has none.</para>
/// </remarks>
/// <param name="Body">What is done in a turn.</param>
/// <param name="Carried">The number of carried values.</param>
/// <param name="Kept">The carried values, counted from 0, that keep their type from turn to turn.</param>
public sealed record Loop(Body Body, int Carried, IntList Kept) : Operation, IOperator, IRunsBodies, IHasOwnResults
{
    /// <summary>The number of inputs before the carried values, of the node and of the body.</summary>
    internal const int First = 2;

    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples => LoopExamples.All;

    /// <inheritdoc/>
    public IReadOnlyList<Body> Bodies => [Body];

    /// <inheritdoc/>
    public int StandardResults => Carried + Outputs;

    /// <summary>The number of stacked outputs.</summary>
    internal int Outputs => Body.Outputs.Count - 1 - Carried;

    /// <inheritdoc/>
    public Operation With(IReadOnlyList<Body> bodies) => this with { Body = bodies[0] };

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node)
    {
        Variable[] initial = [.. Enumerable.Range(First, Math.Max(0, node.Count - First)).Select(i => node[i])];
        (Loop loop, IReadOnlyList<Variable> captured) = LoopBuilding.Of([.. initial.Select(value => value.Type)], node.Optional(1)?.Type, types =>
        {
            (IReadOnlyList<Body> bodies, IReadOnlyList<Variable> outside) = node.Close([("body", types)]);
            return (bodies[0], outside);
        });
        return [.. loop.ApplyAll([node.Optional(0), node.Optional(1), .. initial, .. captured]).Take(loop.StandardResults)];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<TensorType> Infer(InferRequest inputs)
    {
        RequireForm(inputs);
        TensorType[] types = [LoopBuilding.Turn, inputs.Has(1) ? inputs[1] : LoopBuilding.Truth, .. Enumerable.Range(First, Body.Inputs.Count - First).Select(i => inputs[i])];
        var binding = new BodyBinding(Body, inputs);
        binding.Bind(types);
        var varying = new HashSet<Symbol>(Enumerable.Range(0, Carried).Except(Kept).SelectMany(Varying));
        binding.Free([.. Body.Outputs.Skip(1 + Carried).Select(output => output.Shape)]);
        TensorType[] stacked = [.. Body.Outputs.Skip(1 + Carried).Select(Element), .. Kept.Select(i => types[First + i])];
        Dim? turns = stacked.Length == 0 ? null : TurnsOf(inputs) ?? inputs.Fresh("turns");
        return [.. Enumerable.Range(0, Carried).Select(Last), .. stacked.Select(type => type with { Shape = [turns!, .. type.Shape] })];

        TensorType Element(Variable output, int k) => output.Type with
        {
            Shape = [.. output.Shape.Select((dim, axis) => dim.Symbols.Any(varying.Contains) ? inputs.Fresh($"output{k}_dim{axis}") : binding.Of([dim])[0])],
        };

        TensorType Last(int i)
        {
            (TensorType before, TensorType after) = (Body.Inputs[First + i].Type, Body.Outputs[1 + i].Type);
            if (!Scan.IsSame(before, after))
                throw new ShapeException($"{Name} expects carried values that can go into the next turn, found value {i} of type {before}, which a turn makes {after}.");
            return Kept.Contains(i)
                ? types[First + i]
                : types[First + i] with { Shape = [.. types[First + i].Shape.Select((dim, axis) => before.Shape[axis] == after.Shape[axis] ? dim : inputs.Fresh($"carried{i}_dim{axis}"))] };
        }
    }

    /// <inheritdoc/>
    public void Run(BodyRun run) => new LoopRun(this, run).Run();

    /// <inheritdoc/>
    public Kernel Lower(LowerRequest request) => BodyKernel.Of(this, request);

    /// <inheritdoc/>
    public override IReadOnlyList<Variable?> Bprop(BpropRequest request) => new TurnsGradient(new LoopTurns(this, request)).ByInput();

    /// <inheritdoc/>
    public IReadOnlyList<Variable> WithStandardResults(Arguments inputs, IReadOnlyList<bool> isRead)
    {
        int[] shown = [.. Enumerable.Range(0, Kept.Count).Where(j => isRead[StandardResults + j])];
        IReadOnlyList<Variable> results = (this with { Body = Body.With([.. Body.Outputs, .. shown.Select(j => Body.Inputs[First + Kept[j]])]) }).ApplyAll(inputs);
        return
        [
            .. results.Take(StandardResults),
            .. Enumerable.Range(0, Kept.Count).Select(j => Array.IndexOf(shown, j) is >= 0 and var at ? results[StandardResults + at] : results[^(Kept.Count - j)]),
        ];
    }

    /// <inheritdoc/>
    public override OnnxForm ToOnnx(OnnxRequest request) => new(Name)
    {
        // Without the second input other engines still heed what the body says.
        Bodies = [new OnnxBody("body", request.Inputs.Has(1) ? Body : LoopBuilding.Unending(Body), First + Carried, First + Carried)],
        Inputs = [.. Enumerable.Range(0, First + Carried).Select(i => new OnnxInput.Argument(i))],
        Results = StandardResults,
    };

    private IEnumerable<Symbol> Varying(int carried) => Body.Inputs[First + carried].Shape.Zip(Body.Outputs[1 + carried].Shape)
        .Where(pair => pair.First != pair.Second).Select(pair => pair.First.Symbol).OfType<Symbol>();

    /// <summary>The number of turns where it is known before the loop runs.</summary>
    private Dim? TurnsOf(InferRequest inputs)
    {
        bool isCounted = !inputs.Has(1) || (LoopBuilding.IsTrue(inputs.Constant(1)) && LoopBuilding.IsTrue(Body.Outputs[0].Constant));
        return !isCounted || inputs.Content(0) is not [var most] ? null : most.IsNeverNegative ? most : Dim.Max(most, 0);
    }

    private void RequireForm(InferRequest inputs)
    {
        if (Body.Inputs.Count < First + Carried || Body.Outputs.Count < 1 + Carried || inputs.Length > Body.Inputs.Count
            || Body.Outputs[0].DType != DType.Bool || Body.Outputs[0].Shape.ElementCount is { IsStatic: true, Size: not 1 })
        {
            throw new GraphException(
                $"{Name} expects a body that takes the number of the turn, a condition and {Carried} carried values, and gives a condition and {Carried} carried values, found {Body} for {inputs.Length} inputs.");
        }

        for (int i = 0; i < First; i++)
        {
            TensorType expected = i == 0 ? LoopBuilding.Turn : LoopBuilding.Truth;
            if (!inputs.Has(i))
                continue;
            Require.Type(this, expected.DType, inputs[i].DType);
            if (inputs[i].Shape.ElementCount is { IsStatic: true, Size: not 1 })
                throw new ShapeException($"{Name} expects {(i == 0 ? "a number of turns" : "a condition")} with one element, found the shape {inputs[i].Shape}.");
        }
    }
}
