using System.Numerics;
using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Elementwise;
using Toolkit.Autograd.Operations.Reductions;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Tests.Operations;

/// <summary>Integers at the ends of their range, in every width.</summary>
public sealed class IntegerTests
{
    [Fact]
    public void Sums_differences_and_products_wrap()
    {
        Check<sbyte>();
        Check<short>();
        Check<int>();
        Check<long>();
        Check<byte>();
        Check<ushort>();
        Check<uint>();
        Check<ulong>();

        static void Check<T>()
            where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
        {
            Assert.Equal([T.MinValue, T.MaxValue], Run<T>(new Add(), [T.MaxValue, T.MaxValue], [T.One, T.Zero]));
            Assert.Equal([T.MaxValue, T.MinValue], Run<T>(new Sub(), [T.MinValue, T.MinValue], [T.One, T.Zero]));
            Assert.Equal([unchecked(T.MaxValue * T.MaxValue), T.Zero], Run<T>(new Mul(), [T.MaxValue, T.Zero], [T.MaxValue, T.MaxValue]));

            // Long enough for the loop over vectors.
            T[] many = [.. Enumerable.Range(0, 200).Select(T.CreateTruncating)];
            Assert.Equal(many.Select(v => unchecked(v * v)), Run<T>(new Mul(), many, many));
        }
    }

    [Fact]
    public void Quotients_truncate_and_the_least_integer_divided_by_minus_1_stays()
    {
        Signed<sbyte>();
        Signed<short>();
        Signed<int>();
        Signed<long>();
        Unsigned<byte>();
        Unsigned<ushort>();
        Unsigned<uint>();
        Unsigned<ulong>();

        static void Signed<T>()
            where T : unmanaged, ISignedNumber<T>, IBinaryInteger<T>, IMinMaxValue<T>
        {
            T seven = T.CreateChecked(7), two = T.CreateChecked(2), three = T.CreateChecked(3);
            Assert.Equal([T.MinValue, three, -three, -seven], Run<T>(new Div(), [T.MinValue, seven, -seven, seven], [-T.One, two, two, -T.One]));
            Assert.Equal([T.Zero, T.One, T.One, -T.One], Run<T>(new Mod(), [T.MinValue, seven, -seven, seven], [-T.One, two, two, -two]));
            Assert.Equal([T.Zero, T.One, -T.One, T.One], Run<T>(new Mod(true), [T.MinValue, seven, -seven, seven], [-T.One, two, two, -two]));
            Assert.Equal([T.MinValue, T.MinValue, seven], [.. Unary<T>(new Neg(), T.MinValue), .. Unary<T>(new Abs(), T.MinValue, -seven)]);
        }

        static void Unsigned<T>()
            where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
        {
            T seven = T.CreateChecked(7);
            Assert.Equal([T.Zero, T.One], Run<T>(new Div(), [seven, T.MaxValue], [T.MaxValue, T.MaxValue]));
            Assert.Equal([seven, T.Zero], Run<T>(new Mod(), [seven, T.MaxValue], [T.MaxValue, T.MaxValue]));
        }
    }

    [Fact]
    public void A_divisor_0_is_an_error_that_names_the_operator()
    {
        Assert.Contains("Div", Assert.Throws<GraphException>(() => Run<sbyte>(new Div(), [1, 2], [1, 0])).Message, StringComparison.Ordinal);
        Assert.Contains("Mod", Assert.Throws<GraphException>(() => Run<ulong>(new Mod(), [1, 2], [1, 0])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Powers_of_integers_wrap_and_negative_exponents_truncate()
    {
        Assert.Equal([1024, 0, 1, -1, 1, 0, unchecked((int)3486784401)], Run<int>(new Pow(), [2, 2, 1, -1, -1, 0, 3], [10, -1, -5, -3, -2, -1, 20]));
        Assert.Equal([4052555153018976267], Run<long>(new Pow(), [3], [39]));
    }

    [Fact]
    public void Truth_values_are_compared_and_reduced()
    {
        Variable x = Variable.Input("x", DType.Bool, [2, 2]);
        Value[] results = Function.Compile([x], [Ops.Equal(x, x), x.ReduceMax([1]), x.ReduceMin([1])])
            .Run(Value.Of([true, false, true, true], 2, 2));
        Assert.Equal([true, true, true, true], results[0].ToArray<bool>());
        Assert.Equal([true, true], results[1].ToArray<bool>());
        Assert.Equal([false, true], results[2].ToArray<bool>());
    }

    [Fact]
    public void A_type_that_an_operator_does_not_take_is_refused_with_both_names()
    {
        Variable x = Variable.Input("x", DType.Int8, [2]), flag = Variable.Input("flag", DType.Bool, [2]);
        Assert.Equal(
            "Sin expects Float32, Float16, Float64 or BFloat16 as input, found Int8.", Assert.Throws<DTypeException>(() => Ops.Sin(x)).Message);
        Assert.StartsWith("ReduceSum expects ", Assert.Throws<DTypeException>(() => Ops.Sum(x)).Message, StringComparison.Ordinal);
        Assert.EndsWith(" as A, found Bool.", Assert.Throws<DTypeException>(() => Ops.Add(flag, flag)).Message, StringComparison.Ordinal);
        Assert.EndsWith(" as X, found Bool.", Assert.Throws<DTypeException>(() => new Where().Apply(flag, flag, flag).Cast(DType.Bool) is var y ? new BitwiseNot().Apply(y) : y).Message, StringComparison.Ordinal);
    }

    private static T[] Run<T>(Operation operation, T[] x, T[] y)
        where T : unmanaged
    {
        (Variable a, Variable b) = (Variable.Input("a", DTypes.Of<T>(), [x.Length]), Variable.Input("b", DTypes.Of<T>(), [x.Length]));
        return Function.Compile([a, b], [operation.Apply(a, b)]).Run(Value.Of(x, x.Length), Value.Of(y, x.Length))[0].ToArray<T>();
    }

    private static T[] Unary<T>(Operation operation, params T[] x)
        where T : unmanaged
    {
        Variable a = Variable.Input("a", DTypes.Of<T>(), [x.Length]);
        return Function.Compile([a], [operation.Apply(a)]).Run(Value.Of(x, x.Length))[0].ToArray<T>();
    }
}
