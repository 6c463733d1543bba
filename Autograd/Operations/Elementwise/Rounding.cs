using System.Numerics.Tensors;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Elementwise;

/// <summary>A step function of one floating-point number; the gradient is zero.</summary>
public abstract record RoundingOperation : UnaryOperation
{
    /// <inheritdoc/>
    protected sealed override Variable? Derivative(Variable x, Variable y) => null;

    private protected static IEnumerable<OperationExample> ExamplesOf(Operation operation) =>
        [new(operation, new ExampleInput(["batch", 7], Low: -4, High: 4)) { Smoothness = 0 }];
}

/// <summary>The least integer that is not below x (ONNX <c>Ceil</c>).</summary>
public sealed record Ceil : RoundingOperation, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples => ExamplesOf(new Ceil());

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => new Ceil().ApplyAll(node[0]);

    /// <inheritdoc/>
    protected override void Apply<T>(ReadOnlySpan<T> x, Span<T> y) => TensorPrimitives.Ceiling(x, y);
}

/// <summary>The greatest integer that is not above x (ONNX <c>Floor</c>).</summary>
public sealed record Floor : RoundingOperation, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples => ExamplesOf(new Floor());

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => new Floor().ApplyAll(node[0]);

    /// <inheritdoc/>
    protected override void Apply<T>(ReadOnlySpan<T> x, Span<T> y) => TensorPrimitives.Floor(x, y);
}

/// <summary>The nearest integer, the even one at a tie (ONNX <c>Round</c>).</summary>
public sealed record Round : RoundingOperation, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples => ExamplesOf(new Round());

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => new Round().ApplyAll(node[0]);

    /// <inheritdoc/>
    protected override void Apply<T>(ReadOnlySpan<T> x, Span<T> y) => TensorPrimitives.Round(x, y);
}
