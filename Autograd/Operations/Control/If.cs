using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Control;

/// <summary>
/// One of two computations, chosen by a condition when the graph runs; the other does not run (ONNX <c>If</c>). Inputs: the condition, a bool with one element, and the
/// variables that the branches capture; both branches take all of them. Both give the same number of results, of the same element types and ranks.
/// </summary>
/// <remarks>The gradient is an If whose branches compute anew what they need from the captured variables; it flows through the branch that is taken.</remarks>
/// <param name="Then">What is computed where the condition is true.</param>
/// <param name="Else">What is computed where it is false.</param>
public sealed record If(Body Then, Body Else) : Operation, IOperator, IRunsBodies
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples =>
    [
        OperationExample.Of(type => Choice(new TensorType(type, ["batch", 3]), x => x.Tanh() * x, x => x.Exp()), new ExampleInput([], DType.Bool, 1, 1), new ExampleInput(["batch", 3])),
        OperationExample.Of(type => Choice(new TensorType(type, [2]), x => x.Tanh() * x, x => x.Exp()), new ExampleInput([1], DType.Bool, 0, 0), new ExampleInput([2])),
    ];

    /// <inheritdoc/>
    public IReadOnlyList<Body> Bodies => [Then, Else];

    /// <inheritdoc/>
    public Operation With(IReadOnlyList<Body> bodies) => new If(bodies[0], bodies[1]);

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node)
    {
        (IReadOnlyList<Body> bodies, IReadOnlyList<Variable> captured) = node.Close([("then_branch", []), ("else_branch", [])]);
        return new If(bodies[0], bodies[1]).ApplyAll([node[0], .. captured]);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<TensorType> Infer(InferRequest inputs)
    {
        Require.Type(this, DType.Bool, inputs[0].DType);
        if (inputs[0].Shape.ElementCount is { IsStatic: true, Size: not 1 })
            throw new ShapeException($"{Name} expects a condition with one element, found the shape {inputs[0].Shape}.");
        TensorType[] captured = [.. inputs.Present.Skip(1)];
        IReadOnlyList<TensorType> first = Then.Results(inputs, captured), second = Else.Results(inputs, captured);
        return first.Count == second.Count
            ? [.. first.Zip(second).Select(pair => Join(inputs, pair.First, pair.Second))]
            : throw new GraphException($"{Name} expects branches with equally many results, found {first.Count} and {second.Count}.");
    }

    /// <inheritdoc/>
    public Kernel Lower(LowerRequest request) => BodyKernel.Of(this, request);

    /// <inheritdoc/>
    public void Run(BodyRun run)
    {
        Body taken = run[0].Span<bool>()[0] ? Then : Else;
        var arguments = new Value[run.Length - 1];
        for (int i = 0; i < arguments.Length; i++)
            arguments[i] = run[i + 1];
        var results = new Value[taken.Outputs.Count];
        for (int i = 0; i < results.Length; i++)
            results[i] = run.Results[i]!;
        run.Run(taken, arguments, results);
        for (int i = 0; i < results.Length; i++)
        {
            if (!ReferenceEquals(results[i], run.Results[i]))
                run.Set(i, results[i]);
        }
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Variable?> Bprop(BpropRequest request)
    {
        int[] results = [.. Enumerable.Range(0, request.Results.Count).Where(i => request.Gradient(i) is not null)];
        int[] wanted = [.. Enumerable.Range(0, Then.Inputs.Count).Where(i => request.Wants(i + 1))];
        (Body then, bool[] reached) = PullBack(request, Then, results, wanted);
        (Body otherwise, bool[] other) = PullBack(request, Else, results, wanted);
        int[] kept = [.. Enumerable.Range(0, wanted.Length).Where(i => reached[i] || other[i])];
        if (kept.Length == 0)
            return request.Zero;
        Variable[] inputs = [.. request.Arguments.Skip(1), .. results.Select(i => request.Gradient(i)!)];
        IReadOnlyList<Variable> gradients = Smallest(request[0], then.With([.. kept.Select(i => then.Outputs[i])]), otherwise.With([.. kept.Select(i => otherwise.Outputs[i])]), inputs);
        return request.Each(i => Array.FindIndex(kept, k => wanted[k] == i - 1) is >= 0 and var at ? gradients[at] : null);
    }

    /// <inheritdoc/>
    public override OnnxForm ToOnnx(OnnxRequest request) => new(Name)
    {
        Bodies = [new OnnxBody("then_branch", Then, 0, 1), new OnnxBody("else_branch", Else, 0, 1)],
        Inputs = [new OnnxInput.Argument(0)],
    };

    /// <summary>An If whose branches take only what one of them reads.</summary>
    private static IReadOnlyList<Variable> Smallest(Variable condition, Body then, Body otherwise, Variable[] inputs)
    {
        IReadOnlySet<Variable> first = then.Used, second = otherwise.Used;
        int[] read = [.. Enumerable.Range(0, inputs.Length).Where(i => first.Contains(then.Inputs[i]) || second.Contains(otherwise.Inputs[i]))];
        Body Of(Body body) => new([.. read.Select(i => body.Inputs[i])], body.Outputs);
        return new If(Of(then), Of(otherwise)).ApplyAll([condition, .. read.Select(i => inputs[i])]);
    }

    /// <summary>The gradients of a branch with respect to the inputs that are wanted, zeros where it does not depend on one.</summary>
    private static (Body Body, bool[] Reached) PullBack(BpropRequest request, Body branch, int[] results, int[] wanted)
    {
        Variable[] seeds = [.. results.Select(i => Body.Input($"gradient{i}", branch.Outputs[i].Type))];
        Variable[] wrt = [.. wanted.Select(i => branch.Inputs[i])];
        IReadOnlyList<Variable?> found = request.PullBack([.. results.Select(i => branch.Outputs[i])], seeds, wrt);
        Variable[] outputs = [.. found.Select((gradient, i) => gradient ?? Ops.ExpandLike(Variable.Scalar(0, wrt[i].DType), wrt[i]))];
        return (new Body([.. branch.Inputs, .. seeds], outputs), [.. found.Select(gradient => gradient is not null)]);
    }

    /// <summary>Sizes on which the branches agree stay; for others the branch that is taken gives the value of a symbol.</summary>
    private TensorType Join(InferRequest request, TensorType first, TensorType second)
    {
        if (first.DType != second.DType)
            throw new DTypeException($"{Name} expects branches that give the same element types, found {first} and {second}.");
        return first.Shape.Rank == second.Shape.Rank
            ? first with { Shape = [.. first.Shape.Zip(second.Shape).Select((pair, axis) => pair.First == pair.Second ? pair.First : request.Fresh($"if_dim{axis}"))] }
            : throw new ShapeException($"{Name} expects branches that give results of the same rank, found {first} and {second}.");
    }

    private static If Choice(TensorType type, Func<Variable, Variable> then, Func<Variable, Variable> otherwise)
    {
        Variable x = Body.Input("x", type);
        return new If(new Body([x], [then(x)]), new Body([x], [otherwise(x)]));
    }
}
