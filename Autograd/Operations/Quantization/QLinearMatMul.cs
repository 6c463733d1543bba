using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Quantization;

/// <summary>
/// The product of quantized matrices, quantized (ONNX <c>QLinearMatMul</c>). Inputs: a, its scale and zero point, b, its scale and zero point, and scale and zero point of the result. Integers are
/// multiplied exactly in int32; the small floating-point types in float32. The gradient is zero.
/// </summary>
public sealed record QLinearMatMul : CompositeOperation, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples =>
    [
        new(
            new QLinearMatMul(),
            new ExampleInput(["batch", 4], DType.UInt8, 0, 100), new ExampleInput([], Low: 0.01, High: 0.02), new ExampleInput([], DType.UInt8, 3, 90),
            new ExampleInput([4, 3], DType.Int8, -60, 60), new ExampleInput([3], Low: 0.01, High: 0.02), new ExampleInput([3], DType.Int8, -9, 9),
            new ExampleInput([], Low: 0.01, High: 0.02), new ExampleInput([], DType.UInt8, 100, 140)) { Smoothness = 0 },
        new(
            new QLinearMatMul(),
            new ExampleInput([2, 3], DType.Int8, -60, 60), new ExampleInput([], Low: 0.01, High: 0.02), new ExampleInput([], DType.Int8, -9, 9),
            new ExampleInput([3, 2], DType.Int8, -60, 60), new ExampleInput([], Low: 0.01, High: 0.02), new ExampleInput([], DType.Int8, -9, 9),
            new ExampleInput([], Low: 0.01, High: 0.02), new ExampleInput([], DType.Int8, -9, 9)) { Smoothness = 0 },
    ];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node)
    {
        foreach (int scale in (ReadOnlySpan<int>)[1, 4, 6])
            Scales.RequirePositive(node.Operator, node[scale]);
        return new QLinearMatMul().ApplyAll(node.Inputs);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Variable> Expand(Arguments inputs)
    {
        DType compute = inputs[1].DType == DType.Float64 ? DType.Float64 : DType.Float32;
        Scales.RequireTypes(this, inputs, inputs[7].DType);
        foreach ((int at, bool isRows) in (ReadOnlySpan<(int, bool)>)[(0, true), (3, false)])
        {
            Scales.RequirePair(this, inputs[at + 1], inputs[at + 2]);
            MatMulInteger.RequireBeside(this, inputs[at + 1], inputs[at].Shape, isRows);
        }

        Scales.RequirePair(this, inputs[6], inputs[7]);
        return
        [
            inputs[0].DType.IsInteger()
                ? MatMulInteger.Product(inputs[0], inputs[3], (a, b) => Quantized(new MatMulInteger().Apply(a, b, inputs[2], inputs[5])))
                : MatMulInteger.Product(
                    MatMulInteger.Shifted(this, inputs[0], inputs[2], isRows: true, DType.Float32), MatMulInteger.Shifted(this, inputs[3], inputs[5], isRows: false, DType.Float32), (a, b) => Quantized(Ops.MatMul(a, b))),
        ];

        Variable Quantized(Variable product)
        {
            int columns = product.Shape.Rank - 1;
            Variable scale = MatMulInteger.ByRow(Ops.Cast(inputs[1], compute), isRows: true) * Ops.Cast(inputs[4], compute)
                / Scales.Along(this, Ops.Cast(inputs[6], compute), product, columns, 0);
            return QuantizeLinear.Rounded(this, Ops.Cast(product, compute) * scale, inputs[7], product, inputs[7].DType, columns, 0, true);
        }
    }

    /// <summary>The standard has scales of up to 32 bits; here float64 is taken too.</summary>
    public override Schema.OperatorSchema? StandardSchema() => null;

    /// <summary>The standard's scales have no float64.</summary>
    /// <param name="request">The opset version and the types of inputs and outputs.</param>
    public override OnnxForm? ToOnnx(OnnxRequest request) => request.Inputs[1].DType == DType.Float64 ? null : new(Name);
}
