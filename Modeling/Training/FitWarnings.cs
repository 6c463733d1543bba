using System.Globalization;
using System.Runtime.InteropServices;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations.Elementwise;
using Toolkit.Autograd.Operations.Normalization;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Modules;

namespace Toolkit.Modeling.Training;

/// <summary>What of a training is allowed and hardly ever meant.</summary>
internal static class FitWarnings
{
    // One step that moves the weights by more than their own length has thrown away what they were; one that moves them by less than this part of it is lost in their rounding.
    private const double GreatestChange = 1.0, LeastChange = 1e-9;

    /// <summary>What is known before the first step.</summary>
    public static IEnumerable<string> Before(Trainer trainer, IDataSource data, FitOptions options)
    {
        if (CompiledVectors.Warning is { } narrow)
            yield return narrow;
        foreach (Loss loss in trainer.Loss.Summands)
        {
            if (loss.ReadsLogits && trainer.Graph.Outputs.TryGetValue(loss.Output, out Variable? output) && Squashed(output) is { } last)
            {
                yield return $"{loss.GetType().Name} takes logits, and \"{loss.Output}\" comes out of a {last}: the gradient is small where the model is wrong. " +
                    $"Leave the {last} out; it can be applied to predictions later.";
            }
        }

        if (NamedAlone(trainer.Model).ToArray() is [var first, ..] alone)
        {
            yield return $"{string.Join(", ", alone.Select(layer => layer.Description))}: parameters are called \"{first.Own[0].Name}\" and so on in files and checkpoints, without a place in the model, as the layer was used or a parameter of it read before it "
                + $"stood there. Give it a {nameof(Model.Name)}, or put the model together first.";
        }

        if (options.Shuffle)
            yield break;
        foreach (Column column in data.Columns ?? [])
        {
            if (column.Field.Classes > 1 && column.Field.Shape.Rank == 0 && column.Count > options.BatchSize && Sorted(column))
            {
                yield return $"The examples are sorted by their labels \"{column.Field.Name}\", and {nameof(FitOptions.Shuffle)} is off: most batches of {options.BatchSize} have one class alone.";
            }
        }
    }

    /// <summary>What the first step of a call shows; null for nothing.</summary>
    /// <param name="rate">The learning rate.</param>
    /// <param name="before">The length of all weights together before the step.</param>
    /// <param name="change">The length of their change.</param>
    public static string? AfterFirstStep(double rate, double before, double change)
    {
        if (!(before > 0.0) || !double.IsFinite(change))
            return null;
        double share = change / before;
        string text = string.Create(CultureInfo.InvariantCulture, $"The first step, with the learning rate {rate:G4}, changed the weights by {share:G2} of their length");
        return share > GreatestChange ? $"{text}: the rate seems to be too great."
            : share < LeastChange ? $"{text}: the rate seems to be too small, or the gradient is 0."
            : null;
    }

    /// <summary>Layers that have had their names before they were put beside others that learn, too, and have them from their places.</summary>
    private static IEnumerable<Model> NamedAlone(Model model) =>
        model.Children.SelectMany(child => child.IsNamedAlone && model.Children.Any(other => !other.IsNamedAlone && other.Learned.Count > 0) ? [child] : NamedAlone(child));

    private static string? Squashed(Variable output) => output.Producer?.Operation switch
    {
        Softmax => nameof(Softmax),
        Sigmoid => nameof(Sigmoid),
        _ => null,
    };

    private static bool Sorted(Column column)
    {
        long last = Label(0);
        bool several = false;
        for (int row = 1; row < column.Count; row++)
        {
            long label = Label(row);
            if (label < last)
                return false;
            several |= label > last;
            last = label;
        }

        return several;

        long Label(int row) => MemoryMarshal.Read<long>(column.Row(row));
    }
}
