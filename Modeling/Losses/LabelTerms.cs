using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Modeling.Losses;

/// <summary>A loss on class labels whose labels are carried as real numbers among other targets.</summary>
internal static class LabelTerms
{
    /// <summary>The terms of the loss; NaN for numbers that are no class, and for −1 unless the loss takes unlabelled examples.</summary>
    public static IReadOnlyList<LossTerm> Of(Loss loss, Variable prediction, Variable numbers, int outputs)
    {
        (Variable labels, Variable valid) = Targets.Labels(numbers, Targets.ClassesOf(outputs), Least(loss));
        // What is wrong must count, lest a weight of 0 for class 0, which stands in its place, hides it.
        return [.. loss.Terms(prediction, labels).Select(term => new LossTerm(
            Ops.Where(valid, term.PerExample, double.NaN), term.Counts is { } counts ? Ops.Where(valid, counts, 1.0) : null))];
    }

    /// <summary>What is wrong with a number as a label, or null.</summary>
    public static string? Fault(Loss loss, float number, int outputs) => Targets.LabelFault(number, Targets.ClassesOf(outputs), Least(loss));

    private static int Least(Loss loss) => loss.TakesUnlabelled ? -1 : 0;
}
