using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Shaping;

/// <summary>Blocks of an image become channels (ONNX <c>SpaceToDepth</c>): [n, c, h, w] → [n, c·b², h / b, w / b], the place in the block slower than the channel.</summary>
/// <param name="BlockSize">b.</param>
public sealed record SpaceToDepth(int BlockSize) : CompositeOperation, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples =>
    [
        new(new SpaceToDepth(2), new ExampleInput(["batch", 3, 4, 2])),
        new(new SpaceToDepth(3), new ExampleInput([1, "channels", 3, 6])),
    ];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => new SpaceToDepth(node.Int32("blocksize")).ApplyAll(node[0]);

    /// <inheritdoc/>
    public override IReadOnlyList<Variable> Expand(Arguments inputs)
    {
        Variable x = inputs[0];
        (Dim? rows, Dim? columns) = (null, null);
        if (x.Shape.Rank != 4 || BlockSize is < 1 or > short.MaxValue || !x.Shape[2].TryDivide(BlockSize, out rows) || !x.Shape[3].TryDivide(BlockSize, out columns))
            throw new ShapeException($"{Name} expects 4 axes, of which the last two can be divided by {BlockSize}, found {x.Shape}.");
        (Dim n, Dim c) = (x.Shape[0], x.Shape[1]);
        Variable apart = Ops.Reshape(x, [n, c, rows, BlockSize, columns, BlockSize]);
        return [Ops.Reshape(Ops.Transpose(apart, [0, 3, 5, 1, 2, 4]), [n, c * (BlockSize * BlockSize), rows, columns])];
    }

    /// <inheritdoc/>
    public override OnnxForm ToOnnx(OnnxRequest request) => new(Name) { Attributes = [new OnnxAttribute("blocksize", (long)BlockSize)] };
}
