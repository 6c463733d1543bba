using System.Numerics.Tensors;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Elementwise;

/// <summary>The hyperbolic tangent (ONNX <c>Tanh</c>). Gradient 1 − y² (book section 6.3.2), computed as sech²x (<see cref="SquaredSech"/>), which keeps its digits where y rounds to ±1.</summary>
public sealed record Tanh : UnaryOperation, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples => [new(new Tanh(), new ExampleInput(["batch", 4]))];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => new Tanh().ApplyAll(node[0]);

    /// <inheritdoc/>
    protected override void Apply<T>(ReadOnlySpan<T> x, Span<T> y) => VectorFunctions.Apply<T, TanhFunction>(x, y);

    /// <inheritdoc/>
    protected override Variable Derivative(Variable x, Variable y) => new SquaredSech().Apply(x);
}

/// <summary>The square of the hyperbolic secant, sech²x = 1 − tanh²x = 4e^−2|x|/(1 + e^−2|x|)², the slope of tanh: 0 at ±∞, and small numbers keep their digits. Gradient −2·tanh x·sech²x.</summary>
public sealed record SquaredSech : UnaryOperation, IHasExamples
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples => [new(new SquaredSech(), new ExampleInput(["batch", 5]))];

    /// <summary>What it is exported as: 4/((1 + e²ˣ)(1 + e⁻²ˣ)). ONNX Runtime's sigmoid is 0 where it is merely small, so it is not written with that.</summary>
    /// <param name="inputs">The argument.</param>
    public override IReadOnlyList<Variable> Expand(Arguments inputs)
    {
        Variable twice = 2 * inputs[0];
        return [4 * (1 / (1 + Ops.Exp(twice)) * (1 / (1 + Ops.Exp(-twice))))];
    }

    /// <inheritdoc/>
    public override OnnxForm? ToOnnx(OnnxRequest request) => null;

    /// <inheritdoc/>
    protected override void Apply<T>(ReadOnlySpan<T> x, Span<T> y) => VectorFunctions.Apply<T, SquaredSechFunction>(x, y);

    /// <inheritdoc/>
    protected override Variable Derivative(Variable x, Variable y) => -2 * (Ops.Tanh(x) * y);
}

/// <summary>The logistic sigmoid σ(x) = 1/(1 + e⁻ˣ) (ONNX <c>Sigmoid</c>; book equation 3.30). Gradient y(1 − y), computed as sech²(x/2)/4 (<see cref="SquaredSech"/>), which keeps its digits where y rounds to 1.</summary>
public sealed record Sigmoid : UnaryOperation, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples => [new(new Sigmoid(), new ExampleInput(["batch", 4], Low: -5, High: 5))];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => new Sigmoid().ApplyAll(node[0]);

    /// <inheritdoc/>
    protected override void Apply<T>(ReadOnlySpan<T> x, Span<T> y) => VectorFunctions.Apply<T, SigmoidFunction>(x, y);

    /// <inheritdoc/>
    protected override Variable Derivative(Variable x, Variable y) => 0.25 * new SquaredSech().Apply(0.5 * x);
}

/// <summary>
/// The softplus ζ(x) = ln(1 + eˣ) (ONNX <c>Softplus</c>; book equation 3.31), computed as max(x, 0) + ln(1 + e^−|x|) without overflow and
/// without loss of relative precision where it is small. Gradient σ(x).
/// </summary>
public sealed record Softplus : UnaryOperation, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples => [new(new Softplus(), new ExampleInput([3, 4], Low: -5, High: 5))];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => new Softplus().ApplyAll(node[0]);

    /// <inheritdoc/>
    protected override void Apply<T>(ReadOnlySpan<T> x, Span<T> y)
    {
        TensorPrimitives.Abs(x, y);
        TensorPrimitives.Negate(y, y);
        VectorFunctions.Apply<T, ExpFunction>(y, y);
        const int Part = 256;
        Span<T> sums = stackalloc T[Part], logarithms = stackalloc T[Part];
        for (int start = 0; start < x.Length; start += Part)
        {
            int count = Math.Min(Part, x.Length - start);
            ReadOnlySpan<T> from = x.Slice(start, count);
            Span<T> to = y.Slice(start, count);
            TensorPrimitives.Add(to, T.One, sums[..count]);
            TensorPrimitives.Log<T>(sums[..count], logarithms[..count]);
            for (int i = 0; i < count; i++)
            {
                // ln(1 + t) for t in [0, 1]: the rounding of 1 + t is divided out (Goldberg 1991, theorem 4).
                T t = to[i], rest = sums[i] - T.One;
                to[i] = T.Max(from[i], T.Zero) + (rest == T.Zero ? t : logarithms[i] * t / rest);
            }
        }
    }

    /// <inheritdoc/>
    protected override Variable Derivative(Variable x, Variable y) => Ops.Sigmoid(x);

    /// <summary>The formula of the kernel: what float64 is exported as, since ONNX Runtime has <c>Softplus</c> for float32 only.</summary>
    /// <param name="inputs">The argument.</param>
    public override IReadOnlyList<Variable> Expand(Arguments inputs)
    {
        Variable t = Ops.Exp(-Ops.Abs(inputs[0]));
        Variable u = 1 + t;
        Variable one = Variable.Scalar(1, u.DType);
        return [Ops.Max(inputs[0], 0) + Ops.Where(Ops.Equal(u, one), t, Ops.Log(u) * t / (u - one))];
    }

    /// <inheritdoc/>
    public override OnnxForm? ToOnnx(OnnxRequest request) => request.Inputs[0].DType == DType.Float64 ? null : new(Name);
}
