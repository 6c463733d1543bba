using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations.Elementwise;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Shaping;

/// <summary>The upper or lower triangle of the matrices in the last two axes, zeros elsewhere (ONNX <c>Trilu</c>). Inputs: data, and the diagonal at which the triangle ends, an int64
/// number: 0, or none, for the main one, positive ones above it, negative ones below. The gradient is the same triangle of G.</summary>
/// <param name="Upper">Whether it is the upper triangle.</param>
public sealed record Trilu(bool Upper = true) : CompositeOperation, IOperator
{
    private const int Since = 14;

    private const long Far = 1L << 40;

    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples =>
    [
        new(new Trilu(), new ExampleInput(["batch", 3])),
        new(new Trilu(false), new ExampleInput([2, 3, 4]), ExampleInput.Constant(1)),
        new(new Trilu(), new ExampleInput([4, 3]), new ExampleInput([], DType.Int64, -1, -1)),
    ];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => new Trilu(node.Flag("upper")).ApplyAll(node[0], node.Optional(1));

    /// <inheritdoc/>
    public override IReadOnlyList<Variable> Expand(Arguments inputs)
    {
        Variable x = inputs[0];
        if (x.Shape.Rank < 2)
            throw new ShapeException($"{Name} expects at least 2 axes, found {x.Shape}.");
        Variable rows = new Unsqueeze().Apply(Sizes.Positions(x, x.Shape.Rank - 2), Ops.Integers(1)), columns = Sizes.Positions(x, x.Shape.Rank - 1);
        Variable end = inputs.Optional(1) is { } k ? rows + Near(Ops.Reshape(k, Shape.Scalar)) : rows;
        Variable isIn = Upper ? Ops.GreaterOrEqual(columns, end) : new LessOrEqual().Apply(columns, end);
        return [Ops.Where(isIn, x, Variable.Of(Value.Zeros(x.DType)))];

        // Beyond all sizes it makes no difference how far; the sum with a row does not leave 64 bits.
        static Variable Near(Variable k) => k.Content is [{ IsStatic: true, Number: > -Far and < Far }] ? k : Ops.Max(Ops.Min(k, (double)Far), -(double)Far);
    }

    /// <inheritdoc/>
    public override OnnxForm? ToOnnx(OnnxRequest request) => request.Opset < Since ? null : new(Name) { Attributes = [new OnnxAttribute("upper", Upper ? 1L : 0L)] };
}
