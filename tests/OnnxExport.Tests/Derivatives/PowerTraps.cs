using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Reductions;
using Toolkit.Autograd.Tensors;

namespace Toolkit.OnnxExport.Tests.Derivatives;

/// <summary>Powers at base 0 and exponent 0, and products with zeros among the factors.</summary>
internal static class PowerTraps
{
    public static IEnumerable<Trap> All =>
    [
        new("x⁰", x => Power(x, 0), [0, 2], 1, [0, 0]),
        new("√((x − 1)⁰)", x => Ops.Sqrt(Power(x - 1, 0)), [1], 1, [0]),
        new("x¹ by Pow", x => Power(x, 1), [0], 1, [1]),
        new("x¹ by Pow", x => Power(x, 1), [0], 2, [0]),
        new("x² by Pow", x => Power(x, 2), [0], 1, [0]),
        new("x² by Pow", x => Power(x, 2), [0], 2, [2]),
        new("x³ by Pow", x => Power(x, 3), [-2], 0, [-8]),
        new("x³ by Pow", x => Power(x, 3), [-2], 1, [12]),
        new("x³ by Pow", x => Power(x, 3), [0, -2], 2, [0, -12]),
        new("x⁻¹ by Pow", x => Power(x, -1), [-2], 1, [-0.25]),
        new("xʸ", Both, [0, 2], 1, [0, 0]),
        new("xʸ with y = 0", Both, [0, 0], 1, [0, 0]),
        new("xʸ with y = 1", Both, [0, 1], 1, [1, 0]),
        new("xʸ, x negative", Both, [-2, 3], 1, [12, double.NaN]),
        new("Πx", Product, [0, 2, 3], 1, [6, 0, 0]),
        new("Πx with two zeros", Product, [0, 0, 3], 1, [0, 0, 0]),
        new("Πx without zeros", Product, [4, 2, 3], 1, [6, 12, 8]),
        new("Πx, summed second derivatives", Product, [2, 3, 0, 0], 2, [0, 0, 6, 6]),
        new("Πx of rows", x => new ReduceProd(KeepDims: false).Apply(x, Ops.Integers(1)), [0, 2, 3, 4], 1, [2, 0, 4, 3]) { Shape = [2, 2] },
        new("Πx of one element", Product, [0], 1, [1]),
        new("Σ CumProd x", Cumulative(false, false), [2, 0, 3], 1, [1, 8, 0]),
        new("Σ CumProd x, exclusive", Cumulative(true, false), [2, 0, 3], 1, [1, 2, 0]),
        new("Σ CumProd x, reverse", Cumulative(false, true), [2, 0, 3], 1, [0, 9, 1]),
        new("Σ CumProd x, exclusive and reverse", Cumulative(true, true), [2, 0, 3], 1, [0, 3, 1]),
        new("Σ CumProd x", Cumulative(false, false), [2, 0, 3], 2, [4, 6, 2]),
        new("x·x·x·x", x => x * x * x * x, [3], 1, [108]),
        new("log Πx, underflowing product", x => Ops.Log(Product(x)), [1e-30, 1e-30, 1e-30, 1e-30], 1, [1e30, 1e30, 1e30, 1e30]) { Types = [DType.Float32] },
        new("log Πx, underflowing product in float64", x => Ops.Log(Product(x)), [1e-300, 1e-300], 1, [1e300, 1e300]) { Types = [DType.Float64] },
        new("x·log x without xlogy", x => x * Ops.Log(x), [0], 0, [double.NaN]),
    ];

    private static Variable Power(Variable x, double p) => Ops.Pow(x, Variable.Scalar(p, x.DType));

    private static Variable Both(Variable v) => Ops.Pow(Ops.Slice(v, 0, 0, 1), Ops.Slice(v, 0, 1, 2));

    private static Variable Product(Variable x) => new ReduceProd(KeepDims: false).Apply(x);

    private static Func<Variable, Variable> Cumulative(bool exclusive, bool reverse) => x => new CumProd(exclusive, reverse).Apply(x, Variable.Scalar(0, DType.Int64));
}
