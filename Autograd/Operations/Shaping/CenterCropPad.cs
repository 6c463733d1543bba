using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Shaping;

/// <summary>The middle of a tensor, or the tensor in the middle of zeros, so that axes have given sizes (ONNX <c>CenterCropPad</c>). Inputs: data, and the sizes as an integer vector. Of an
/// odd number of elements to cut or to add the larger half is at the end.</summary>
/// <param name="Axes">The axes that the sizes are of; null for all.</param>
public sealed record CenterCropPad(IntList? Axes = null) : CompositeOperation, IOperator
{
    private const int Since = 18;

    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples =>
    [
        new(new CenterCropPad(), new ExampleInput([5, 2]), ExampleInput.Constant(2, 5)),
        new(new CenterCropPad([-1, 1]), new ExampleInput(["batch", 3, 4]), ExampleInput.Constant(1, 6)),
        new(new CenterCropPad([1]), new ExampleInput([2, "width"]), ExampleInput.Constant(4)),
        new(new CenterCropPad(), new ExampleInput([3]), ExampleInput.Data(4)),
    ];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) =>
        new CenterCropPad(node.Int32s("axes") is { } axes ? [.. axes] : null).ApplyAll(node[0], node[1]);

    /// <summary>A border that may be negative.</summary>
    /// <param name="inputs">Data and sizes.</param>
    public override IReadOnlyList<Variable> Expand(Arguments inputs)
    {
        (Variable x, Variable asked) = (inputs[0], Ops.Cast(inputs[1], DType.Int64));
        long[] axes = [.. Axes?.Select(axis => (long)x.Shape.Axis(axis)) ?? Enumerable.Range(0, x.Shape.Rank).Select(axis => (long)axis)];
        if (asked.Shape != Shape.Of(axes.Length))
            throw new ShapeException($"{Name} expects {axes.Length} sizes for {x.Shape}, found {asked}.");
        Variable more = asked - Ops.Gather(Ops.ShapeOf(x), Ops.Integers(axes));
        Variable before = more / Ops.Integers(2);
        return [new Pad().Apply(x, Ops.Concat(0, before, more - before), null, Ops.Integers(axes))];
    }

    /// <inheritdoc/>
    public override OnnxForm? ToOnnx(OnnxRequest request) => request.Opset < Since ? null : new(Name)
    {
        Attributes = Axes is { } axes ? [new OnnxAttribute("axes", axes.ToLongs())] : [],
        Inputs = [new OnnxInput.Argument(0), request.Inputs[1].DType == DType.Int64 ? request.Sizes(1) : new OnnxInput.Argument(1)],
    };
}
