using System.Numerics.Tensors;
using System.Runtime.Intrinsics;
using Toolkit.Autograd.Graph;

namespace Toolkit.Autograd.Operations.Elementwise;

/// <summary>The exponential eˣ (ONNX <c>Exp</c>): 0 at −∞, ∞ above the range.</summary>
public sealed record Exp : UnaryOperation, IHasExamples
{
    /// <inheritdoc/>
    public static IEnumerable<Example> Examples => [new(new Exp(), new ExampleInput(["batch", 3]))];

    /// <inheritdoc/>
    protected override void Apply<T>(ReadOnlySpan<T> x, Span<T> y) => TensorPrimitives.Exp(x, y);

    /// <inheritdoc/>
    protected override Variable Derivative(Variable x, Variable y) => y;
}

/// <summary>The natural logarithm (ONNX <c>Log</c>): −∞ at 0, NaN below. Gradient 1/x.</summary>
public sealed record Log : UnaryOperation, IHasExamples
{
    /// <inheritdoc/>
    public static IEnumerable<Example> Examples => [new(new Log(), new ExampleInput([4, 3], Low: 0.3, High: 5))];

    /// <inheritdoc/>
    protected override void Apply<T>(ReadOnlySpan<T> x, Span<T> y) => TensorPrimitives.Log(x, y);

    /// <inheritdoc/>
    protected override Variable Derivative(Variable x, Variable y) => 1 / x;
}

/// <summary>The square root (ONNX <c>Sqrt</c>): NaN below 0. Gradient 1/(2√x), ∞ at 0.</summary>
public sealed record Sqrt : UnaryOperation, IHasExamples
{
    /// <inheritdoc/>
    public static IEnumerable<Example> Examples => [new(new Sqrt(), new ExampleInput([5], Low: 0.3, High: 5))];

    internal override Delegate VectorFunction => (Func<Vector256<float>, Vector256<float>>)Vector256.Sqrt;

    /// <inheritdoc/>
    protected override void Apply<T>(ReadOnlySpan<T> x, Span<T> y) => TensorPrimitives.Sqrt(x, y);

    /// <inheritdoc/>
    protected override Variable Derivative(Variable x, Variable y) => 0.5 / y;
}
