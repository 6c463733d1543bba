using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Control;

/// <summary>
/// A computation repeated for each element along the first axis of its inputs (ONNX <c>Scan</c>). In each turn the body takes the states, one element of each scanned input
/// and the captured variables, and gives the next states and one element of each output; the elements are stacked to the outputs. A state keeps its type from turn to turn.
/// </summary>
/// <remarks>
/// <para>Inputs: initial states, scanned inputs of the same length T, captured variables. Results: the last states, the outputs [T, …] and, beyond the standard, for each
/// state [T, …] what it was before each turn: it is computed only where it is read, and exported as one more output.</para>
/// <para>The gradient is a Scan in the other direction over these, so that no turn is computed twice. The standard's scans along other axes are read as transpositions
/// around this one.</para>
/// </remarks>
/// <param name="Body">What is done in a turn: states, elements and captured variables give states and elements.</param>
/// <param name="States">The number of states.</param>
/// <param name="InputDirections">For each scanned input 0 where it is read from its first element to the last, 1 where from the last to the first.</param>
/// <param name="OutputDirections">For each output 0 where it is written from its first element to the last, 1 where from the last to the first.</param>
public sealed record Scan(Body Body, int States, IntList InputDirections, IntList OutputDirections) : Operation, IOperator, IRunsBodies, IHasOwnResults
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples => ScanExamples.All;

    /// <inheritdoc/>
    public IReadOnlyList<Body> Bodies => [Body];

    /// <inheritdoc/>
    public int StandardResults => States + OutputDirections.Count;

    /// <summary>The number of inputs of the body that are not captured.</summary>
    internal int Own => States + InputDirections.Count;

    /// <inheritdoc/>
    public Operation With(IReadOnlyList<Body> bodies) => this with { Body = bodies[0] };

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => ScanReading.Read(node);

    /// <inheritdoc/>
    public override IReadOnlyList<TensorType> Infer(InferRequest inputs)
    {
        if (InputDirections.Count == 0 || Body.Outputs.Count != StandardResults || inputs.Present.Count != inputs.Length)
        {
            throw new GraphException(
                $"{Name} expects at least one scanned input and a body with {StandardResults} results, found {InputDirections.Count} and {Body}.");
        }

        TensorType[] types = [.. inputs.Present];
        Dim length = Length(types);
        TensorType[] turn = [.. types.Select((type, i) => i >= States && i < Own ? Element(type) : type)];
        IReadOnlyList<TensorType> results = Body.Results(inputs, turn);
        for (int i = 0; i < States; i++)
        {
            if (!IsSame(types[i], results[i]))
                throw new ShapeException($"{Name} expects a state that keeps its type, found state {i} of type {types[i]}, which a turn makes {results[i]}.");
        }

        return [.. types.Take(States), .. results.Skip(States).Select(Stacked), .. types.Take(States).Select(Stacked)];

        TensorType Stacked(TensorType type) => type with { Shape = [length, .. type.Shape] };
    }

    /// <inheritdoc/>
    public void Run(BodyRun run) => new ScanRun(this, run).Run();

    /// <inheritdoc/>
    public Kernel Lower(LowerRequest request) => BodyKernel.Of(this, request);

    /// <inheritdoc/>
    public override IReadOnlyList<Variable?> Bprop(BpropRequest request) => new TurnsGradient(new ScanTurns(this, request)).ByInput();

    /// <inheritdoc/>
    public IReadOnlyList<Variable> WithStandardResults(Arguments inputs, IReadOnlyList<bool> isRead)
    {
        int[] kept = [.. Enumerable.Range(0, States).Where(i => isRead[StandardResults + i])];
        var body = Body.With([.. Body.Outputs, .. kept.Select(i => Body.Inputs[i])]);
        IReadOnlyList<Variable> results =
            (this with { Body = body, OutputDirections = [.. OutputDirections, .. kept.Select(_ => 0)] }).ApplyAll(inputs);
        return
        [
            .. results.Take(StandardResults),
            .. Enumerable.Range(0, States).Select(i => Array.IndexOf(kept, i) is >= 0 and var at ? results[StandardResults + at] : results[^(States - i)]),
        ];
    }

    /// <inheritdoc/>
    public override OnnxForm ToOnnx(OnnxRequest request) => new(Name)
    {
        Attributes =
        [
            new OnnxAttribute("num_scan_inputs", (long)InputDirections.Count),
            .. Directions("scan_input_directions", InputDirections),
            .. Directions("scan_output_directions", OutputDirections),
        ],
        Bodies = [new OnnxBody("body", Body, Own, Own)],
        Inputs = [.. Enumerable.Range(0, Own).Select(i => new OnnxInput.Argument(i))],
        Results = StandardResults,
    };

    private static IEnumerable<OnnxAttribute> Directions(string name, IntList directions) =>
        directions.Any(direction => direction != 0) ? [new OnnxAttribute(name, directions.ToLongs())] : [];

    /// <summary>Whether a state may be what a turn makes of it: sizes that are not known yet show when the graph runs.</summary>
    internal static bool IsSame(TensorType before, TensorType after) => before.DType == after.DType && before.Shape.Rank == after.Shape.Rank
        && before.Shape.Zip(after.Shape).All(pair => pair.First == pair.Second || !pair.First.IsStatic || !pair.Second.IsStatic);

    private TensorType Element(TensorType type) => type.Shape.Rank > 0
        ? type with { Shape = [.. type.Shape.Skip(1)] }
        : throw new ShapeException($"{Name} expects scanned inputs with at least one axis, found {type}.");

    private Dim Length(TensorType[] types)
    {
        if (types.Length < Own)
            throw new GraphException($"{Name} expects {States} states and {InputDirections.Count} scanned inputs, found {types.Length} inputs.");
        Dim[] lengths = [.. types[States..Own].Select(type => type.Shape.Rank > 0 ? type.Shape[0] : 1)];
        Dim length = lengths.FirstOrDefault(dim => dim.IsStatic) ?? lengths[0];
        return lengths.All(dim => dim == length || !dim.IsStatic)
            ? length
            : throw new ShapeException($"{Name} expects scanned inputs of one length, found {string.Join(", ", types[States..Own].Select(type => type.Shape))}.");
    }
}
