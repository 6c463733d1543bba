using System.Runtime.InteropServices;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Modules;

namespace Toolkit.Modeling.Training;

/// <summary>Refuses targets that a loss cannot mean anything by: labels that are no class, and what <see cref="Loss.TargetFault"/> says.</summary>
internal sealed class TargetCheck
{
    private readonly Trainer trainer;
    private readonly bool known;

    private delegate ReadOnlySpan<byte> RowOf(int row);

    /// <summary>Checks a data set in memory at once, so that nothing is learned from one with a wrong target.</summary>
    public TargetCheck(Trainer trainer, IDataSource data)
    {
        this.trainer = trainer;
        if (data.Columns is not { } columns)
            return;
        foreach (Loss loss in trainer.Loss.Summands)
        {
            if (columns.FirstOrDefault(column => column.Field.Name == loss.Target) is { } column)
                Check(loss, column.Field, column.Row, column.Count, 0);
        }

        FieldCheck.SomeWeight(columns);
        known = true;
    }

    /// <summary>Checks a batch of a source that was not checked before.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="first">The number of its first example in the pass.</param>
    public void Batch(Batch batch, long first)
    {
        // Apart from what captures the batch, which would allocate at every step.
        if (!known)
            Check(batch, first);
    }

    private void Check(Batch batch, long first)
    {
        foreach (Loss loss in trainer.Loss.Summands)
        {
            if (batch.Layout.Find(loss.Target) is { } field)
                Check(loss, field, slot => batch.Row(field.Name, slot), batch.Count, first);
        }
    }

    private void Check(Loss loss, Field field, RowOf rows, int count, long first)
    {
        if (field.Classes > 0)
        {
            for (int row = 0; row < count; row++)
                Labels(loss, field, MemoryMarshal.Cast<byte, long>(rows(row)), first + row);
        }
        else if (field.Type == DType.Float32)
        {
            int steps = field.Axis is null && !(loss.ReadsSteps && field.Shape.Rank > 0) ? 0 : 1, outputs = OutputsOf(loss, steps), length = Shape.Of([.. field.Shape.Skip(steps)]).ElementCount.Size;
            for (int row = 0; row < count; row++)
                Targets(loss, MemoryMarshal.Cast<byte, float>(rows(row)), length, outputs, first + row);
        }
    }

    /// <summary>How many numbers the model gives for an example, or for a step of one; 0 if that is not known.</summary>
    private int OutputsOf(Loss loss, int steps)
    {
        Dim[] dims = trainer.Graph.Outputs.TryGetValue(loss.Output, out Variable? output) ? [.. output.Shape.Skip(1 + steps)] : [0];
        return dims.All(dim => dim.IsStatic) ? dims.Aggregate(1, (count, dim) => count * dim.Size) : 0;
    }

    private static void Labels(Loss loss, Field field, ReadOnlySpan<long> labels, long row)
    {
        if (!loss.TakesUnlabelled && labels.Contains(-1L))
        {
            throw new DataException(
                $"Expected a label for each example, found some without one (−1): {loss.GetType().Name} does not take them. Wrap it in {nameof(LabelledOnly)}.");
        }

        foreach (ref readonly long label in labels)
            ExampleCheck.Labels(new ReadOnlySpan<long>(in label), field.Classes, row, least: -1);
    }

    private static void Targets(Loss loss, ReadOnlySpan<float> targets, int length, int outputs, long row)
    {
        for (int at = 0; at < targets.Length; at += length)
        {
            if (loss.TargetFault(targets.Slice(at, length), outputs) is { } fault)
            {
                string step = length < targets.Length ? FormattableString.Invariant($" in step {at / length}") : "";
                throw new DataException($"The target of row {row}{step} (counted from 0) does not go with {loss.GetType().Name}: {fault}.");
            }
        }
    }
}
