using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Elementwise;

/// <summary>max(0, min(1, αx + β)) (ONNX <c>HardSigmoid</c>; Gulcehre et al. 2016). The derivative at the corners is 0.</summary>
/// <param name="Alpha">α.</param>
/// <param name="Beta">β.</param>
public sealed record HardSigmoid(double Alpha = HardSigmoid.StandardAlpha, double Beta = 0.5) : ActivationOperation, IOperator
{
    /// <summary>0.2 in single precision, the standard's default.</summary>
    public const double StandardAlpha = 0.2f;

    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples => [At(new HardSigmoid(), low: -2.3, high: 2.3), At(new HardSigmoid(2, 0.5), low: 0.3, high: 4), At(new HardSigmoid(1, -4))];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => new HardSigmoid(node.Number("alpha"), node.Number("beta")).ApplyAll(node[0]);

    private protected override IReadOnlyList<OnnxAttribute> Attributes => [new("alpha", (float)Alpha), new("beta", (float)Beta)];

    /// <inheritdoc/>
    protected override Variable Of(Variable x) => Ops.Clip((Alpha * x) + Beta, 0, 1);
}

/// <summary>x·max(0, min(1, x/6 + 1/2)) (ONNX <c>HardSwish</c>, from operator set 14 on; Howard et al. 2019).</summary>
public sealed record HardSwish : ActivationOperation, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples => [At(new HardSwish(), low: -2.9, high: 2.9), At(new HardSwish(), low: 3.1, high: 5), At(new HardSwish(), low: -5, high: -3.1)];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => new HardSwish().ApplyAll(node[0]);

    private protected override int Since => 14;

    /// <inheritdoc/>
    protected override Variable Of(Variable x) => x * Ops.Clip((x / 6) + 0.5, 0, 1);
}

/// <summary>x / (1 + |x|) (ONNX <c>Softsign</c>). Gradient 1/(1 + |x|)².</summary>
public sealed record Softsign : ActivationOperation, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples => [At(new Softsign(), margin: 0.1)];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => new Softsign().ApplyAll(node[0]);

    /// <inheritdoc/>
    protected override Variable Of(Variable x) => x / (1 + Ops.Abs(x));
}

/// <summary>x for x &gt; α, 0 otherwise (ONNX <c>ThresholdedRelu</c>; Konda et al. 2014). The derivative at α is 0.</summary>
/// <param name="Alpha">α, the threshold.</param>
public sealed record ThresholdedRelu(double Alpha = 1) : ActivationOperation, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples => [At(new ThresholdedRelu(), low: 1.1), At(new ThresholdedRelu(), high: 0.9), At(new ThresholdedRelu(0), margin: 0.1)];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => new ThresholdedRelu(node.Number("alpha")).ApplyAll(node[0]);

    private protected override IReadOnlyList<OnnxAttribute> Attributes => [new("alpha", (float)Alpha)];

    /// <inheritdoc/>
    protected override Variable Of(Variable x) => Ops.Where(Ops.Greater(x, Alpha), x, 0);
}

/// <summary>1/x (ONNX <c>Reciprocal</c>): ±∞ at ±0. Gradient −1/x².</summary>
public sealed record Reciprocal : ActivationOperation, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples => [At(new Reciprocal(), margin: 0.4)];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => new Reciprocal().ApplyAll(node[0]);

    /// <inheritdoc/>
    protected override Variable Of(Variable x) => 1 / x;
}

/// <summary>Soft and hard shrinkage: x + bias below −λ, x − bias above λ, 0 between (ONNX <c>Shrink</c>), of any numbers; integers are computed in floating point and
/// truncated. The derivative at ±λ is 0.</summary>
/// <param name="Lambda">λ.</param>
/// <param name="Bias">What is taken off the magnitude.</param>
public sealed record Shrink(double Lambda = 0.5, double Bias = 0) : CompositeOperation, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples =>
    [
        new(new Shrink(), new ExampleInput(["batch", 6]) { Margin = 0.6 }),
        new(new Shrink(), new ExampleInput([7], Low: -0.4, High: 0.4)),
        new(new Shrink(1.5, 1.5), new ExampleInput([7]) { Margin = 1.6 }),
    ];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => new Shrink(node.Number("lambd"), node.Number("bias")).ApplyAll(node[0]);

    /// <inheritdoc/>
    public override IReadOnlyList<Variable> Expand(Arguments inputs)
    {
        DType type = inputs[0].DType;
        Variable x = type.IsFloating() ? inputs[0] : Ops.Cast(inputs[0], DType.Float64);
        Variable shrunk = Ops.Where(Ops.Less(x, -Lambda), x + Bias, Ops.Where(Ops.Greater(x, Lambda), x - Bias, 0));
        return [Ops.Cast(shrunk, type)];
    }

    /// <summary>ONNX holds λ and the bias in single precision.</summary>
    /// <param name="request">The opset version and the types of inputs and outputs.</param>
    public override OnnxForm? ToOnnx(OnnxRequest request) => request.Inputs[0].DType == DType.Float64
        ? null
        : new(Name) { Attributes = [new OnnxAttribute("bias", (float)Bias), new OnnxAttribute("lambd", (float)Lambda)] };
}

/// <summary>x for x &gt; 0, slope·x otherwise (ONNX <c>PRelu</c>; He et al. 2015), where the slope broadcasts to x. Integers too. The derivative at 0 is the slope.</summary>
public sealed record PRelu : CompositeOperation, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples =>
    [
        new(new PRelu(), new ExampleInput(["batch", 4]) { Margin = 0.1 }, new ExampleInput([4])),
        new(new PRelu(), new ExampleInput([2, 3, 2]) { Margin = 0.1 }, new ExampleInput([3, 1])),
        new(new PRelu(), new ExampleInput([5]) { Margin = 0.1 }, new ExampleInput([])),
    ];

    /// <summary>Before operator set 7 a slope of more than one number belongs to the channels.</summary>
    /// <param name="node">The node.</param>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node)
    {
        (Variable x, Variable slope) = (node[0], node[1]);
        bool isByChannel = node.Version < 7 && slope.Shape.Rank == 1 && slope.Shape[0] != 1 && x.Shape.Rank > 2;
        return new PRelu().ApplyAll(x, isByChannel ? Ops.Reshape(slope, [slope.Shape[0], .. Enumerable.Repeat((Dim)1, x.Shape.Rank - 2)]) : slope);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Variable> Expand(Arguments inputs)
    {
        (Variable x, Variable slope) = (inputs[0], inputs[1]);
        Variable result = Ops.Where(Ops.Greater(x, 0), x, slope * x);
        return result.Shape == x.Shape ? [result] : throw new ShapeException($"{Name} expects a slope that broadcasts to {x.Shape}, found {slope.Shape}.");
    }

    /// <summary>ONNX Runtime has it for float32.</summary>
    /// <param name="request">The opset version and the types of inputs and outputs.</param>
    public override OnnxForm? ToOnnx(OnnxRequest request) => request.Inputs[0].DType == DType.Float64 ? null : new(Name);
}

/// <summary>min(max(x, low), high) of numbers of one type (ONNX <c>Clip</c>); either bound, a scalar, may be left out. Where the bounds cross, the upper one holds. The
/// derivative at a bound that is a constant is 0; NaN passes through.</summary>
public sealed record Clip : CompositeOperation, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples =>
    [
        new(new Clip(), new ExampleInput(["batch", 6]) { Separation = 0.1, Margin = 0.1 }, new ExampleInput([], Low: -1.001, High: -1), new ExampleInput([], Low: 1, High: 1.001)),
        new(new Clip(), new ExampleInput([7], Low: 1, High: 3), new ExampleInput([], Low: 0.4, High: 0.5)),
    ];

    /// <summary>The bounds are attributes before operator set 11.</summary>
    /// <param name="node">The node.</param>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => new Clip().ApplyAll(node[0], Bound(node, "min", 1), Bound(node, "max", 2));

    /// <inheritdoc/>
    public override IReadOnlyList<Variable> Expand(Arguments inputs)
    {
        Variable x = inputs[0];
        if (inputs.Optional(1) is { } low)
            x = Ops.Max(x, Scalar(low));
        if (inputs.Optional(2) is { } high)
            x = Ops.Min(x, Scalar(high));
        return [x == inputs[0] ? new Identity().Apply(x) : x];
    }

    private Variable Scalar(Variable bound) => bound.Shape.Rank == 0
        ? bound
        : bound.Shape == Shape.Of(1) ? Ops.Reshape(bound, []) : throw new ShapeException($"{Name} expects scalars as bounds, found the shape {bound.Shape}.");

    private static Variable? Bound(OnnxNode node, string attribute, int input) => !node.Knows(attribute) ? node.Optional(input)
        : node.Has(attribute) ? Variable.Scalar(node.Number(attribute), node[0].DType) : null;
}
