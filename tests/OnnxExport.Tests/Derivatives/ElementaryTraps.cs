using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Elementwise;
using Toolkit.Autograd.Tensors;

namespace Toolkit.OnnxExport.Tests.Derivatives;

/// <summary>Elementary functions at the ends of where they are defined, far out, near 0, and written in parts whose results leave the range of the type.</summary>
internal static class ElementaryTraps
{
    private const double Infinity = double.PositiveInfinity;

    private static readonly DType[] Single = [DType.Float32], Double = [DType.Float64];

    public static IEnumerable<Trap> All => [.. Powers, .. Inverses, .. Filled, .. Exponentials, .. Logarithms];

    private static IEnumerable<Trap> Powers =>
    [
        new("x⁰, value", x => Power(x, 0), [0, -2, Infinity], 0, [1, 1, 1]),
        new("x² by Pow", x => Power(x, 2), [-3], 2, [2]),
        new("x^2.5", x => Power(x, 2.5), [0], 2, [0]),
        new("x^1.5", x => Power(x, 1.5), [0, 4], 2, [Infinity, 0.375]),
        new("x^½ by Pow", x => Power(x, 0.5), [0, 4], 1, [Infinity, 0.25]),
        new("1/x", x => 1 / x, [0, -2], 1, [double.NegativeInfinity, -0.25]),
        new("1/x by Reciprocal", x => new Reciprocal().Apply(x), [-2, 1e-15], 1, [-0.25, -1e30]),
        new("1/x by Reciprocal", x => new Reciprocal().Apply(x), [2], 2, [0.25]),
        new("where(x > 0, 1/√x, 0)", x => Ops.Where(Ops.Greater(x, 0), 1 / Ops.Sqrt(x), 0), [0, 4], 1, [0, -0.0625]),
        new("where(x > 0, 1/√x, 0)", x => Ops.Where(Ops.Greater(x, 0), 1 / Ops.Sqrt(x), 0), [0, 4], 2, [0, 3 / 128.0]),
        new("x·|x|", x => x * Ops.Abs(x), [0, -2], 2, [0, -2]),
        new("sign x·|x|^⅓", x => Ops.Sign(x) * Power(Ops.Abs(x), 1.0 / 3), [-8], 1, [1 / 12.0]),
        new("√x⁴", x => Ops.Sqrt(Power(x, 4)), [0, -2], 1, [0, -4]),
        new("log x²", x => Ops.Log(x * x), [1e-25, -2], 1, [2e25, -1]) { Types = Single },
        new("log x²", x => Ops.Log(Power(x, 2)), [1e-200, -1e200], 1, [2e200, -2e-200]) { Types = Double },
        new("log x⁰", x => Ops.Log(Power(x, 0)), [0, 2], 1, [0, 0]),
        new("log(x·y)", x => Ops.Log(Ops.Slice(x, 0, 0, 1) * Ops.Slice(x, 0, 1, 2)), [1e-30, 1e-30], 1, [1e30, 1e30]) { Types = Single },
        new("Πx of factors whose products overflow", x => new Autograd.Operations.Reductions.ReduceProd(false).Apply(x), [1e30, 1e-30, 1e20], 1, [1e-10, Infinity, 1]) { Types = Single },
        new("Πx of many zeros", x => new Autograd.Operations.Reductions.ReduceProd(false).Apply(x), [0, 0, 0, 5], 2, [0, 0, 0, 0]),
    ];

    /// <summary>1 − x², x² − 1 and 1 + x² lose digits near 1 and overflow far out.</summary>
    private static IEnumerable<Trap> Inverses =>
    [
        new("asin", x => new Asin().Apply(x), [0, 0.5, 1, -1], 1, [1, 1.1547005383793, Infinity, Infinity]) { RuntimeTypes = Single },
        new("asin near 1", x => new Asin().Apply(x), [1 - Math.Pow(2, -20)], 1, [724.07751656858]) { RuntimeTypes = Single },
        new("asin near 1", x => new Asin().Apply(x), [1 - Math.Pow(2, -40)], 1, [741455.20018963]) { Types = Double, RuntimeTypes = Single },
        new("acos near −1", x => new Acos().Apply(x), [Math.Pow(2, -40) - 1], 1, [-741455.20018963]) { Types = Double, RuntimeTypes = Single },
        new("acosh", x => new Acosh().Apply(x), [1, 2], 1, [Infinity, 0.57735026918963]) { RuntimeTypes = Single },
        new("acosh near 1", x => new Acosh().Apply(x), [1 + Math.Pow(2, -20)], 1, [724.07717130159]) { RuntimeTypes = Single },
        new("acosh near 1", x => new Acosh().Apply(x), [1 + Math.Pow(2, -40)], 1, [741455.2001893]) { Types = Double, RuntimeTypes = Single },
        new("acosh far out", x => new Acosh().Apply(x), [1e25], 1, [1e-25]) { Types = Single },
        new("acosh far out", x => new Acosh().Apply(x), [1e200], 1, [1e-200]) { Types = Double, RuntimeTypes = Single },
        new("acosh far out, value", x => new Acosh().Apply(x), [1e30], 0, [69.770699970381]) { RuntimeTypes = Single, RuntimeDiffers = "its Acosh squares the argument" },
        new("asinh far out", x => new Asinh().Apply(x), [-1e25, 1e25, 0], 1, [1e-25, 1e-25, 1]) { Types = Single },
        new("asinh far out", x => new Asinh().Apply(x), [-1e200, 1e200, 0], 1, [1e-200, 1e-200, 1]) { Types = Double, RuntimeTypes = Single },
        new("asinh far out, value", x => new Asinh().Apply(x), [-1e30, -1e10, 1e-10], 0, [-69.770699970381, -23.7189981105, 1e-10]) { RuntimeTypes = Single, RuntimeDiffers = "its Asinh squares the argument" },
        new("atanh", x => new Atanh().Apply(x), [0, 1 - Math.Pow(2, -20)], 1, [1, 524288.25000012]) { RuntimeTypes = Single },
        new("atanh near 1", x => new Atanh().Apply(x), [1 - Math.Pow(2, -40)], 1, [549755813888.25]) { Types = Double, RuntimeTypes = Single },
        new("atan far out", x => new Atan().Apply(x), [1e15, Infinity, -1e30], 1, [1e-30, 0, 0]) { AtMost = [1e-30, 0, 1e-59], RuntimeTypes = Single },
        new("atan far out", x => new Atan().Apply(x), [1e8], 2, [-2e-24]) { RuntimeTypes = Single },
    ];

    /// <summary>Quotients that are filled in at 0 by a choice.</summary>
    private static IEnumerable<Trap> Filled =>
    [
        new("where(x = 0, 1, sin πx/πx)", x => Ops.Where(Ops.Equal(x, Zero(x)), 1, Ops.Sin(Math.PI * x) / (Math.PI * x)), [0], 2, [-Math.PI * Math.PI / 3]) { Tolerance = 1e-5 },
        new("where(y = 0, 1, sin y/y) of y = πx", Sinc, [0], 2, [-Math.PI * Math.PI / 3]) { Tolerance = 1e-5 },
        new("where(x = 0, 1, expm1 x/x)", x => Ops.Where(Ops.Equal(x, Zero(x)), 1, Ops.ExpM1(x) / x), [0], 1, [0.5]),
        new("where(x = 0, 1, log(1 + x)/x)", x => Ops.Where(Ops.Equal(x, Zero(x)), 1, Ops.Log(1 + x) / x), [0, 1], 1, [-0.5, 0.5 - Math.Log(2)]),
        .. from f in new (string Name, Func<Variable, Variable> Function, double Curvature)[]
           {
               ("tanh", Ops.Tanh, -2.0 / 3), ("sinh", Ops.Sinh, 1.0 / 3), ("tan", x => new Tan().Apply(x), 2.0 / 3), ("atan", x => new Atan().Apply(x), -2.0 / 3), ("sin", Ops.Sin, -1.0 / 3),
           }
           from isInverse in new[] { false, true }
           select new Trap($"where(x = 0, 1, {(isInverse ? $"x/{f.Name} x" : $"{f.Name} x/x")})", x => Ops.Where(Ops.Equal(x, Zero(x)), 1, isInverse ? x / f.Function(x) : f.Function(x) / x), [0, 1e-6], 2, [isInverse ? -f.Curvature : f.Curvature, isInverse ? -f.Curvature : f.Curvature]) { Tolerance = 1e-5, RuntimeTypes = Single },
        new("where(x = 0, 1, x/(eˣ − 1))", x => Ops.Where(Ops.Equal(x, Zero(x)), 1, x / Ops.ExpM1(x)), [0, 1], 1, [-0.5, (Math.E - 1 - Math.E) / ((Math.E - 1) * (Math.E - 1))]),
        new("where(x > 0, x·log x, 0)", x => Ops.Where(Ops.Greater(x, 0), x * Ops.Log(x), 0), [0, 1], 1, [0, 1]),
        new("rotation vector of length 0", x => Rotation(x), [0, 0, 0], 1, [1, 1, 1]),
        new("where(x is NaN, 0, x)", x => Ops.Where(new IsNaN().Apply(x), 0, x), [double.NaN, 2], 1, [0, 1]),
        new("where(x is NaN, 0, x²)", x => Ops.Where(new IsNaN().Apply(x), 0, x * x), [double.NaN, 2], 1, [0, 4]),
    ];

    private static IEnumerable<Trap> Exponentials =>
    [
        new("eˣ/(1 + eˣ) written out", x => Ops.Exp(x) / (1 + Ops.Exp(x)), [1e4, 0, -1e4], 1, [0, 0.25, 0]),
        new("eˣ/(eˣ + 1) written out", x => Ops.Exp(x) / (Ops.Exp(x) + 1), [1e4, 0], 1, [0, 0.25]),
        new("tanh written out", x => (Ops.Exp(x) - Ops.Exp(-x)) / (Ops.Exp(x) + Ops.Exp(-x)), [1e4, 0, -1e4], 1, [0, 1, 0]),
        new("(1 − e⁻²ˣ)/(1 + e⁻²ˣ)", x => (1 - Ops.Exp(-2 * x)) / (1 + Ops.Exp(-2 * x)), [1e4, 0, -1e4], 1, [0, 1, 0]),
        new("eˣ/Σeˣ, first share", x => Ops.Slice(Ops.Exp(x) / Ops.Sum(Ops.Exp(x)), 0, 0, 1), [1e4, 1e4], 1, [0.25, -0.25]),
        new("eˣ/Σeˣ of rows, first share", x => Ops.Slice(Ops.Exp(x) / Ops.Sum(Ops.Exp(x), [1], keepDims: true), 1, 0, 1), [1e4, 1e4, 0, 0], 1, [0.25, -0.25, 0.25, -0.25]) { Shape = [2, 2] },
        new("eˣ − 1 written out", x => Ops.Exp(x) - 1, [0, -1e4], 1, [1, 0]),
        new("1/cosh x", x => 1 / Ops.Cosh(x), [1e4, 0, -1e4], 1, [0, 0, 0]) { RuntimeTypes = Single },
        new("log(eˣ)", x => Ops.Log(Ops.Exp(x)), [1e4, -1e4, 2], 1, [1, 1, 1]),
        new("x·e⁻ˣ", x => x * Ops.Exp(-x), [1e4, 0], 1, [0, 1]),
        new("e^(−x²)", x => Ops.Exp(-(x * x)), [1e25, 0], 1, [0, 0]),
    ];

    private static IEnumerable<Trap> Logarithms =>
    [
        new("log σ(x)", x => Ops.Log(Ops.Sigmoid(x)), [-1e4, 0, 1e4], 1, [1, 0.5, 0]),
        new("log(1 − σ(x))", x => Ops.Log(1 - Ops.Sigmoid(x)), [-1e4, 0, 1e4], 1, [0, -0.5, -1]),
        new("cross-entropy of σ(x) written out, target 0.3", x => -((0.3 * Ops.Log(Ops.Sigmoid(x))) + (0.7 * Ops.Log(1 - Ops.Sigmoid(x)))), [-1e4, 0, 1e4], 1, [-0.3, 0.2, 0.7]),
        new("log(1/(1 + e⁻ˣ))", x => Ops.Log(1 / (1 + Ops.Exp(-x))), [-1e4, 0, 1e4], 1, [1, 0.5, 0]),
        new("log(eˣ⁰ + eˣ¹)", x => Ops.Log(Ops.Exp(Ops.Slice(x, 0, 0, 1)) + Ops.Exp(Ops.Slice(x, 0, 1, 2))), [1e4, 1e4], 1, [0.5, 0.5]),
        new("log(eˣ⁰ + eˣ¹)", x => Ops.Log(Ops.Exp(Ops.Slice(x, 0, 0, 1)) + Ops.Exp(Ops.Slice(x, 0, 1, 2))), [-1e4, -1e4], 1, [0.5, 0.5]),
        new("log(eˣ − 1)", x => Ops.Log(Ops.Exp(x) - 1), [1e4, 1], 1, [1, Math.E / (Math.E - 1)]),
        new("log(1 − eˣ)", x => Ops.Log(1 - Ops.Exp(x)), [-1e-10, -1], 1, [-9999999999.5, -1 / (Math.E - 1)]),
        new("log cosh x", x => Ops.Log(Ops.Cosh(x)), [1e4, 0, -1e4], 1, [1, 0, -1]) { RuntimeTypes = Single },
        new("log cosh x", x => Ops.Log(Ops.Cosh(x)), [1e4, 0, 3], 2, [0, 1, 0.0098660371654402]) { RuntimeTypes = Single, Tolerance = 1e-5 },
        new("log((eˣ + e⁻ˣ)/2)", x => Ops.Log((Ops.Exp(x) + Ops.Exp(-x)) / 2), [1e4, 0, -1e4], 1, [1, 0, -1]),
        new("log(mean eˣ)", x => Ops.Log(Ops.Mean(Ops.Exp(x))), [1e4, 1e4], 1, [0.5, 0.5]),
        new("log Σeˣ of nothing but −∞, value", x => new Autograd.Operations.Reductions.ReduceLogSumExp(false).Apply(x), [double.NegativeInfinity, double.NegativeInfinity], 0, [double.NegativeInfinity]),
        new("log Σeˣ with ∞, value", x => new Autograd.Operations.Reductions.ReduceLogSumExp(false).Apply(x), [Infinity, 1], 0, [Infinity]),
        new("log Σeˣ", x => new Autograd.Operations.Reductions.ReduceLogSumExp(false).Apply(x), [1e4, -1e4, 1e4], 2, [0, 0, 0]) { AtMost = [1e-7, 1e-7, 1e-7] },
        new("log(1 + x) near 0", x => Ops.Log(1 + x), [1e-12, 0], 1, [1, 1]),
        new("log(x/(1 − x))", x => Ops.Log(x / (1 - x)), [0.5, 0, 1], 1, [4, Infinity, Infinity]),
        new("−p·log p of probabilities, a choice at 0", p => Ops.Where(Ops.Greater(p, 0), -(p * Ops.Log(p)), 0), [0, 1, 0.5], 1, [0, -1, Math.Log(2) - 1]),
        new("q·log(q/p) with q = 0, a choice", p => Ops.Where(Ops.Greater(p, 0), p * Ops.Log(p / 0.5), 0), [0, 1], 1, [0, Math.Log(2) + 1]),
        new("cross-entropy of a probability of 0", p => -Ops.Log(p), [0, 0.5], 1, [double.NegativeInfinity, -2]),
    ];

    private static Variable Power(Variable x, double p) => Ops.Pow(x, Variable.Scalar(p, x.DType));

    private static Variable Zero(Variable x) => Variable.Scalar(0, x.DType);

    private static Variable Sinc(Variable x)
    {
        Variable y = Math.PI * x;
        return Ops.Where(Ops.Equal(y, Zero(x)), 1, Ops.Sin(y) / y);
    }

    private static Variable Rotation(Variable x)
    {
        Variable angle = Ops.Sqrt(Ops.Sum(x * x));
        return x * Ops.Where(Ops.Equal(angle, Zero(x)), 1, Ops.Sin(angle) / angle);
    }
}
