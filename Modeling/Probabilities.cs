using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;

namespace Toolkit.Modeling;

/// <summary>Expectations over classes of which some cannot occur.</summary>
internal static class Probabilities
{
    /// <summary>p·x, and 0 where p is 0, even if x is infinite or not a number there: 0·ln 0 = 0.</summary>
    public static Variable Times(Variable p, Variable x) => p * Ops.Where(Ops.Greater(p, 0.0), x, 0.0);
}
