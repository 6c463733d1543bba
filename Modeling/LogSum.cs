using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;

namespace Toolkit.Modeling;

/// <summary>ln Σ eˣ with the greatest term taken out, so that it is finite for any finite x. Source: book section 4.1.</summary>
internal static class LogSum
{
    /// <summary>ln Σ eˣ along an axis, which it takes away.</summary>
    public static Variable OfExponentials(Variable x, int axis)
    {
        Variable greatest = x.ReduceMax([axis], keepDims: true).StopGradient();
        return (x - greatest).Exp().Sum([axis]).Log() + greatest.Sum([axis]);
    }
}
