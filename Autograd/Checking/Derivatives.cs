using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Gradients;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Checking;

/// <summary>
/// Derivatives of a function of one tensor at a point, as numbers: <c>Derivatives.Hessian(x =&gt; Ops.Sum(x * x * x), Value.Of([1.0, 2.0], 2))</c>. Each call builds and compiles a graph; what is wanted at many points is a
/// graph of <see cref="Gradient"/>, compiled once.
/// </summary>
public static class Derivatives
{
    /// <summary>The Jacobian ∂f/∂x, of the shape of f(x) followed by that of x.</summary>
    /// <param name="function">The function.</param>
    /// <param name="at">The point, a floating-point tensor.</param>
    /// <exception cref="GradientException">A derivative is not defined.</exception>
    public static Value Jacobian(Func<Variable, Variable> function, Value at) => Run(at, [], (x, _) => Gradient.Jacobian(function(x), x));

    /// <summary>The Hessian of a scalar function, of the shape of x twice.</summary>
    /// <param name="function">The function.</param>
    /// <param name="at">The point, a floating-point tensor.</param>
    /// <exception cref="GradientException">The function is no scalar, or a derivative is not defined.</exception>
    public static Value Hessian(Func<Variable, Variable> function, Value at) => Run(at, [], (x, _) => Gradient.Hessian(function(x), x));

    /// <summary>The vector-Jacobian product uᵀ∂f/∂x, of the shape of x.</summary>
    /// <param name="function">The function.</param>
    /// <param name="at">The point, a floating-point tensor.</param>
    /// <param name="vector">u, of the type and shape of f(x).</param>
    /// <exception cref="GradientException">A derivative is not defined.</exception>
    public static Value VectorJacobian(Func<Variable, Variable> function, Value at, Value vector) => Run(at, [vector], (x, u) => Gradient.PullBack(function(x), u[0], x));

    /// <summary>The Jacobian-vector product ∂f/∂x·t, of the shape of f(x).</summary>
    /// <param name="function">The function.</param>
    /// <param name="at">The point, a floating-point tensor.</param>
    /// <param name="vector">t, of the type and shape of x.</param>
    /// <exception cref="GradientException">A derivative is not defined.</exception>
    public static Value JacobianVector(Func<Variable, Variable> function, Value at, Value vector) => Run(at, [vector], (x, t) => Gradient.PushForward(function(x), x, t[0]));

    /// <summary>The product of the Hessian of a scalar function with a vector, without the Hessian (book equation 6.59).</summary>
    /// <param name="function">The function.</param>
    /// <param name="at">The point, a floating-point tensor.</param>
    /// <param name="vector">The vector, of the type and shape of x.</param>
    /// <exception cref="GradientException">The function is no scalar, or a derivative is not defined.</exception>
    public static Value HessianVector(Func<Variable, Variable> function, Value at, Value vector) => Run(at, [vector], (x, v) => Gradient.HessianVectorProduct(function(x), [x], [v[0]])[0]);

    private static Value Run(Value at, Value[] others, Func<Variable, Variable[], Variable> derivative)
    {
        Variable x = Variable.Input("x", at.DType, at.Shape);
        Variable[] vectors = [.. others.Select(other => Variable.Input("v", other.DType, other.Shape))];
        return Function.Compile([x, .. vectors], [derivative(x, vectors)]).Run([at, .. others])[0];
    }
}
