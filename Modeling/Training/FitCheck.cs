using System.Globalization;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Schedules;

namespace Toolkit.Modeling.Training;

/// <summary>Refuses options of a training that contradict each other, the trainer, or what it has begun.</summary>
internal static class FitCheck
{
    public static void Options(Trainer trainer, FitOptions options, BatchOptions batches)
    {
        if (options.EarlyStopping is { } stopping)
            CheckMonitor(trainer, options, nameof(EarlyStopping), stopping.Monitor);
        if (options.BestModelPath is not null && options.EarlyStopping is null)
            throw new ArgumentException($"{nameof(FitOptions.BestModelPath)} needs {nameof(FitOptions.EarlyStopping)}, which says what is watched; with a great {nameof(EarlyStopping.Patience)} it never stops.", nameof(options));
        if (options.IsFinal && options.CheckpointPath is not null)
            throw new ArgumentException($"Expected no {nameof(FitOptions.CheckpointPath)} of a training after which nothing goes on ({nameof(FitOptions.IsFinal)}), found '{options.CheckpointPath}'.", nameof(options));
        CheckSchedules(trainer, options);
        if (options.Validation is { } validation)
            CheckValidation(trainer, validation);
        CheckOrder(trainer.State, batches);
        CheckLearns(trainer);
        if (batches.ShuffleSeed is not null || batches.BucketBy is not null)
            CheckShuffled(trainer.Model);
    }

    private static void CheckShuffled(Model model)
    {
        if (model.FaultWhenShuffled is { } fault)
            throw new ArgumentException($"{model.Title} {fault}: expected examples in their order, found {nameof(FitOptions.Shuffle)} or {nameof(FitOptions.BucketBy)}.", nameof(model));
        foreach (Model child in model.Children)
            CheckShuffled(child);
    }

    private static void CheckLearns(Trainer trainer)
    {
        var own = new HashSet<Parameter>(trainer.Model.Parameters, ReferenceEqualityComparer.Instance);
        // Counters of random numbers are integers.
        if (!trainer.TrainingStep.Updates.Any(update => own.Contains(update.Parameter) && update.Parameter.DType.IsFloating()))
        {
            throw new GraphException(
                $"Expected a model with parameters that training changes, found {(own.Count == 0 ? "none" : $"{own.Count} that are all kept as they are, such as \"{own.First().Name}\"")}.");
        }
    }

    private static void CheckSchedules(Trainer trainer, FitOptions options)
    {
        foreach (IGrouping<string, Schedule> following in trainer.State.Optimizer.Schedules.Where(schedule => schedule.Monitor is not null).GroupBy(schedule => schedule.Monitor!))
        {
            CheckMonitor(trainer, options, following.First().GetType().Name, following.Key);

            // What is remembered has the name of the measure: two would take turns with one memory.
            if (following.Skip(1).Any())
            {
                throw new ArgumentException(
                    $"Expected one schedule that follows the validation {following.Key}, found {following.Count()}: {string.Join(", ", following)}. Give the same object in all places, or let each "
                    + "follow a measure of its own.",
                    nameof(trainer));
            }
        }
    }

    private static void CheckMonitor(Trainer trainer, FitOptions options, string what, string monitor)
    {
        if (options.Validation is null)
            throw new ArgumentException($"{what} needs Validation examples to watch.", nameof(options));
        if (monitor != "loss" && !trainer.Metrics.Any(metric => MeasureNames.Comparer.Equals(metric.FullName, monitor)))
        {
            throw new ArgumentException(
                $"{what} is to watch \"{monitor}\", which is neither \"loss\" nor one of the trainer's metrics: " +
                $"{string.Join(", ", trainer.Metrics.Select(metric => metric.FullName))}.",
                nameof(options));
        }
    }

    private static void CheckValidation(Trainer trainer, IDataSource validation)
    {
        trainer.RequireForEvaluation(validation.Layout);
        if (validation.ForTrainingOnly)
        {
            throw new ArgumentException(
                $"Expected validation examples as they come, found those of a {validation.GetType().Name}: changed images, or classes as often as they are not, would measure something else.",
                nameof(validation));
        }
    }

    private static void CheckOrder(TrainerState state, BatchOptions batches)
    {
        if (state.Totals.Steps > 0 && state.Order != (batches.ShuffleSeed, batches.Size, batches.BucketBy))
        {
            throw new ArgumentException(
                $"Epoch {state.Epochs.Count + 1} was interrupted after {state.Totals.Steps} steps with the order {Text(state.Order)}; it can only " +
                $"go on with the same, found {Text((batches.ShuffleSeed, batches.Size, batches.BucketBy))}.",
                nameof(batches));
        }

        static string Text((ulong? Seed, int BatchSize, string? BucketBy) order) => string.Create(
            CultureInfo.InvariantCulture,
            $"({(order.Seed is { } seed ? $"seed {seed}" : "not shuffled")}, batches of {order.BatchSize}{(order.BucketBy is { } axis ? $" by \"{axis}\"" : "")})");
    }
}
