using System.Numerics.Tensors;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Elementwise;

/// <summary>The hyperbolic sine (ONNX <c>Sinh</c>). Gradient cosh x.</summary>
public sealed record Sinh : UnaryOperation, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples => [new(new Sinh(), new ExampleInput(["batch", 5], Low: -2, High: 2))];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => new Sinh().ApplyAll(node[0]);

    /// <inheritdoc/>
    public override OnnxForm ToOnnx(OnnxRequest request) => new(Name) { RuntimeTypes = [DType.Float32] };

    /// <inheritdoc/>
    protected override void Apply<T>(ReadOnlySpan<T> x, Span<T> y) => TensorPrimitives.Sinh(x, y);

    /// <inheritdoc/>
    protected override Variable Derivative(Variable x, Variable y) => Ops.Cosh(x);
}

/// <summary>The hyperbolic cosine (ONNX <c>Cosh</c>). Gradient sinh x.</summary>
public sealed record Cosh : UnaryOperation, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples => [new(new Cosh(), new ExampleInput(["batch", 5], Low: -2, High: 2))];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => new Cosh().ApplyAll(node[0]);

    /// <inheritdoc/>
    public override OnnxForm ToOnnx(OnnxRequest request) => new(Name) { RuntimeTypes = [DType.Float32] };

    /// <inheritdoc/>
    protected override void Apply<T>(ReadOnlySpan<T> x, Span<T> y) => TensorPrimitives.Cosh(x, y);

    /// <inheritdoc/>
    protected override Variable Derivative(Variable x, Variable y) => Ops.Sinh(x);
}

/// <summary>The inverse hyperbolic sine (ONNX <c>Asinh</c>). Gradient 1/√(x² + 1), scaled by the greater of |x| and 1, so that the square does not overflow.</summary>
public sealed record Asinh : UnaryOperation, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples => [new(new Asinh(), new ExampleInput(["batch", 5], Low: -2, High: 2))];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => new Asinh().ApplyAll(node[0]);

    /// <inheritdoc/>
    public override OnnxForm ToOnnx(OnnxRequest request) => new(Name) { RuntimeTypes = [DType.Float32] };

    /// <inheritdoc/>
    protected override void Apply<T>(ReadOnlySpan<T> x, Span<T> y) => TensorPrimitives.Asinh(x, y);

    /// <inheritdoc/>
    protected override Variable Derivative(Variable x, Variable y)
    {
        // At ∞ the unit stays finite, so that the quotient does not become ∞/∞.
        Variable unit = Ops.StopGradient(Ops.Clip(Ops.Abs(x), 1, x.DType == DType.Float64 ? 1e300 : 1e38)), scaled = x / unit, one = 1 / unit;
        return 1 / (unit * Ops.Sqrt((scaled * scaled) + (one * one)));
    }
}

/// <summary>The inverse hyperbolic cosine, from 0 on; NaN below 1 (ONNX <c>Acosh</c>). Gradient 1/√(x² − 1), as a product of roots: no square overflows, and near 1 no digits are lost.</summary>
public sealed record Acosh : UnaryOperation, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples => [new(new Acosh(), new ExampleInput(["batch", 5], Low: 1.2, High: 4))];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => new Acosh().ApplyAll(node[0]);

    /// <inheritdoc/>
    public override OnnxForm ToOnnx(OnnxRequest request) => new(Name) { RuntimeTypes = [DType.Float32] };

    /// <inheritdoc/>
    protected override void Apply<T>(ReadOnlySpan<T> x, Span<T> y) => TensorPrimitives.Acosh(x, y);

    /// <inheritdoc/>
    protected override Variable Derivative(Variable x, Variable y) => 1 / (Ops.Sqrt(x - 1) * Ops.Sqrt(x + 1));
}

/// <summary>The inverse hyperbolic tangent; ±∞ at ±1, NaN beyond (ONNX <c>Atanh</c>). Gradient 1/(1 − x²), as a product, which keeps its digits near ±1.</summary>
public sealed record Atanh : UnaryOperation, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples => [new(new Atanh(), new ExampleInput(["batch", 5], Low: -0.8, High: 0.8))];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => new Atanh().ApplyAll(node[0]);

    /// <inheritdoc/>
    public override OnnxForm ToOnnx(OnnxRequest request) => new(Name) { RuntimeTypes = [DType.Float32] };

    /// <inheritdoc/>
    protected override void Apply<T>(ReadOnlySpan<T> x, Span<T> y) => TensorPrimitives.Atanh(x, y);

    /// <inheritdoc/>
    protected override Variable Derivative(Variable x, Variable y) => 1 / ((1 - x) * (1 + x));
}
