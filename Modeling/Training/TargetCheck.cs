using Toolkit.Modeling.Data;
using Toolkit.Modeling.Losses;

namespace Toolkit.Modeling.Training;

/// <summary>Refuses targets that the loss cannot mean anything by: labels that are no class, and what <see cref="Loss.TargetFault"/> says.</summary>
internal sealed class TargetCheck
{
    private readonly Loss loss;
    private readonly int outputs;
    private readonly bool known;

    /// <summary>Checks a data set in memory at once, so that nothing is learned from one with a wrong target.</summary>
    public TargetCheck(Trainer trainer, IDataSource data)
    {
        loss = trainer.Loss;
        outputs = trainer.Graph.OutputCount;
        if (data is not Dataset set)
            return;
        if (set.Layout.HasLabels)
            Labels(set.Labels.Span, set.Layout, 0);
        else
            Targets(set.Targets.Span, set.Layout, 0);
        _ = set.TotalWeight();
        known = true;
    }

    /// <summary>Checks a batch of a source that was not checked before.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="first">The number of its first example in the pass.</param>
    public void Batch(Batch batch, long first)
    {
        if (known)
            return;
        if (batch.Layout.HasLabels)
            Labels(batch.Labels, batch.Layout, first);
        else
            Targets(batch.Target.Span<float>(), batch.Layout, first);
    }

    private void Labels(ReadOnlySpan<long> labels, DataLayout layout, long first)
    {
        if (!loss.TakesUnlabelled && labels.Contains(-1L))
        {
            throw new DataException(
                $"Expected a label for each example, found some without one (−1): {loss.GetType().Name} does not take them. Wrap it in {nameof(LabelledOnly)}.");
        }

        ExampleCheck.Labels(labels, layout.ClassCount, first, least: -1);
    }

    private void Targets(ReadOnlySpan<float> targets, DataLayout layout, long first)
    {
        for (int row = 0; row < targets.Length / layout.TargetLength; row++)
        {
            if (loss.TargetFault(targets.Slice(row * layout.TargetLength, layout.TargetLength), outputs) is { } fault)
                throw new DataException($"The target of row {first + row} (counted from 0) does not go with {loss.GetType().Name}: {fault}.");
        }
    }
}
