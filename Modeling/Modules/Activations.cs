using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Elementwise;

namespace Toolkit.Modeling.Modules;

/// <summary>Functions of hidden units beyond those of <see cref="Ops"/> (which has Relu, LeakyRelu, Sigmoid, Tanh, Softplus, Softmax and Cos), to be
/// given to a layer: <c>new Dense(8, 16, random) { Activation = Activations.Gelu }</c>. Source: book section 6.3.</summary>
public static class Activations
{
    private const double SeluScale = 1.0507009873554805, SeluAlpha = 1.6732632423543772;

    /// <summary>|x|: absolute value rectification. The gradient at 0 is taken as 0. Source: book section 6.3.1; Jarrett et al. 2009.</summary>
    /// <param name="x">The argument.</param>
    public static Variable AbsoluteValue(Variable x) => x.Abs();

    /// <summary>max(−1, min(1, x)): hard tanh. Source: book section 6.3.3; Collobert 2004.</summary>
    /// <param name="x">The argument.</param>
    public static Variable HardTanh(Variable x) => new Clip().Apply(x, Variable.Scalar(-1, x.DType), Variable.Scalar(1, x.DType));

    /// <summary>½x(1 + erf(x/√2)) = x·Φ(x). Source: Hendrycks, Gimpel, "Gaussian error linear units", 2016.</summary>
    /// <param name="x">The argument.</param>
    public static Variable Gelu(Variable x) => new Gelu().Apply(x);

    /// <summary>x·σ(x). Source: Elfwing, Uchibe, Doya, "Sigmoid-weighted linear units", 2017.</summary>
    /// <param name="x">The argument.</param>
    public static Variable Silu(Variable x) => x * x.Sigmoid();

    /// <summary>x above 0, eˣ − 1 below; the gradient at 0 is 1. Source: Clevert, Unterthiner, Hochreiter, "Exponential linear units", 2015.</summary>
    /// <param name="x">The argument.</param>
    public static Variable Elu(Variable x) => new Elu().Apply(x);

    /// <summary>λx above 0, λα(eˣ − 1) below, with λ = 1.0507… and α = 1.6732…; the gradient at 0 is that from below, λα. Source: Klambauer et al.,
    /// "Self-normalizing neural networks", 2017.</summary>
    /// <param name="x">The argument.</param>
    public static Variable Selu(Variable x) => new Selu(SeluAlpha, SeluScale).Apply(x);
}
