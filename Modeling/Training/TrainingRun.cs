using System.Diagnostics;
using System.Globalization;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Persistence;

namespace Toolkit.Modeling.Training;

/// <summary>One call of <see cref="Trainer.Fit"/>.</summary>
internal sealed class TrainingRun
{
    private readonly Trainer trainer;
    private readonly TrainerState state;
    private readonly IDataSource data;
    private readonly FitOptions options;
    private readonly BatchOptions batches;
    private readonly TargetCheck check;
    private readonly Watch watch;
    private readonly CheckedState good;
    private readonly CancellationTokenSource stop;
    private readonly TrainingControl control;
    private readonly List<string> warnings = [];
    private long started;
    private long taken;
    private int saved;

    public TrainingRun(Trainer trainer, IDataSource data, FitOptions options, CancellationTokenSource stop)
    {
        this.trainer = trainer;
        this.data = data;
        this.options = options;
        state = trainer.State;
        check = new TargetCheck(trainer, data);
        batches = new BatchOptions
        {
            Size = options.BatchSize,
            ShuffleSeed = options.Shuffle ? options.Seed : null,
            DropLast = options.DropLast,
            BucketBy = options.BucketBy,
        };
        state.RequireNotFinal();
        FitCheck.Options(trainer, options, batches);
        // Callbacks that stop do so as one who cancels does: all processes agree about it.
        this.stop = stop;
        control = new TrainingControl(trainer, stop);
        saved = state.Epochs.Count;
        lock (trainer.Gate)
        {
            state.Continue?.Restore();
            state.Continue = null;
            watch = new Watch(trainer, options);
            good = new CheckedState(trainer, options.IsFinal);
            state.IsFinal = options.IsFinal;
        }
    }

    public History Run()
    {
        Runner.Agree(data, options);
        using Activity? fit = TrainingTelemetry.Fit(trainer);
        foreach (string warning in FitWarnings.Before(trainer, data, options))
            Warn(warning);
        History history = RunEpochs();
        TrainingTelemetry.End(fit, history);
        foreach (Callback callback in options.Callbacks)
            callback.OnTrainingEnd(control, history);
        return history;
    }

    private History RunEpochs()
    {
        try
        {
            while (state.Epochs.Count < options.Epochs)
            {
                started = trainer.Clock.GetTimestamp();
                using Activity? epoch = TrainingTelemetry.Epoch(state.Epochs.Count + 1);
                if ((End() ?? RunEpoch() ?? FinishEpoch()) is { } end)
                    return Stop(end.Reason, end.Message);
            }
        }
        catch
        {
            // The data or a report has failed: what comes next must not begin from numbers that nobody has checked.
            if (good.Fault() is not null)
                GoBack();
            throw;
        }

        return watch.Exhausted is { } last
            ? Stop(StopReason.EarlyStopped, last)
            : Stop(StopReason.Completed, Invariant($"All {options.Epochs} epochs are done."));
    }

    /// <summary>Why the training ends before its next step, or null.</summary>
    private (StopReason Reason, string Message)? End()
    {
        if (watch.Exhausted is { } exhausted)
            return (StopReason.EarlyStopped, exhausted);
        bool complete = options.Steps <= state.Steps;
        if (!complete && !Runner.IsCancelled(stop.Token))
            return null;
        if (good.Fault() is { } fault)
            return Diverged(fault);
        if (complete)
            return (StopReason.Completed, Invariant($"All {options.Steps} steps are done."));
        string place = Invariant($"in epoch {state.Epochs.Count + 1} after {state.Totals.Steps} steps");
        return control.StopMessage is { } reason
            ? (StopReason.Stopped, $"Stopped {place}: {reason}")
            : (StopReason.Cancelled, $"Cancelled {place}; training can go on from there.");
    }

    private (StopReason Reason, string Message)? RunEpoch()
    {
        EpochTotals totals = state.Totals;
        state.Order = (batches.ShuffleSeed, batches.Size, batches.BucketBy);
        control.Epoch = state.Epochs.Count + 1;
        long step = 0, done = totals.Steps;
        foreach (Batch batch in data.Batches(batches, state.Epochs.Count))
        {
            if (step++ < done)
                continue;
            if (End() is { } end)
                return end;
            check.Batch(batch, totals.Examples);
            lock (trainer.Gate)
            {
                Runner.Run(batch, stop.Token);
                if (!double.IsFinite(Runner.Loss) || !double.IsFinite(Runner.Objective))
                    return Diverged(Invariant($"the loss is {Runner.Loss}, with penalties {Runner.Objective}"), step);
                Add(totals, batch, Runner.Objective - Runner.Loss);
            }

            if (taken == 1)
                LookAtFirstStep();

            if (watch.Interval is { } n && state.Steps % n == 0 && Evaluate() is { } diverged)
                return diverged;
            foreach (Callback callback in options.Callbacks)
                callback.OnStepEnd(control);
            if (options.ProgressSteps > 0 && step % options.ProgressSteps == 0)
                options.Progress?.Report(new(state.Epochs.Count + 1, options.Epochs, step, totals.Measures.Of(0), null));
        }

        if (totals.Examples == 0)
        {
            throw new DataException(
                $"An epoch has no full batch of {options.BatchSize} examples, and {nameof(FitOptions.DropLast)} leaves out the others.");
        }

        return null;
    }

    private void Add(EpochTotals totals, Batch batch, double penalty)
    {
        double weight = batch.TotalWeight();
        taken++;
        totals.Steps++;
        totals.Examples += batch.Count;
        totals.Weight += weight;
        totals.Penalty += penalty * weight;
        totals.LearningRate = Runner.Rate ?? 0.0;
        Runner.AddTo(totals.Measures, batch.Count);
        TrainingTelemetry.Step(batch.Count);
    }

    private void LookAtFirstStep()
    {
        (double before, double change) = good.WeightChange();
        if (FitWarnings.AfterFirstStep(Runner.Rate ?? 0.0, before, change) is { } warning)
            Warn(warning);
    }

    private void Warn(string warning)
    {
        warnings.Add(warning);
        foreach (Callback callback in options.Callbacks)
            callback.OnWarning(control, warning);
    }

    /// <summary>An evaluation within an epoch, for early stopping.</summary>
    private (StopReason Reason, string Message)? Evaluate()
    {
        if ((good.Fault() ?? Watch.Fault(watch.Measure())) is { } fault)
            return Diverged(fault);
        lock (trainer.Gate)
        {
            watch.See(watch.Measure()!, state.Epochs.Count + 1, good);
        }

        SaveBest();
        return null;
    }

    private (StopReason Reason, string Message)? FinishEpoch()
    {
        if (good.Fault() is { } fault)
            return Diverged(fault);
        Evaluation? validation = watch.Measure();
        if (Watch.Fault(validation) is { } failed)
            return Diverged(failed);
        EpochTotals totals = state.Totals;
        var record = new EpochRecord
        {
            Epoch = state.Epochs.Count + 1,
            Loss = totals.Loss,
            Objective = totals.Objective,
            Metrics = trainer.ByName(totals.Measures),
            Validation = validation,
            LearningRate = totals.LearningRate,
            Examples = totals.Examples,
            Elapsed = trainer.Clock.GetElapsedTime(started),
        };
        long steps = totals.Steps;
        lock (trainer.Gate)
        {
            state.Epochs.Add(record);
            totals.Clear();
            if (validation is not null)
                watch.Tell(validation);
            if (options.EarlyStopping is not null && watch.Interval is null)
                watch.See(validation!, record.Epoch, good);
            else
                good.Keep();
        }

        TrainingTelemetry.Epoch(record);
        if (options.EarlyStopping is not null && watch.Interval is null)
            SaveBest();
        foreach (Callback callback in options.Callbacks)
            callback.OnEpochEnd(control, record);
        if (options.Callbacks.Count > 0)
        {
            lock (trainer.Gate)
                good.Keep();
        }

        if (options.CheckpointPath is { } path && record.Epoch % options.CheckpointEpochs == 0)
        {
            Runner.Save(() => Checkpoint.Save(path, trainer));
            saved = record.Epoch;
        }

        options.Progress?.Report(new(record.Epoch, options.Epochs, steps, record.Loss, record));
        return null;
    }

    /// <summary>Saves the model if its parameters are the best so far.</summary>
    private void SaveBest()
    {
        if (options.BestModelPath is { } path && state.Best.Step == state.Steps)
            Runner.Save(() => Checkpoint.Save(path, trainer.Model));
    }

    private (StopReason Reason, string Message) Diverged(string fault, long? step = null) => (StopReason.Diverged, Invariant(
        $"Diverged in epoch {state.Epochs.Count + 1}, step {step ?? state.Totals.Steps}: {fault}. A smaller learning rate (now {Rate}) or clipped gradients may help."));

    /// <summary>What does the steps: it is there when the options have been found to make sense.</summary>
    private StepRunner Runner => trainer.Runner;

    private double Rate => Runner.Rate ?? trainer.LastRate;

    /// <summary>Gives the trainer back what was checked last.</summary>
    private void GoBack()
    {
        lock (trainer.Gate)
            good.Restore();
    }

    private History Stop(StopReason reason, string message)
    {
        if (reason == StopReason.Diverged)
            GoBack();
        int? bestEpoch = null;
        long? bestStep = null;
        if (options.EarlyStopping is { } stopping && state.Best is { Parameters: { } parameters } best)
        {
            (bestEpoch, bestStep) = (best.Epoch, best.Step);
            message += Invariant($" The model has the parameters of epoch {best.Epoch}, the best: validation {stopping.Monitor} {best.Value}.");
            lock (trainer.Gate)
            {
                if (best.Step != state.Steps)
                {
                    if (!options.IsFinal)
                    {
                        good.Keep();
                        state.Continue = good.Parameters;
                    }

                    parameters.Restore();
                }
            }
        }
        else if (reason == StopReason.Diverged)
        {
            message += good.Where;
        }

        if (taken == 0 && reason is StopReason.Completed or StopReason.EarlyStopped)
        {
            message += reason == StopReason.Completed
                ? $" Nothing was left for this call, which took no step: {nameof(FitOptions.Epochs)} and {nameof(FitOptions.Steps)} count those of earlier calls, too. Raise them to go on."
                : $" Nothing was left for this call, which took no step: raise {nameof(EarlyStopping.Patience)} to go on.";
        }

        // Whole epochs are saved already; what an interrupted one has done would be lost, or which parameters are the best.
        if (reason != StopReason.Diverged && options.CheckpointPath is { } path && (state.Totals.Steps > 0 || state.Continue is not null || saved != state.Epochs.Count))
            Runner.Save(() => Checkpoint.Save(path, trainer));
        return new History([.. state.Epochs], reason, message, bestEpoch, bestStep, taken, warnings);
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
