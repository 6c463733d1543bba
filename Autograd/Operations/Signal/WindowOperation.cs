using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;
using Range = Toolkit.Autograd.Operations.Shaping.Range;

namespace Toolkit.Autograd.Operations.Signal;

/// <summary>A window of n numbers a₀ − a₁ cos(2πk/N) + a₂ cos(4πk/N) for k from 0 to n − 1. Input: n, an int64 or int32 scalar. Computed in float64.</summary>
/// <param name="Periodic">Whether N is n; otherwise, for a symmetric window, n − 1.</param>
/// <param name="Type">The element type of the result.</param>
public abstract record WindowOperation(bool Periodic, DType Type) : CompositeOperation
{
    /// <summary>a₀, a₁ and a₂.</summary>
    private protected abstract (double A0, double A1, double A2) Coefficients { get; }

    /// <inheritdoc/>
    public sealed override IReadOnlyList<Variable> Expand(Arguments inputs)
    {
        Variable size = Ops.Cast(inputs[0], DType.Int64);
        Variable numbers = new Range().Apply(Variable.Of(Value.Of(0L)), size, Variable.Of(Value.Of(1L)));
        Variable length = Ops.Cast(Periodic ? size : Ops.Max(size - 1, 1), DType.Float64);
        Variable angle = 2 * Math.PI * Ops.Cast(numbers, DType.Float64) / length;
        (double a0, double a1, double a2) = Coefficients;
        Variable window = a0 - (a1 * Ops.Cos(angle));
        return [Ops.Cast(a2 == 0 ? window : window + (a2 * Ops.Cos(2 * angle)), Type)];
    }

    /// <summary>One node in float32, from operator set 17 on: ONNX Runtime computes float64 in single precision.</summary>
    /// <param name="request">The opset version and the types of inputs and outputs.</param>
    public sealed override OnnxForm? ToOnnx(OnnxRequest request) => request.Opset < 17 || Type != DType.Float32
        ? null
        : new(Name) { Attributes = [new OnnxAttribute("output_datatype", Type), new OnnxAttribute("periodic", Periodic ? 1L : 0L)] };

    private protected static IEnumerable<OperationExample> ExamplesOf(Func<bool, DType, Operation> make) =>
    [
        OperationExample.Of(type => make(true, type), ExampleInput.Constant(8) with { Shape = Shape.Scalar }) with { Smoothness = 0 },
        new(make(false, DType.Float64), ExampleInput.Constant(5) with { Shape = Shape.Scalar }) { Smoothness = 0 },
    ];

    private protected static IReadOnlyList<Variable> Read(OnnxNode node, Func<bool, DType, Operation> make) => make(node.Flag("periodic"), node.Type("output_datatype")).ApplyAll(node[0]);
}

/// <summary>Hann's window ½ − ½ cos(2πk/N) (ONNX <c>HannWindow</c>).</summary>
/// <param name="Periodic">Whether N is n; otherwise n − 1.</param>
/// <param name="Type">The element type of the result.</param>
public sealed record HannWindow(bool Periodic = true, DType Type = DType.Float32) : WindowOperation(Periodic, Type), IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples => ExamplesOf((periodic, type) => new HannWindow(periodic, type));

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => Read(node, (periodic, type) => new HannWindow(periodic, type));

    private protected override (double A0, double A1, double A2) Coefficients => (0.5, 0.5, 0);
}

/// <summary>Hamming's window 25/46 − 21/46 cos(2πk/N) (ONNX <c>HammingWindow</c>).</summary>
/// <param name="Periodic">Whether N is n; otherwise n − 1.</param>
/// <param name="Type">The element type of the result.</param>
public sealed record HammingWindow(bool Periodic = true, DType Type = DType.Float32) : WindowOperation(Periodic, Type), IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples => ExamplesOf((periodic, type) => new HammingWindow(periodic, type));

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => Read(node, (periodic, type) => new HammingWindow(periodic, type));

    private protected override (double A0, double A1, double A2) Coefficients => (25.0 / 46, 21.0 / 46, 0);
}

/// <summary>Blackman's window 0.42 − 0.5 cos(2πk/N) + 0.08 cos(4πk/N) (ONNX <c>BlackmanWindow</c>).</summary>
/// <param name="Periodic">Whether N is n; otherwise n − 1.</param>
/// <param name="Type">The element type of the result.</param>
public sealed record BlackmanWindow(bool Periodic = true, DType Type = DType.Float32) : WindowOperation(Periodic, Type), IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples => ExamplesOf((periodic, type) => new BlackmanWindow(periodic, type));

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => Read(node, (periodic, type) => new BlackmanWindow(periodic, type));

    private protected override (double A0, double A1, double A2) Coefficients => (0.42, 0.5, 0.08);
}
