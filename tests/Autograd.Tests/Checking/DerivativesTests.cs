using Toolkit.Autograd.Checking;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Tests.Checking;

public sealed class DerivativesTests
{
    private static readonly Value Point = Value.Of([2.0, 3.0], 2);

    /// <summary>(x₀²x₁, x₁³), with the Jacobian (12, 4; 0, 27) at (2, 3).</summary>
    [Fact]
    public void Products_with_a_Jacobian_are_those_by_hand()
    {
        Assert.Equal([12, 4, 0, 27], Derivatives.Jacobian(Two, Point).ToArray<double>());
        Assert.Equal([2, 2], Derivatives.Jacobian(Two, Point).Sizes.ToArray());
        Assert.Equal([24, -19], Derivatives.VectorJacobian(Two, Point, Value.Of([2.0, -1.0], 2)).ToArray<double>());
        Assert.Equal([20, -27], Derivatives.JacobianVector(Two, Point, Value.Of([2.0, -1.0], 2)).ToArray<double>());
    }

    /// <summary>x₀²x₁ + x₁³, with the Hessian (6, 4; 4, 18) at (2, 3).</summary>
    [Fact]
    public void Products_with_a_Hessian_are_those_by_hand()
    {
        Assert.Equal([6, 4, 4, 18], Derivatives.Hessian(x => Ops.Sum(Two(x)), Point).ToArray<double>());
        Assert.Equal([8, -10], Derivatives.HessianVector(x => Ops.Sum(Two(x)), Point, Value.Of([2.0, -1.0], 2)).ToArray<double>());
        Assert.Throws<GradientException>(() => Derivatives.Hessian(Two, Point));
    }

    private static Variable Two(Variable x)
    {
        (Variable a, Variable b) = (Ops.Slice(x, 0, 0, 1), Ops.Slice(x, 0, 1, 2));
        return Ops.Concat(0, a * a * b, b * b * b);
    }
}
