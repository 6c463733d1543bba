using System.Globalization;
using System.Numerics;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Modeling.Training;

/// <summary>Where a training stood when its numbers were last checked: what a divergence goes back to, the sums of the epoch included.</summary>
internal sealed class CheckedState
{
    private readonly Trainer trainer;
    private readonly EpochTotals totals;
    private readonly bool isFinal;
    private ParameterSnapshot? spare;

    /// <summary>Checks the present state and keeps it: of a final training the parameters of the model alone.</summary>
    /// <exception cref="InvalidOperationException">A number is NaN or infinite.</exception>
    public CheckedState(Trainer trainer, bool isFinal)
    {
        (this.trainer, this.isFinal) = (trainer, isFinal);
        if (Fault() is { } fault)
            throw new InvalidOperationException($"Expected finite numbers to begin a training with, found that {fault}.");
        Parameters = new ParameterSnapshot(Kept);
        totals = new EpochTotals(trainer.Graph.StepMeasures);
        totals.CopyFrom(trainer.State.Totals);
    }

    /// <summary>The parameters of the kept state; early stopping may hold on to them, and they stay as they are.</summary>
    public ParameterSnapshot Parameters { get; private set; }

    /// <summary>Where the kept state is from, in words.</summary>
    public string Where => totals.Steps == 0
        ? string.Create(CultureInfo.InvariantCulture, $" The model has the parameters from the end of epoch {trainer.State.Epochs.Count} (0: from the beginning).")
        : string.Create(
            CultureInfo.InvariantCulture, $" The model has the parameters from step {totals.Steps} of epoch {trainer.State.Epochs.Count + 1}, the last that were checked.");

    /// <summary>The first number of the present state that is NaN or infinite, in words, or why no step changes any; null if there is none.</summary>
    public string? Fault() => Finite.Fault(trainer.Parameters) ?? LossScaling.Fault(trainer.Parameters);

    /// <summary>The length of all weights together in the kept state, and that of their change since then.</summary>
    public (double Before, double Change) WeightChange()
    {
        double before = 0.0, change = 0.0;
        foreach ((Parameter parameter, Value kept) in Parameters.Parameters.Zip(Parameters.Values))
        {
            if (parameter.Role != ParameterRole.Weight)
                continue;
            if (parameter.DType == DType.Float32)
                Add<float>(kept.Span<float>(), parameter.Value.Span<float>());
            else if (parameter.DType == DType.Float64)
                Add<double>(kept.Span<double>(), parameter.Value.Span<double>());
        }

        return (Math.Sqrt(before), Math.Sqrt(change));

        void Add<T>(ReadOnlySpan<T> old, ReadOnlySpan<T> now)
            where T : unmanaged, INumber<T>
        {
            for (int i = 0; i < old.Length; i++)
            {
                double o = double.CreateChecked(old[i]), n = double.CreateChecked(now[i]);
                before += o * o;
                change += (n - o) * (n - o);
            }
        }
    }

    /// <summary>Keeps the present state, which has been checked.</summary>
    public void Keep()
    {
        // A final training ends with the best parameters: others are kept for nobody.
        if (isFinal && Parameters == trainer.State.Best.Parameters)
            return;
        totals.CopyFrom(trainer.State.Totals);
        if (Parameters.IsCurrent)
            return;
        // The best parameters are not overwritten.
        if (Parameters == trainer.State.Best.Parameters)
            (Parameters, spare) = (spare ?? new ParameterSnapshot(Kept), Parameters);
        Parameters.Refresh();
    }

    private IReadOnlyList<Parameter> Kept => isFinal ? trainer.Model.Parameters : trainer.Parameters;

    /// <summary>Makes the kept state the present one.</summary>
    public void Restore()
    {
        Parameters.Restore();
        trainer.State.Totals.CopyFrom(totals);
    }
}
