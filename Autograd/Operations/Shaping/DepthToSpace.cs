using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Shaping;

/// <summary>Channels become blocks of an image (ONNX <c>DepthToSpace</c>): [n, c, h, w] → [n, c / b², h·b, w·b].</summary>
/// <param name="BlockSize">b.</param>
/// <param name="ColumnsFirst">Whether the place in the block varies faster than the channel of the result (mode CRD), instead of slower (DCR).</param>
public sealed record DepthToSpace(int BlockSize, bool ColumnsFirst = false) : CompositeOperation, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples =>
    [
        new(new DepthToSpace(2), new ExampleInput(["batch", 8, 2, 3])),
        new(new DepthToSpace(2, true), new ExampleInput([1, 8, "height", 2])),
    ];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => new DepthToSpace(node.Int32("blocksize"), (node.Knows("mode") ? node.Text("mode") : "DCR") switch
    {
        "DCR" => false,
        "CRD" => true,
        var other => throw new GraphException($"DepthToSpace expects the mode DCR or CRD, found {other}."),
    }).ApplyAll(node[0]);

    /// <inheritdoc/>
    public override IReadOnlyList<Variable> Expand(Arguments inputs)
    {
        Variable x = inputs[0];
        Dim? rest = null;
        if (x.Shape.Rank != 4 || BlockSize is < 1 or > short.MaxValue || !x.Shape[1].TryDivide(BlockSize * BlockSize, out rest))
            throw new ShapeException($"{Name} expects 4 axes, of which axis 1 can be divided by {BlockSize}², found {x.Shape}.");
        (Dim n, Dim h, Dim w) = (x.Shape[0], x.Shape[2], x.Shape[3]);
        Variable apart = Ops.Reshape(x, ColumnsFirst ? [n, rest, BlockSize, BlockSize, h, w] : [n, BlockSize, BlockSize, rest, h, w]);
        return [Ops.Reshape(Ops.Transpose(apart, ColumnsFirst ? [0, 1, 4, 2, 5, 3] : [0, 3, 4, 1, 5, 2]), [n, rest, h * BlockSize, w * BlockSize])];
    }

    /// <inheritdoc/>
    public override OnnxForm ToOnnx(OnnxRequest request) =>
        new(Name) { Attributes = [new OnnxAttribute("blocksize", (long)BlockSize), new OnnxAttribute("mode", ColumnsFirst ? "CRD" : "DCR")] };
}
