namespace Toolkit.Modeling.Training;

/// <summary>What is called while a training runs (<see cref="FitOptions.Callbacks"/>): to report, to stop, or to change the learning rate.</summary>
/// <remarks>It is called by the thread that trains, between two steps; an exception ends <see cref="Trainer.Fit"/>. Where processes train together each calls its own: the learning rate
/// must be changed in all alike, and where one stops, all stop one step later.</remarks>
public abstract class Callback
{
    /// <summary>Is called after each step.</summary>
    /// <param name="training">Where the training stands.</param>
    public virtual void OnStepEnd(TrainingControl training)
    {
    }

    /// <summary>Is called after each epoch, before its checkpoint is saved.</summary>
    /// <param name="training">Where the training stands.</param>
    /// <param name="epoch">What the epoch has brought.</param>
    public virtual void OnEpochEnd(TrainingControl training, EpochRecord epoch)
    {
    }

    /// <summary>Is called when something is noticed that is allowed and hardly ever meant, once for each call of <see cref="Trainer.Fit"/> (<see cref="History.Warnings"/>).</summary>
    /// <param name="training">Where the training stands.</param>
    /// <param name="warning">What it is.</param>
    public virtual void OnWarning(TrainingControl training, string warning)
    {
    }

    /// <summary>Is called when the training ends without an exception, whatever the reason.</summary>
    /// <param name="training">Where the training stands.</param>
    /// <param name="history">Its course.</param>
    public virtual void OnTrainingEnd(TrainingControl training, History history)
    {
    }

    /// <summary>A callback after each step.</summary>
    /// <param name="action">What it does.</param>
    public static Callback AfterStep(Action<TrainingControl> action) => new Function { Step = action };

    /// <summary>A callback after each epoch.</summary>
    /// <param name="action">What it does.</param>
    public static Callback AfterEpoch(Action<TrainingControl, EpochRecord> action) => new Function { Epoch = action };

    private sealed class Function : Callback
    {
        public Action<TrainingControl>? Step { get; init; }

        public Action<TrainingControl, EpochRecord>? Epoch { get; init; }

        public override void OnStepEnd(TrainingControl training) => Step?.Invoke(training);

        public override void OnEpochEnd(TrainingControl training, EpochRecord epoch) => Epoch?.Invoke(training, epoch);
    }
}
