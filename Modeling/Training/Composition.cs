using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Constraints;
using Toolkit.Modeling.Metrics;
using Toolkit.Modeling.Regularizers;

namespace Toolkit.Modeling.Training;

/// <summary>Refuses combinations of components that make no sense, with the reason. What one component needs of the model or the loss, it says itself.</summary>
internal static class Composition
{
    public static void Check(Trainer trainer, IReadOnlyList<Parameter> learned)
    {
        CheckNames(trainer.Metrics);
        CheckShares(trainer.Regularizers);
        foreach (Parameter parameter in learned)
            CheckProjections(parameter, [.. trainer.Constraints.Where(constraint => constraint.AppliesTo(parameter))]);
    }

    /// <summary>Measures are told apart by their names, which a step has for other results as well.</summary>
    private static void CheckNames(IReadOnlyList<Metric> metrics)
    {
        string[] own = ["loss", "objective", "learning_rate"];
        if (own.Concat(metrics.Select(metric => metric.FullName)).CountBy(name => name, MeasureNames.Comparer).FirstOrDefault(names => names.Value > 1).Key is { } twice)
        {
            throw new GraphException(
                $"Expected metrics of distinct names other than {string.Join(", ", own)}, found \"{twice}\" twice: {nameof(Metric.Output)} stands before the name of a metric on another output.");
        }
    }

    /// <summary>Regularizers that put another loss in the place of a share of the clean one must leave it with a weight of at least 0.</summary>
    private static void CheckShares(IReadOnlyList<Regularizer> regularizers)
    {
        Regularizer[] replacing = [.. regularizers.Where(regularizer => regularizer.ReplacedShare > 0.0)];
        double sum = replacing.Sum(regularizer => regularizer.ReplacedShare);
        if (sum > 1.0 + 1e-9)
        {
            string found = string.Join(" and ", replacing.Select(r => FormattableString.Invariant($"{r.GetType().Name} ({r.ReplacedShare})")));
            throw new GraphException(
                "Expected regularizers that together take the place of at most the whole loss of the clean examples, found " +
                FormattableString.Invariant($"{found}, {sum} times that loss: it would count negatively. Lower their Share."));
        }
    }

    /// <summary>After all projections in their order, none of them may want to move the weights on.</summary>
    private static void CheckProjections(Parameter parameter, Constraint[] constraints)
    {
        if (constraints.Length < 2)
            return;
        foreach (IGrouping<Type, Constraint> same in constraints.GroupBy(constraint => constraint.GetType()))
        {
            if (same.Count() > 1)
            {
                throw new GraphException(
                    $"Expected one {same.Key.Name} for \"{parameter.Name}\", found {string.Join(" and ", same)}: the stronger one alone has an effect, or they contradict.");
            }
        }

        var far = new float[parameter.Value.Count];
        new RandomSource(0).FillNormal(far, 0.0, 10.0);
        Variable projected = Variable.Of(Value.Of(far, parameter.Value.Sizes)).Cast(parameter.DType);
        foreach (Constraint constraint in constraints)
            projected = constraint.Project(projected, parameter);
        Variable[] moves = [.. constraints.Select(constraint => (constraint.Project(projected, parameter) - projected).Abs().ReduceMax(Axes(parameter)))];
        Value[] found = Function.Compile([], [projected.Abs().ReduceMax(Axes(parameter)), .. moves]).Run();
        for (int i = 0; i < constraints.Length; i++)
        {
            if (found[i + 1].Scalar() > 1e-3 * found[0].Scalar())
            {
                throw new GraphException(
                    $"The constraints of \"{parameter.Name}\" contradict: expected weights within all of them after one projection each, in the order " +
                    $"{string.Join(", ", constraints.Select(c => c.GetType().Name))}, found weights outside {constraints[i]}. Leave one out, or change their order.");
            }
        }
    }

    private static IntList Axes(Parameter parameter) => [.. Enumerable.Range(0, parameter.Shape.Rank)];
}
