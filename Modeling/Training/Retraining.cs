using Toolkit.Modeling.Data;

namespace Toolkit.Modeling.Training;

/// <summary>
/// What to do with the examples that early stopping held out: learn from them too, in one of two ways. Source: book section 7.8, algorithms 7.2 and 7.3.
/// </summary>
public static class Retraining
{
    /// <summary>Algorithm 7.2: finds the best number of epochs i* with early stopping, begins anew, and trains as long on all examples. Time is
    /// counted in passes over the data, or in steps if <see cref="EarlyStopping.StepsBetweenEvaluations"/> counts them.</summary>
    /// <param name="create">Gives a trainer of a fresh model, the same one each time; called twice.</param>
    /// <param name="training">The examples of the first training.</param>
    /// <param name="heldOut">The examples that decide when to stop.</param>
    /// <param name="all">Both together.</param>
    /// <param name="options">How long and in what batches, with <see cref="FitOptions.EarlyStopping"/>; the default one if null. Checkpoints are written in
    /// the first training only.</param>
    /// <param name="cancellationToken">Ends the training after the step that is running.</param>
    /// <exception cref="ArgumentException">Both calls gave the same trainer or model, or the learning rate follows the held-out examples (<see cref="Schedules.ReduceOnPlateau"/>).</exception>
    /// <exception cref="InvalidOperationException">The first training ended before the held-out examples were evaluated.</exception>
    public static RetrainingResult FromScratch(
        Func<Trainer> create,
        IDataSource training,
        IDataSource heldOut,
        IDataSource all,
        FitOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        options = Selecting(options, heldOut);
        Trainer first = create();
        RequireNoMonitor(first, training);
        History selection = first.Fit(training, options, cancellationToken);
        if (Broken(selection))
            return new RetrainingResult(first, selection, null, null);
        Trainer second = create();
        if (ReferenceEquals(first, second) || ReferenceEquals(first.Model, second.Model) || second.EpochsDone > 0)
            throw new ArgumentException("Expected a fresh trainer with a fresh model from each call, found one that was used.", nameof(create));
        if (selection is not { BestEpoch: { } epochs, BestStep: { } steps })
            throw new InvalidOperationException($"Expected an evaluation of the held-out examples to choose by, found that the first training ended before: {selection.StopMessage}");
        bool counted = options.EarlyStopping!.StepsBetweenEvaluations is not null;
        FitOptions final = options with
        {
            Epochs = counted ? checked((int)steps) : epochs,
            Steps = counted ? (int)steps : null,
            Validation = null,
            EarlyStopping = null,
            CheckpointPath = null,
            BestModelPath = null,
        };
        return new RetrainingResult(second, selection, second.Fit(all, final, cancellationToken), null);
    }

    /// <summary>Algorithm 7.3: goes on from the best parameters of early stopping on all examples, until the loss of the held-out examples is at most
    /// what the loss of the others was at that point, or the epochs run out: the target may never be reached.</summary>
    /// <param name="trainer">A trainer; what its optimizer remembers is what it remembered at the best parameters.</param>
    /// <param name="training">The examples of the first training.</param>
    /// <param name="heldOut">The examples that decide when to stop.</param>
    /// <param name="all">Both together.</param>
    /// <param name="limit">The greatest number of epochs of the second training, at least 1.</param>
    /// <param name="options">How long and in what batches, with <see cref="FitOptions.EarlyStopping"/>; the default one if null. Checkpoints are written in
    /// the first training only.</param>
    /// <param name="cancellationToken">Ends the training after the step that is running.</param>
    /// <exception cref="InvalidOperationException">The loss of the examples of the first training, which the second one is to reach, is not finite.</exception>
    public static RetrainingResult Continue(
        Trainer trainer,
        IDataSource training,
        IDataSource heldOut,
        IDataSource all,
        int limit,
        FitOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        Settings.AtLeastOne(limit);
        options = Selecting(options, heldOut);
        History selection = trainer.Fit(training, options, cancellationToken);
        if (Broken(selection))
            return new RetrainingResult(trainer, selection, null, null);
        double target = trainer.Evaluate(training, options.ValidationBatchSize).Loss;
        if (!double.IsFinite(target))
            throw new InvalidOperationException($"Expected a finite loss of the training examples as the target, found {target}.");
        trainer.State.GoOnFromHere();
        History? final = null;
        bool reached = false;
        int begun = trainer.EpochsDone;
        while (!reached && trainer.EpochsDone < begun + limit)
        {
            FitOptions epoch = options with { Epochs = trainer.EpochsDone + 1, EarlyStopping = null, CheckpointPath = null, BestModelPath = null };
            final = trainer.Fit(all, epoch, cancellationToken);
            if (Broken(final))
                break;
            reached = final.Epochs[^1].Validation!.Loss <= target;
        }

        return new RetrainingResult(trainer, selection, final, reached);
    }

    private static bool Broken(History history) => history.StopReason is StopReason.Cancelled or StopReason.Diverged or StopReason.Stopped;

    /// <summary>Refuses a schedule that follows held-out examples before anything is trained: the training on all examples has none.</summary>
    private static void RequireNoMonitor(Trainer trainer, IDataSource data)
    {
        trainer.Prepare(data.Layout);
        if (trainer.State.Optimizer.Schedules.FirstOrDefault(schedule => schedule.Monitor is not null) is { } schedule)
            throw new ArgumentException($"Expected a learning rate that does not follow the held-out examples, of which the training on all examples has none, found {schedule.GetType().Name}.", nameof(trainer));
    }

    private static FitOptions Selecting(FitOptions? options, IDataSource heldOut)
    {
        options ??= new FitOptions();
        return options with { IsFinal = false, Validation = heldOut, EarlyStopping = options.EarlyStopping ?? new EarlyStopping() };
    }
}
