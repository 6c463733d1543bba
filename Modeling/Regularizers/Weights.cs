using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;

namespace Toolkit.Modeling.Regularizers;

/// <summary>What norm penalties share: they look at weights only (book section 7.1).</summary>
internal static class Weights
{
    /// <summary>The sum of a scalar of each weight; 0 if the model has none.</summary>
    public static Variable Sum(Objective objective, Func<Variable, Variable> term)
    {
        Variable? sum = null;
        foreach (Parameter parameter in objective.Parameters)
        {
            if (parameter.Role == ParameterRole.Weight)
                sum = sum is null ? term(parameter) : sum + term(parameter);
        }

        return sum ?? Variable.Scalar(0.0, objective.Loss.DType);
    }
}
