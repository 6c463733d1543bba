using System.Globalization;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Training;

namespace Toolkit.Modeling.Ensembles;

/// <summary>The training of one member of an ensemble.</summary>
internal static class Member
{
    /// <summary>Trains a model under a name of its own, so that the parameters of all members can stand in one graph.</summary>
    public static Module Train(
        Func<RandomSource, Trainer> create,
        RandomSource random,
        int number,
        IDataSource data,
        FitOptions? options,
        IReadOnlyList<Module> others,
        CancellationToken cancellationToken)
    {
        options ??= new FitOptions();
        if (options.CheckpointPath is { } path)
            throw new ArgumentException($"Expected no checkpoint path, for an ensemble writes no checkpoints of its members, found '{path}'.", nameof(options));
        cancellationToken.ThrowIfCancellationRequested();
        Trainer trainer = create(random.Fork("model"));
        if (trainer.Model is not Module)
            throw new ArgumentException($"Expected a module of one input and one output for each member, found {trainer.Model.Title}.", nameof(create));
        if (others.Contains(trainer.Model))
            throw new ArgumentException("Expected a fresh model for each member, found the same one twice.", nameof(create));
        if (trainer.EpochsDone > 0)
            throw new ArgumentException($"Expected a fresh trainer for each member, found one that has trained for {trainer.EpochsDone} epochs.", nameof(create));
        trainer.Model.SettleAs($"member{(number + 1).ToString(CultureInfo.InvariantCulture)}");
        History history = trainer.Fit(data, options with { Seed = random.Fork("order").NextUInt64() }, cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        return history.StopReason == StopReason.Diverged
            ? throw new InvalidOperationException($"Member {number + 1}: {history.StopMessage}")
            : (Module)trainer.Model;
    }
}
