using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations.Indexing;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Shaping;

/// <summary>Turns the first elements of sequences round (ONNX <c>ReverseSequence</c>). Inputs: data, and the length of each sequence as an int64 vector, beyond which all stays as it is.</summary>
/// <param name="BatchAxis">The axis of the sequences, 0 or 1.</param>
/// <param name="TimeAxis">The axis along which they run, the other one.</param>
public sealed record ReverseSequence(int BatchAxis = 1, int TimeAxis = 0) : CompositeOperation, IOperator
{
    private static readonly IntList Swapped = [1, 0];

    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples =>
    [
        new(new ReverseSequence(), new ExampleInput([4, "batch"]), new ExampleInput(["batch"], DType.Int64, 1, 4)),
        new(new ReverseSequence(0, 1), new ExampleInput([3, 4, 2]), new ExampleInput([3], DType.Int64, 0, 4)),
    ];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) =>
        new ReverseSequence(node.Int32("batch_axis"), node.Int32("time_axis")).ApplyAll(node[0], node[1]);

    /// <inheritdoc/>
    public override IReadOnlyList<Variable> Expand(Arguments inputs)
    {
        (Variable x, Variable lengths) = (inputs[0], inputs[1]);
        if (x.Shape.Rank < 2 || (BatchAxis, TimeAxis) is not ((0, 1) or (1, 0)) || lengths.Shape.Rank != 1)
            throw new ShapeException($"{Name} expects the axes 0 and 1 of sequences and time, and a vector of lengths, found the axes {BatchAxis} and {TimeAxis}, {x} and {lengths}.");
        IntList order = [.. Swapped, .. Enumerable.Range(2, x.Shape.Rank - 2)];
        Variable sequences = BatchAxis == 0 ? x : Ops.Transpose(x, order);
        Variable time = Sizes.Positions(x, TimeAxis), length = new Unsqueeze().Apply(lengths, Ops.Integers(1));
        Variable from = Ops.Where(Ops.Less(time, length), length - 1 - time, time);
        Variable turned = new GatherND(1).Apply(sequences, new Unsqueeze().Apply(from, Ops.Integers(2)));
        return [BatchAxis == 0 ? turned : Ops.Transpose(turned, order)];
    }

    /// <inheritdoc/>
    public override OnnxForm ToOnnx(OnnxRequest request) =>
        new(Name) { Attributes = [new OnnxAttribute("batch_axis", (long)BatchAxis), new OnnxAttribute("time_axis", (long)TimeAxis)] };
}
