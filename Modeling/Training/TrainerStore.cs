using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Persistence;

namespace Toolkit.Modeling.Training;

/// <summary>What a checkpoint holds of a trainer, and the way back.</summary>
internal static class TrainerStore
{
    /// <summary>Gives what is to be saved, which no step changes meanwhile.</summary>
    public static void Save(Trainer trainer, Action<IReadOnlyList<StoredParameter>, StoredTraining> save)
    {
        lock (trainer.Gate)
        {
            TrainerState state = trainer.State;
            state.RequireNotFinal();
            // While the model shows the best parameters, those from which training goes on lie beside it.
            StoredParameter[] parameters = state.Continue is { } snapshot ? Stored(snapshot) : [.. trainer.Parameters.Select(StoredParameter.Of)];
            save(parameters, Stored(state));
        }
    }

    /// <summary>Takes over what was saved.</summary>
    /// <exception cref="CheckpointException">It does not fit the trainer; nothing has been changed.</exception>
    public static void Load(Trainer trainer, string path, IReadOnlyList<StoredParameter> parameters, StoredTraining training)
    {
        bool fresh = !trainer.IsPrepared;
        IReadOnlyList<Field>? fields = trainer.Model.InputFields;
        try
        {
            trainer.Prepare(training.Layout);
            MeasureTotals own = trainer.State.Totals.Measures;
            int measures = own.Sums.Length;
            if (training.Totals.Sums.Length != measures || training.Totals.Weights.Length != measures
                || !training.Totals.Observed.Select(sum => sum.Length).SequenceEqual(own.Observed.Select(sum => sum.Length)))
            {
                throw new CheckpointException(
                    $"The checkpoint '{path}' has means of {training.Totals.Sums.Length} parts of loss and metrics, the trainer {measures}: it has other metrics.");
            }

            IReadOnlyList<Value> values = StoredParameter.Match(parameters, trainer.Parameters, path, "trainer");
            IReadOnlyList<Value>? best = training.Best is { } stored ? StoredParameter.Match(stored, trainer.Parameters, path, "trainer") : null;
            Assign(trainer, training, values, best);
        }
        catch (Exception e) when (e is ToolkitException or ArgumentException)
        {
            if (fresh)
            {
                trainer.Unprepare();
                trainer.Model.InputFields = fields;
            }

            if (e is CheckpointException)
                throw;
            throw new CheckpointException($"The checkpoint '{path}' does not fit the trainer: {e.Message}", e);
        }
    }

    private static void Assign(Trainer trainer, StoredTraining training, IReadOnlyList<Value> values, IReadOnlyList<Value>? best)
    {
        lock (trainer.Gate)
        {
            TrainerState state = trainer.State;
            IReadOnlyList<Parameter> parameters = trainer.Parameters;
            state.IsFinal = false;
            bool showsBest = training.ShowsBest && best is not null;
            state.Best.Parameters = best is null ? null : new ParameterSnapshot(parameters, best);
            state.Continue = showsBest ? new ParameterSnapshot(parameters, values) : null;
            StoredParameter.Assign(parameters, showsBest ? best! : values);
            state.Order = training.Order;
            Assign(state.Totals, training.Totals);
            state.Epochs.Clear();
            state.Epochs.AddRange(training.Epochs.Select(Record));
            (state.Best.Monitor, state.Best.Value, state.Best.Epoch) = (training.Monitor, training.BestValue, training.BestEpoch);
            (state.Best.Step, state.Best.Waited) = (training.BestStep, training.Waited);
        }
    }

    private static void Assign(EpochTotals totals, StoredTotals stored)
    {
        (totals.Steps, totals.Examples, totals.Weight, totals.Penalty, totals.LearningRate) =
            (stored.Steps, stored.Examples, stored.Weight, stored.Penalty, stored.LearningRate);
        stored.Sums.CopyTo(totals.Measures.Sums, 0);
        stored.Weights.CopyTo(totals.Measures.Weights, 0);
        for (int i = 0; i < stored.Observed.Length; i++)
            stored.Observed[i].CopyTo(totals.Measures.Observed[i], 0);
    }

    private static StoredTraining Stored(TrainerState state) => new(
        state.Layout,
        state.Order,
        Stored(state.Totals),
        [.. state.Epochs.Select(Stored)],
        state.Best.Monitor,
        state.Best.Value,
        state.Best.Epoch,
        state.Best.Step,
        state.Best.Waited,
        state.Continue is not null,
        state.Best.Parameters is { } best ? Stored(best) : null);

    private static StoredParameter[] Stored(ParameterSnapshot snapshot) => [.. snapshot.Parameters.Zip(snapshot.Values, StoredParameter.Of)];

    private static StoredTotals Stored(EpochTotals totals) => new(
        totals.Steps, totals.Examples, totals.Weight, totals.Penalty, totals.LearningRate, totals.Measures.Sums, totals.Measures.Weights, totals.Measures.Observed);

    private static StoredEpoch Stored(EpochRecord epoch) => new(
        epoch.Epoch,
        epoch.Loss,
        epoch.Objective,
        epoch.Metrics,
        epoch.Validation is { } validation ? new StoredEvaluation(validation.Loss, validation.Metrics, validation.Examples) : null,
        epoch.LearningRate,
        epoch.Examples,
        epoch.Elapsed);

    private static EpochRecord Record(StoredEpoch epoch) => new()
    {
        Epoch = epoch.Epoch,
        Loss = epoch.Loss,
        Objective = epoch.Objective,
        Metrics = Named(epoch.Metrics),
        Validation = epoch.Validation is { } validation ? new Evaluation(validation.Loss, Named(validation.Metrics), validation.Examples) : null,
        LearningRate = epoch.LearningRate,
        Examples = epoch.Examples,
        Elapsed = epoch.Elapsed,
    };

    private static Dictionary<string, double> Named(IReadOnlyDictionary<string, double> metrics) => new(metrics, MeasureNames.Comparer);
}
