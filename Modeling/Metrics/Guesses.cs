using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Modeling.Metrics;

/// <summary>Which class each example is taken for, and which it has, as ones and zeros.</summary>
internal static class Guesses
{
    /// <summary>The class of the greatest of several numbers, or class 1 for one number above 0. An example with NaN is taken for no class, and a target that is no class has none.</summary>
    /// <returns>Both float64 [n, classes], and the number of classes.</returns>
    public static (Variable Taken, Variable Actual, int Classes) Of(string user, Variable prediction, Variable target)
    {
        (Variable guess, int classes) = Guess(user, prediction, target);
        // An example that is taken for no class has the number after the last, whose column is cut off.
        return (Each(guess), Each(Ops.Where(Targets.Between(target, 0, classes - 1), target, Variable.Scalar(classes, DType.Int64))), classes);

        Variable Each(Variable labels) => Ops.OneHot(labels, classes + 1, DType.Float64).Slice(1, 0, classes);
    }

    /// <summary>How much each example counts, in a column.</summary>
    public static Variable Counted(Variable each, Variable? counts) => counts is null ? each : each * counts.Cast(DType.Float64).Reshape([counts.Shape[0], 1]);

    /// <summary>One number per example, [n], as a logit of class 1; null if there are several.</summary>
    public static Variable? Single(Variable prediction) => prediction.Shape.Rank == 1 ? prediction
        : prediction.Shape.Rank == 2 && prediction.Shape[1] == 1 ? prediction.Reshape([prediction.Shape[0]]) : null;

    private static (Variable Guess, int Classes) Guess(string user, Variable prediction, Variable target)
    {
        if (Single(prediction) is { } logit)
        {
            Variable one = Ops.Greater(logit, 0.0).Cast(DType.Int64);
            return (Ops.Where(Ops.Equal(logit, logit), one, Variable.Scalar(2, DType.Int64)), 2);
        }

        int classes = Targets.Classes(user, prediction, target);
        return (Ops.Where(Targets.WithoutNaN(prediction), prediction.ArgMax(1), Variable.Scalar(classes, DType.Int64)), classes);
    }
}
