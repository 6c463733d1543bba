using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations.Elementwise;
using Toolkit.Autograd.Operations.Indexing;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Shaping;

/// <summary>Repeats a tensor along its axes (ONNX <c>Tile</c>). Inputs: data, and how often each axis comes as an int64 vector. Where that depends on data, so do the sizes of the
/// result. The gradient is the sum over the repetitions.</summary>
public sealed record Tile : CompositeOperation, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples =>
    [
        new(new Tile(), new ExampleInput([2, 3]), ExampleInput.Constant(2, 3)),
        new(new Tile(), new ExampleInput(["batch", 2]), ExampleInput.Constant(1, 2)),
        new(new Tile(), new ExampleInput([2, 1, 2]), ExampleInput.Data(1, 3, 2)) { Opset = 14 },
        new(new Tile(), new ExampleInput([3]), ExampleInput.Constant(0)) { Smoothness = 0 },
    ];

    /// <summary>The first version names one axis and how often it comes.</summary>
    /// <param name="node">The node.</param>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node)
    {
        if (node.Version > 1)
            return new Tile().ApplyAll(node[0], node[1]);
        if (node[1].Constant is not { Count: 1 } tiles || node[2].Constant is not { Count: 1 } axis)
            throw new GraphException($"Tile (version 1) expects the number of repetitions and the axis as constants of one number, found {node[1]} and {node[2]}.");
        int at = node[0].Shape.Axis((long)axis[0]);
        return new Tile().ApplyAll(node[0], Ops.Integers([.. node[0].Shape.Select((_, i) => i == at ? (long)tiles[0] : 1)]));
    }

    /// <summary>Each axis behind a new one, along which it is repeated; then both become one.</summary>
    /// <param name="inputs">The data and the repetitions.</param>
    public override IReadOnlyList<Variable> Expand(Arguments inputs)
    {
        (Variable x, Variable repeats) = (inputs[0], inputs[1]);
        int rank = x.Shape.Rank;
        if (repeats.DType != DType.Int64 || repeats.Shape != Shape.Of(rank))
            throw new ShapeException($"{Name} expects {rank} numbers of repetitions for {x.Shape}, found {repeats}.");
        if (rank == 0)
            return [new Identity().Apply(x)];
        Variable counts = Ops.Gather(Ops.Concat(0, repeats, Ops.Integers(1)), Ops.Integers([.. Enumerable.Range(0, rank).SelectMany(axis => new long[] { axis, rank })]));
        Variable apart = new Unsqueeze().Apply(x, Ops.Integers([.. Enumerable.Range(0, rank).Select(axis => 2L * axis)]));
        return [new Reshape(AllowZero: true).Apply(new Expand().Apply(apart, counts), repeats * Ops.ShapeOf(x))];
    }

    /// <inheritdoc/>
    public override OnnxForm ToOnnx(OnnxRequest request) => new(Name) { Inputs = [new OnnxInput.Argument(0), request.Sizes(1)] };
}
