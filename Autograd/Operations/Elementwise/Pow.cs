using System.Numerics;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Elementwise;

/// <summary>The power xʸ (ONNX <c>Pow</c>) of floating-point numbers of one type. A negative base with a fractional exponent gives NaN.</summary>
/// <remarks>Gradient: y·xʸ⁻¹ for the base and xʸ·ln x for the exponent; the latter is NaN for x &lt; 0 and is only computed if asked for.</remarks>
public sealed record Pow : ElementwiseOperation, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<Example> Examples =>
    [
        new(new Pow(), new ExampleInput([2, 3], Low: 0.5), new ExampleInput([3], Low: -1.5)),
        new(new Pow(), new ExampleInput(["batch", 3], Low: 0.5), new ExampleInput([])),
    ];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => Exponent(OldBroadcast.Inputs(node));

    /// <inheritdoc/>
    public override int Arity => 2;

    /// <inheritdoc/>
    public override DType InferDType(ReadOnlySpan<DType> inputs)
    {
        Require.Floating(this, inputs[0]);
        Require.SameType(this, inputs[0], inputs[1]);
        return inputs[0];
    }

    /// <inheritdoc/>
    public override void Apply(TileArguments tile)
    {
        switch (tile.InputType)
        {
            case DType.Float32: Apply<float>(tile); break;
            case DType.Float64: Apply<double>(tile); break;
            default: throw tile.InputType.NotTaken(Name, "Float32 or Float64");
        }
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Variable?> Bprop(BpropRequest request)
    {
        if (request.Gradient(0) is not { } g)
        {
            return request.Zero;
        }

        (Variable x, Variable y, Variable z) = (request[0], request[1], request.Result(0));
        return request.Each(input => Broadcasting.Undo(input == 0 ? g * y * Ops.Pow(x, y - 1) : g * z * Ops.Log(x), request[input]));
    }

    private static void Apply<T>(TileArguments tile)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        ReadOnlySpan<T> x = tile.Input<T>(0);
        ReadOnlySpan<T> y = tile.Input<T>(1);
        Span<T> z = tile.Output<T>();
        for (int i = 0; i < z.Length; i++)
        {
            z[i] = T.Pow(x[i], y[i]);
        }
    }

    /// <summary>The standard allows an exponent of another type; it is cast to that of the base.</summary>
    private static IReadOnlyList<Variable> Exponent(Variable[] inputs) => [Ops.Pow(inputs[0], Ops.Cast(inputs[1], inputs[0].DType))];
}
