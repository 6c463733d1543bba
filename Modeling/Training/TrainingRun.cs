using System.Diagnostics;
using System.Globalization;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Data.Augmentation;
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
    private readonly Value[] inputs;
    private readonly TargetCheck check;
    private readonly Value[] outputs;
    private readonly Stopwatch clock = new();

    public TrainingRun(Trainer trainer, IDataSource data, FitOptions options)
    {
        this.trainer = trainer;
        this.data = data;
        this.options = options;
        state = trainer.State;
        inputs = new Value[trainer.TrainingStep.Inputs.Count];
        outputs = new Value[trainer.TrainingStep.Outputs.Count];
        check = new TargetCheck(trainer, data);
        batches = new BatchOptions
        {
            Size = options.BatchSize,
            ShuffleSeed = options.Shuffle ? options.Seed : null,
            DropLast = options.DropLast,
        };
        CheckOptions();
    }

    public History Run(CancellationToken cancellation)
    {
        state.Continue?.Restore();
        state.Continue = null;
        if (options.EarlyStopping is { } stopping && state.Monitor != stopping.Monitor)
            (state.Monitor, state.BestValue, state.BestEpoch, state.Best) = (stopping.Monitor, double.NaN, state.Epochs.Count, null);

        // To where a divergence goes back: the parameters, and the sums that belong to them.
        var good = new ParameterSnapshot(trainer.Parameters);
        var goodTotals = new EpochTotals(trainer.Graph.StepMeans);
        goodTotals.CopyFrom(state.Totals);
        while (state.Epochs.Count < options.Epochs)
        {
            if (Exhausted is { } exhausted)
                return Stop(StopReason.EarlyStopped, exhausted);
            clock.Restart();
            if (RunEpoch(cancellation) is { } interruption)
            {
                if (interruption.Reason == StopReason.Diverged)
                {
                    good.Restore();
                    state.Totals.CopyFrom(goodTotals);
                }

                return Stop(interruption.Reason, interruption.Message);
            }

            FinishEpoch();
            good.Refresh();
            goodTotals.CopyFrom(state.Totals);
        }

        return Exhausted is { } last ? Stop(StopReason.EarlyStopped, last) : Stop(
            StopReason.Completed, Invariant($"All {options.Epochs} epochs are done."));
    }

    /// <summary>Why early stopping ends the training now, or null.</summary>
    private string? Exhausted => options.EarlyStopping is { } stopping && state.Epochs.Count - state.BestEpoch >= stopping.Patience
        ? Invariant($"The validation {stopping.Monitor} has not improved for {state.Epochs.Count - state.BestEpoch} epochs.")
        : null;

    private void CheckOptions()
    {
        if (options.EarlyStopping is { } stopping)
        {
            if (options.Validation is null)
                throw new ArgumentException("EarlyStopping needs Validation examples to watch.", nameof(options));
            if (stopping.Monitor != "loss" && trainer.Metrics.All(metric => metric.Name != stopping.Monitor))
            {
                throw new ArgumentException(
                    $"EarlyStopping is to watch \"{stopping.Monitor}\", which is neither \"loss\" nor one of the trainer's metrics: " +
                    $"{string.Join(", ", trainer.Metrics.Select(metric => metric.Name))}.",
                    nameof(options));
            }
        }

        if (options.Validation is { } validation)
        {
            state.Layout.RequireSame(validation.Layout);
            IDataSource examples = validation is PrefetchedSource ahead ? ahead.Inner : validation;
            if (examples is AugmentedSource or BalancedSource)
            {
                throw new ArgumentException(
                    $"Expected validation examples as they come, found an {examples.GetType().Name}: changed images, or classes as often as they are not, would measure something else.",
                    nameof(options));
            }
        }

        if (state.Totals.Steps > 0 && state.Order != (batches.ShuffleSeed, batches.Size))
        {
            throw new ArgumentException(
                $"Epoch {state.Epochs.Count + 1} was interrupted after {state.Totals.Steps} steps with the order {Text(state.Order)}; it can only " +
                $"go on with the same, found {Text((batches.ShuffleSeed, batches.Size))}.",
                nameof(options));
        }

        static string Text((ulong? Seed, int BatchSize) order) => Invariant(
            $"({(order.Seed is { } seed ? Invariant($"seed {seed}") : "not shuffled")}, batches of {order.BatchSize})");
    }

    private (StopReason Reason, string Message)? RunEpoch(CancellationToken cancellation)
    {
        EpochTotals totals = state.Totals;
        state.Order = (batches.ShuffleSeed, batches.Size);
        long step = 0, done = totals.Steps;
        foreach (Batch batch in data.Batches(batches, state.Epochs.Count))
        {
            if (step++ < done)
                continue;
            if (cancellation.IsCancellationRequested)
            {
                return (StopReason.Cancelled, Invariant(
                    $"Cancelled in epoch {state.Epochs.Count + 1} after {totals.Steps} steps; training can go on from there."));
            }

            check.Batch(batch, totals.Examples);
            ExampleSymbols.Bind(batch, inputs);
            trainer.Step.RunInto(inputs, outputs);
            double loss = outputs[TrainingGraph.LossOutput].Scalar();
            double objective = outputs[TrainingGraph.ObjectiveOutput].Scalar();
            if (!double.IsFinite(loss) || !double.IsFinite(objective))
            {
                return (StopReason.Diverged, Invariant(
                    $"Diverged in epoch {state.Epochs.Count + 1}, step {step}: the loss is {loss}, with penalties {objective}. A smaller ") +
                    Invariant($"learning rate (now {outputs[TrainingGraph.RateOutput].Scalar()}) or clipped gradients may help."));
            }

            Add(totals, batch, objective - loss);
            if (options.ProgressSteps > 0 && step % options.ProgressSteps == 0)
                options.Progress?.Report(new(state.Epochs.Count + 1, options.Epochs, step, totals.Means.Mean(0), null));
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
        totals.Steps++;
        totals.Examples += batch.Count;
        totals.Weight += weight;
        totals.Penalty += penalty * weight;
        totals.LearningRate = outputs[TrainingGraph.RateOutput].Scalar();
        totals.Means.Add(outputs, batch.Count);
    }

    private void FinishEpoch()
    {
        EpochTotals totals = state.Totals;
        Evaluation? validation = options.Validation is { } examples ? trainer.Evaluate(examples, options.ValidationBatchSize) : null;
        var record = new EpochRecord
        {
            Epoch = state.Epochs.Count + 1,
            Loss = totals.Loss,
            Objective = totals.Objective,
            Metrics = trainer.Named(totals.Means),
            Validation = validation,
            LearningRate = totals.LearningRate,
            Examples = totals.Examples,
            Elapsed = clock.Elapsed,
        };
        long steps = totals.Steps;
        state.Epochs.Add(record);
        totals.Clear();
        if (options.EarlyStopping is { } stopping)
            Watch(validation![stopping.Monitor], stopping);
        if (options.CheckpointPath is { } path)
            Checkpoint.Save(path, trainer);
        options.Progress?.Report(new(record.Epoch, options.Epochs, steps, record.Loss, record));
    }

    /// <summary>Keeps the parameters of the model if the value is the best so far.</summary>
    private void Watch(double value, EarlyStopping stopping)
    {
        bool higher = stopping.Monitor != "loss" && trainer.Metrics.First(metric => metric.Name == stopping.Monitor).HigherIsBetter;
        double improvement = higher ? value - state.BestValue : state.BestValue - value;
        if (double.IsNaN(value) || !(double.IsNaN(state.BestValue) || improvement > stopping.MinimumImprovement))
            return;
        state.BestValue = value;
        state.BestEpoch = state.Epochs.Count;
        if (state.Best is null)
            state.Best = new ParameterSnapshot(trainer.Model.Parameters);
        else
            state.Best.Refresh();
    }

    private History Stop(StopReason reason, string message)
    {
        int? best = null;
        if (options.EarlyStopping is { } stopping && state.Best is not null)
        {
            best = state.BestEpoch;
            message += Invariant(
                $" The model has the parameters of epoch {best}, the best: validation {stopping.Monitor} {state.BestValue}.");
            if (state.BestEpoch != state.Epochs.Count || state.Totals.Steps > 0)
            {
                state.Continue = new ParameterSnapshot(trainer.Model.Parameters);
                state.Best.Restore();
            }
        }
        else if (reason == StopReason.Diverged)
        {
            message += Invariant($" The model has the parameters from the end of epoch {state.Epochs.Count} (0: from the beginning).");
        }

        // Whole epochs are saved already; what a cancelled one has done would be lost.
        if (reason == StopReason.Cancelled && options.CheckpointPath is { } path)
            Checkpoint.Save(path, trainer);
        return new History([.. state.Epochs], reason, message, best);
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
