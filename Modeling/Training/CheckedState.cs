using System.Globalization;
using Toolkit.Autograd.Graph;

namespace Toolkit.Modeling.Training;

/// <summary>Where a training stood when its numbers were last checked: what a divergence goes back to, the sums of the epoch included.</summary>
internal sealed class CheckedState
{
    private readonly Trainer trainer;
    private readonly ParameterSnapshot parameters;
    private readonly EpochTotals totals;

    /// <summary>Checks the present state and keeps it.</summary>
    /// <exception cref="InvalidOperationException">A number is NaN or infinite.</exception>
    public CheckedState(Trainer trainer)
    {
        this.trainer = trainer;
        if (Fault() is { } fault)
            throw new InvalidOperationException($"Expected finite numbers to begin a training with, found that {fault}.");
        parameters = new ParameterSnapshot(trainer.Parameters);
        totals = new EpochTotals(trainer.Graph.StepMeasures);
        totals.CopyFrom(trainer.State.Totals);
    }

    /// <summary>Where the kept state is from, in words.</summary>
    public string Where => totals.Steps == 0
        ? string.Create(CultureInfo.InvariantCulture, $" The model has the parameters from the end of epoch {trainer.State.Epochs.Count} (0: from the beginning).")
        : string.Create(
            CultureInfo.InvariantCulture, $" The model has the parameters from step {totals.Steps} of epoch {trainer.State.Epochs.Count + 1}, the last that were checked.");

    /// <summary>The first number of the present state that is NaN or infinite, in words, or why no step changes any; null if there is none.</summary>
    public string? Fault() => Finite.Fault(trainer.Parameters) ?? LossScaling.Fault(trainer.Parameters);

    /// <summary>Keeps the present state, which has been checked.</summary>
    public void Keep()
    {
        parameters.Refresh();
        totals.CopyFrom(trainer.State.Totals);
    }

    /// <summary>Makes the kept state the present one.</summary>
    public void Restore()
    {
        parameters.Restore();
        trainer.State.Totals.CopyFrom(totals);
    }
}
