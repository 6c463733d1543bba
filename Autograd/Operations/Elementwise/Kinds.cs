using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Elementwise;

/// <summary>Whether x is no number (ONNX <c>IsNaN</c>). The gradient is zero.</summary>
public sealed record IsNaN : CompositeOperation, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples => [new(new IsNaN(), new ExampleInput(["batch", 4])) { Smoothness = 0 }];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => new IsNaN().ApplyAll(node[0]);

    /// <inheritdoc/>
    public override IReadOnlyList<Variable> Expand(Arguments inputs)
    {
        Variable x = Wide(inputs[0]);
        return [new Not().Apply(Ops.Equal(x, x))];
    }

    /// <summary>Comparisons have no floating-point types of less than 16 bits.</summary>
    internal static Variable Wide(Variable x) => ElementType.Of(x.DType).Bits < 16 ? Ops.Cast(x, DType.Float32) : x;
}

/// <summary>Whether x is infinite (ONNX <c>IsInf</c>). The gradient is zero.</summary>
/// <param name="Negative">Whether −∞ counts.</param>
/// <param name="Positive">Whether ∞ counts.</param>
public sealed record IsInf(bool Negative = true, bool Positive = true) : CompositeOperation, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples =>
    [
        new(new IsInf(), new ExampleInput(["batch", 4])) { Smoothness = 0 },
        new(new IsInf(Negative: false), new ExampleInput([4])) { Smoothness = 0 },
        new(new IsInf(Positive: false), new ExampleInput([4])) { Smoothness = 0 },
        new(new IsInf(false, false), new ExampleInput([4])) { Smoothness = 0 },
    ];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => new IsInf(node.Flag("detect_negative"), node.Flag("detect_positive")).ApplyAll(node[0]);

    /// <inheritdoc/>
    public override IReadOnlyList<Variable> Expand(Arguments inputs)
    {
        Variable x = IsNaN.Wide(inputs[0]);
        return [(Negative, Positive) switch
        {
            (true, true) => Is(Ops.Abs(x), double.PositiveInfinity),
            (true, false) => Is(x, double.NegativeInfinity),
            (false, true) => Is(x, double.PositiveInfinity),
            _ => new And().Apply(Is(x, double.PositiveInfinity), Is(x, double.NegativeInfinity)),
        }];
    }

    /// <inheritdoc/>
    public override OnnxForm ToOnnx(OnnxRequest request) => new(Name)
    {
        Attributes = [new OnnxAttribute("detect_negative", Negative ? 1L : 0L), new OnnxAttribute("detect_positive", Positive ? 1L : 0L)],
    };

    private static Variable Is(Variable x, double number) => Ops.Equal(x, Variable.Scalar(number, x.DType));
}

/// <summary>x in the element type of another tensor, whose numbers do not matter (ONNX <c>CastLike</c>): see <see cref="Cast"/>.</summary>
/// <param name="Saturate">As of <see cref="Cast"/>.</param>
public sealed record CastLike(bool Saturate = true) : CompositeOperation, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples =>
    [
        new(new CastLike(), new ExampleInput(["batch", 3], DType.Int32), new ExampleInput([1])) { Smoothness = 0 },
        new(new CastLike(), new ExampleInput([4], DType.Int32), new ExampleInput([2], DType.Int64)) { Smoothness = 0 },
        new(new CastLike(), new ExampleInput([4]), new ExampleInput([])),
    ];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => new CastLike(Cast.Of(node, node[1].DType).Saturate).ApplyAll(node[0], node[1]);

    /// <inheritdoc/>
    public override IReadOnlyList<Variable> Expand(Arguments inputs) => [new Cast(inputs[1].DType, Saturate).Apply(inputs[0])];

    /// <inheritdoc/>
    public override OnnxForm? ToOnnx(OnnxRequest request) => request.Opset < 15 ? null
        : Saturate ? new(Name)
        : request.Opset < 19 ? null : new(Name) { Attributes = [new OnnxAttribute("saturate", 0L)] };
}
