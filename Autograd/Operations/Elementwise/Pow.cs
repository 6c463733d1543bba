using System.Numerics;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Elementwise;

/// <summary>The power xʸ (ONNX <c>Pow</c>) of numbers of one type, floating-point or 32- or 64-bit signed integers. A negative base with a fractional exponent gives
/// NaN. Integers wrap; a negative exponent gives the truncated quotient 1/x⁻ʸ, and 0 for the base 0.</summary>
/// <remarks>Gradient: y·xʸ⁻¹ for the base, 0 for y = 0; xʸ·ln x for the exponent, 0 for x = 0 and y ≥ 0, NaN for x &lt; 0. Roots of sums of squares have gradient 0 at 0 (<see cref="Squares"/>).</remarks>
public sealed record Pow : ElementwiseOperation, IOperator, IHasKernel
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples =>
    [
        new(new Pow(), new ExampleInput([2, 3], Low: 0.5), new ExampleInput([3], Low: -1.5)),
        new(new Pow(), new ExampleInput(["batch", 3], Low: 0.5), new ExampleInput([])),
        new(new Pow(), new ExampleInput([2, 5], DType.Int64, -4, 4), new ExampleInput([5], DType.Int64, 0, 9)) { Smoothness = 0 },
        new(new Pow(), new ExampleInput([6], DType.Int32, -3, 5), new ExampleInput([], DType.Int32, 3, 3)) { Smoothness = 0 },
    ];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => Exponent(OldBroadcast.Inputs(node));

    /// <inheritdoc/>
    public override int Arity => 2;

    /// <summary>Squares and cubes are products, in float32 and float64.</summary>
    bool IHasKernel.Computes(Arguments inputs) => Factors(inputs) == 0;

    /// <inheritdoc/>
    public override IReadOnlyList<Variable>? Expand(Arguments inputs) => Factors(inputs) switch
    {
        2 => [inputs[0] * inputs[0]],
        3 => [inputs[0] * inputs[0] * inputs[0]],
        _ => null,
    };

    /// <inheritdoc/>
    public override DType InferDType(ReadOnlySpan<DType> inputs)
    {
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
            case DType.Int32: Whole<int>(tile); break;
            case DType.Int64: Whole<long>(tile); break;
            default: throw tile.InputType.NotTaken(Name, "Float32, Float64, Int32 or Int64");
        }
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Variable?> Bprop(BpropRequest request)
    {
        (Variable x, Variable y, Variable z) = (request[0], request[1], request.Result(0));
        return Contributions(request, (g, input) => input == 0 ? ToBase(g, x, y, z) : ToExponent(g, x, y, z));
    }

    /// <summary>2 or 3 where the power is a product of as many equal factors; otherwise 0.</summary>
    private static int Factors(Arguments inputs) =>
        inputs[0].DType is DType.Float32 or DType.Float64 && inputs[1].Constant is { Count: 1 } exponent && inputs[1].Shape.Rank <= inputs[0].Shape.Rank && exponent[0] is 2 or 3 ? (int)exponent[0] : 0;

    /// <summary>G·y·xʸ⁻¹; nothing for the exponent 0, and 0 at the base 0 where the power is the root of a sum of squares, a norm.</summary>
    private static Variable? ToBase(Variable g, Variable x, Variable y, Variable z)
    {
        if (y.Constant is not { Count: 1 } exponent)
            return Ops.Where(Ops.Equal(y, Variable.Scalar(0, y.DType)), 0, g * y * Ops.Pow(x, y - 1));
        return exponent[0] switch
        {
            0 => null,
            1 => g,
            2 => g * (2 * x),
            > 0 and < 1 when Squares.IsSum(x) => Squares.Root(g * (y * Ops.Pow(x, Variable.Scalar(exponent[0] - 1, x.DType))), z),
            var p => g * (y * Ops.Pow(x, Variable.Scalar(p - 1, x.DType))),
        };
    }

    /// <summary>G·xʸ·ln x; 0 at the base 0 for exponents of at least 0.</summary>
    private static Variable ToExponent(Variable g, Variable x, Variable y, Variable z)
    {
        Variable zero = Variable.Scalar(0, x.DType);
        return Ops.Where(new And().Apply(Ops.Equal(x, zero), Ops.GreaterOrEqual(y, zero)), 0, g * z * Ops.Log(x));
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

    private static void Whole<T>(TileArguments tile)
        where T : unmanaged, IBinaryInteger<T>
    {
        ReadOnlySpan<T> x = tile.Input<T>(0);
        ReadOnlySpan<T> y = tile.Input<T>(1);
        Span<T> z = tile.Output<T>();
        for (int i = 0; i < z.Length; i++)
        {
            z[i] = T.IsNegative(y[i]) ? Reciprocal(x[i], T.IsOddInteger(y[i])) : Power(x[i], y[i]);
        }
    }

    private static T Power<T>(T x, T exponent)
        where T : IBinaryInteger<T>
    {
        T result = T.One;
        for (; exponent != T.Zero; exponent >>= 1, x *= x)
        {
            if (T.IsOddInteger(exponent))
            {
                result *= x;
            }
        }

        return result;
    }

    /// <summary>1/xⁿ, truncated: ±1 for x = ±1, 0 otherwise.</summary>
    private static T Reciprocal<T>(T x, bool isOdd)
        where T : IBinaryInteger<T> => x == T.One || (x == -T.One && !isOdd) ? T.One : x == -T.One ? x : T.Zero;

    /// <summary>The standard allows an exponent of another type: it is cast to that of the base; where the base is an integer and the exponent is not, the power is
    /// computed in float64 and cast back.</summary>
    private static IReadOnlyList<Variable> Exponent(Variable[] inputs) => inputs[0].DType.IsInteger() && inputs[1].DType.IsFloating()
        ? [Ops.Cast(Ops.Pow(Ops.Cast(inputs[0], DType.Float64), Ops.Cast(inputs[1], DType.Float64)), inputs[0].DType)]
        : [Ops.Pow(inputs[0], Ops.Cast(inputs[1], inputs[0].DType))];
}
