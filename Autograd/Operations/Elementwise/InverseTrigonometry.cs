using System.Numerics.Tensors;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Elementwise;

/// <summary>The tangent of x in radians (ONNX <c>Tan</c>). Gradient 1 + y².</summary>
public sealed record Tan : UnaryOperation, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples => [new(new Tan(), new ExampleInput(["batch", 5], Low: -1.2, High: 1.2))];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => new Tan().ApplyAll(node[0]);

    /// <inheritdoc/>
    public override OnnxForm ToOnnx(OnnxRequest request) => new(Name) { RuntimeTypes = [DType.Float32] };

    /// <inheritdoc/>
    protected override void Apply<T>(ReadOnlySpan<T> x, Span<T> y) => TensorPrimitives.Tan(x, y);

    /// <inheritdoc/>
    protected override Variable Derivative(Variable x, Variable y) => 1 + (y * y);
}

/// <summary>The arc sine, from −π/2 to π/2; NaN beyond ±1 (ONNX <c>Asin</c>). Gradient 1/√(1 − x²), as a product, which keeps its digits near ±1.</summary>
public sealed record Asin : UnaryOperation, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples => [new(new Asin(), new ExampleInput(["batch", 5], Low: -0.9, High: 0.9))];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => new Asin().ApplyAll(node[0]);

    /// <inheritdoc/>
    public override OnnxForm ToOnnx(OnnxRequest request) => new(Name) { RuntimeTypes = [DType.Float32] };

    /// <inheritdoc/>
    protected override void Apply<T>(ReadOnlySpan<T> x, Span<T> y) => TensorPrimitives.Asin(x, y);

    /// <inheritdoc/>
    protected override Variable Derivative(Variable x, Variable y) => 1 / Ops.Sqrt((1 - x) * (1 + x));
}

/// <summary>The arc cosine, from 0 to π; NaN beyond ±1 (ONNX <c>Acos</c>). Gradient −1/√(1 − x²), as a product, which keeps its digits near ±1.</summary>
public sealed record Acos : UnaryOperation, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples => [new(new Acos(), new ExampleInput(["batch", 5], Low: -0.9, High: 0.9))];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => new Acos().ApplyAll(node[0]);

    /// <inheritdoc/>
    public override OnnxForm ToOnnx(OnnxRequest request) => new(Name) { RuntimeTypes = [DType.Float32] };

    /// <inheritdoc/>
    protected override void Apply<T>(ReadOnlySpan<T> x, Span<T> y) => TensorPrimitives.Acos(x, y);

    /// <inheritdoc/>
    protected override Variable Derivative(Variable x, Variable y) => -1 / Ops.Sqrt((1 - x) * (1 + x));
}

/// <summary>The arc tangent, from −π/2 to π/2 (ONNX <c>Atan</c>). Gradient 1/(1 + x²).</summary>
public sealed record Atan : UnaryOperation, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples => [new(new Atan(), new ExampleInput(["batch", 5], Low: -2, High: 2))];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => new Atan().ApplyAll(node[0]);

    /// <inheritdoc/>
    public override OnnxForm ToOnnx(OnnxRequest request) => new(Name) { RuntimeTypes = [DType.Float32] };

    /// <inheritdoc/>
    protected override void Apply<T>(ReadOnlySpan<T> x, Span<T> y) => TensorPrimitives.Atan(x, y);

    /// <inheritdoc/>
    protected override Variable Derivative(Variable x, Variable y) => 1 / (1 + (x * x));
}
