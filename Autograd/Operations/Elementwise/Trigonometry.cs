using System.Numerics.Tensors;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Elementwise;

/// <summary>The sine of x in radians (ONNX <c>Sin</c>).</summary>
public sealed record Sin : UnaryOperation, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples => [new(new Sin(), new ExampleInput(["batch", 3]))];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => new Sin().ApplyAll(node[0]);

    /// <inheritdoc/>
    protected override void Apply<T>(ReadOnlySpan<T> x, Span<T> y) => TensorPrimitives.Sin(x, y);

    /// <inheritdoc/>
    protected override Variable Derivative(Variable x, Variable y) => Ops.Cos(x);
}

/// <summary>The cosine of x in radians (ONNX <c>Cos</c>); cos(Wx + b) as a hidden unit is in the book, section 6.3.3.</summary>
public sealed record Cos : UnaryOperation, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples => [new(new Cos(), new ExampleInput(["batch", 3]))];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => new Cos().ApplyAll(node[0]);

    /// <inheritdoc/>
    protected override void Apply<T>(ReadOnlySpan<T> x, Span<T> y) => TensorPrimitives.Cos(x, y);

    /// <inheritdoc/>
    protected override Variable Derivative(Variable x, Variable y) => -Ops.Sin(x);
}
