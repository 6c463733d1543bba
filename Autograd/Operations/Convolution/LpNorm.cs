using Toolkit.Autograd.Graph;

namespace Toolkit.Autograd.Operations.Convolution;

/// <summary>The p-norm in two steps: what is added up, and what is made of the sum.</summary>
internal static class LpNorm
{
    /// <summary>|x|ᵖ.</summary>
    public static Variable Powers(Variable x, double p) => p switch
    {
        1 => Ops.Abs(x),
        2 => x * x,
        _ => Ops.Pow(Ops.Abs(x), Variable.Scalar(p, x.DType)),
    };

    /// <summary>The root of a sum; its gradient at 0 is 0, the subgradient of least norm.</summary>
    public static Variable Root(Variable sum, double p)
    {
        if (p == 1)
            return sum;
        Variable isPositive = Ops.Greater(sum, 0), safe = Ops.Where(isPositive, sum, 1);
        return Ops.Where(isPositive, p == 2 ? Ops.Sqrt(safe) : Ops.Pow(safe, Variable.Scalar(1 / p, sum.DType)), sum);
    }
}
