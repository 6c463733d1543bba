using Toolkit.Autograd.Gradients;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;

namespace Toolkit.Modeling;

/// <summary>Derivatives along directions, by two pull-backs.</summary>
internal static class ForwardMode
{
    /// <summary>(∂y/∂x)·v: how y changes when x moves along v, of y's shape; zeros if y does not depend on x.</summary>
    public static Variable Derivative(Variable y, Variable x, Variable direction)
    {
        // u → Jᵀu is linear, so its derivative along v with respect to u is Jv whatever u is; y itself serves as u.
        Variable u = y.StopGradient();
        Variable pulled = Gradient.Of((y * u).Sum(), x);
        return Gradient.Of((pulled * direction).Sum(), u);
    }
}
