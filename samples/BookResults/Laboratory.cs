using Toolkit.Autograd.Execution;
using Toolkit.Modeling;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Persistence;
using Toolkit.Modeling.Training;
using Toolkit.Samples.BookResults.Data;

namespace Toolkit.Samples.BookResults;

/// <summary>What an experiment works with: data, random numbers, and training with progress, checkpoints and resumption.</summary>
internal sealed class Laboratory(LaboratoryOptions options, Experiment experiment, CancellationToken cancellation)
{
    /// <summary>The number of epochs or steps.</summary>
    public int Epochs { get; } = options.Epochs ?? experiment.Epochs;

    public ulong Seed => options.Seed;

    public ExecutionOptions Execution { get; } = new() { Threads = options.Threads };

    public DataFolder Data { get; } = new(options.Data);

    /// <summary>A stream of random numbers of its own for each part of an experiment.</summary>
    public RandomSource Random(string part) => new RandomSource(options.Seed).Fork(part);

    /// <summary>Trains, or goes on where an interrupted run stopped.</summary>
    /// <param name="part">Which training of the experiment it is; names the checkpoint.</param>
    /// <param name="trainer">The trainer.</param>
    /// <param name="data">The training examples.</param>
    /// <param name="fit">How long and on what; checkpoint and progress are filled in.</param>
    public History Train(string part, Trainer trainer, IDataSource data, FitOptions fit)
    {
        string? checkpoint = options.Output is { } folder
            ? Path.Combine(folder, FormattableString.Invariant($"{experiment.Name}-{part}-seed{Seed}-epochs{Epochs}.checkpoint"))
            : null;
        trainer.Prepare(data.Layout);
        if (options.Resume && File.Exists(checkpoint))
        {
            Checkpoint.Load(checkpoint, trainer);
            Say($"{part}: resumed after epoch {trainer.EpochsDone}.");
        }

        int steps = data.ExampleCount is { } count ? (count + fit.BatchSize - 1) / fit.BatchSize : 1;
        History history = ProgressDisplay.Run(
            part,
            fit.Epochs,
            steps,
            options.Quiet,
            progress => trainer.Fit(data, fit with { Seed = Seed, CheckpointPath = checkpoint, Progress = progress, ProgressSteps = 20 }, cancellation));
        cancellation.ThrowIfCancellationRequested();
        return history.StopReason == StopReason.Diverged ? throw new InvalidOperationException(history.StopMessage) : history;
    }

    public void Say(string text)
    {
        if (!options.Quiet)
            Console.WriteLine(text);
    }

    /// <summary>For what trains by itself.</summary>
    public CancellationToken Cancellation => cancellation;

    /// <summary>For loops outside the trainer.</summary>
    public void ThrowIfCancelled() => cancellation.ThrowIfCancellationRequested();
}
