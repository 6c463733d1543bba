using Toolkit.Autograd.Graph;

namespace Toolkit.Modeling.Optimizers;

/// <summary>A parameter and the gradient of the objective with respect to it.</summary>
/// <param name="Parameter">θ.</param>
/// <param name="Gradient">g, of the parameter's type.</param>
public sealed record ParameterGradient(Parameter Parameter, Variable Gradient);
