using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Modeling.Regularizers;

/// <summary>What norm penalties share: they look at weights only (book section 7.1).</summary>
internal static class Weights
{
    /// <summary>The sum of a scalar of each weight, or of those of one layer; 0 if the model has none.</summary>
    public static Variable Sum(Objective objective, string? layer, Func<Parameter, Variable> term)
    {
        Variable? sum = null;
        foreach (Parameter parameter in objective.Parameters)
        {
            if (parameter.Role == ParameterRole.Weight && (layer is null || parameter.Name.StartsWith(layer + ".", StringComparison.Ordinal)))
                sum = sum is null ? term(parameter) : sum + term(parameter);
        }

        if (sum is null && layer is not null)
        {
            throw new GraphException(
                $"There are no weights of a layer \"{layer}\"; the parameters are: {string.Join(", ", objective.Parameters.Select(p => p.Name))}.");
        }

        return sum ?? Variable.Scalar(0.0, objective.Loss.DType);
    }

    /// <summary>Checks that parameters of these names are learned.</summary>
    public static void CheckNames(Objective objective, IEnumerable<string> names)
    {
        foreach (string name in names)
        {
            if (objective.Parameters.All(parameter => parameter.Name != name))
            {
                throw new GraphException(
                    $"There is no parameter \"{name}\"; there are: {string.Join(", ", objective.Parameters.Select(p => p.Name))}.");
            }
        }
    }
}
