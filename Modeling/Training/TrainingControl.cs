using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Schedules;

namespace Toolkit.Modeling.Training;

/// <summary>A training as a <see cref="Callback"/> sees it: where it stands, and what may be done about it.</summary>
public sealed class TrainingControl
{
    private readonly CancellationTokenSource stop;

    internal TrainingControl(Trainer trainer, CancellationTokenSource stop)
    {
        Trainer = trainer;
        this.stop = stop;
    }

    /// <summary>The trainer; it may be evaluated and saved, but not trained.</summary>
    public Trainer Trainer { get; }

    /// <summary>The epoch that is running or has just ended, from 1.</summary>
    public int Epoch { get; internal set; }

    /// <summary>How many steps have led to the parameters that the model has now, those of earlier calls included.</summary>
    public long Step => Trainer.State.Steps;

    /// <summary>The mean loss of the last batch, without penalties, and before the step that learned from it.</summary>
    public double Loss => Trainer.Runner.Loss;

    /// <summary>The learning rate of the last step, the factor included.</summary>
    public double LearningRate => Trainer.LastRate;

    /// <summary>By what the learning rate is multiplied from the next step on; 1 at first. Checkpoints hold it.</summary>
    /// <exception cref="InvalidOperationException">The learning rate is no <see cref="AdjustableRate"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException">It is set to a number below 0, or to one that is not finite.</exception>
    public double LearningRateFactor
    {
        get => Factor.Value.Scalar();
        set
        {
            Settings.NotNegative(value, nameof(LearningRateFactor));
            lock (Trainer.Gate)
                Factor.Value = Value.Of(value);
        }
    }

    /// <summary>Why a callback has asked to stop; null if none has.</summary>
    internal string? StopMessage { get; private set; }

    private Parameter Factor => Trainer.State.Optimizer.Parameters.FirstOrDefault(p => p.Name == AdjustableRate.Factor)
        ?? throw new InvalidOperationException(
            $"Expected an optimizer whose learning rate may be changed, found {Trainer.Optimizer}: give it LearningRate = new {nameof(AdjustableRate)}(…).");

    /// <summary>Ends the training before its next step, with <see cref="StopReason.Stopped"/>. The first reason counts.</summary>
    /// <param name="reason">Why, for <see cref="History.StopMessage"/>.</param>
    public void Stop(string reason)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(reason);
        StopMessage ??= reason;
        stop.Cancel();
    }
}
