using Toolkit.Modeling.Data;

namespace Toolkit.Modeling.Training;

/// <summary>How long and on what a training runs.</summary>
public sealed record FitOptions
{
    /// <summary>The number of epochs after which the training is complete, those that the trainer has done before included; 10 by
    /// default. So a program that is run again with a loaded checkpoint does what is left, and a second call with the same number does nothing, as
    /// <see cref="History.StopMessage"/> says then.</summary>
    public int Epochs { get; init => field = Settings.AtLeastOne(value); } = 10;

    /// <summary>The number of steps after which the training is complete though epochs are left, earlier ones included as for <see cref="Epochs"/>; null (the
    /// default) for no such end.</summary>
    public int? Steps { get; init => field = value is { } given ? Settings.AtLeastOne(given, nameof(Steps)) : null; }

    /// <summary>How many examples a step learns from; 128 by default.</summary>
    public int BatchSize { get; init => field = Settings.AtLeastOne(value); } = 128;

    /// <summary>Whether each epoch takes the examples in a random order of its own; true by default.</summary>
    public bool Shuffle { get; init; } = true;

    /// <summary>The seed of the orders; 0 by default. The order of an epoch follows from the seed and its number alone.</summary>
    public ulong Seed { get; init; }

    /// <summary>Whether the last batch of an epoch is left out if it is not full; false by default.</summary>
    public bool DropLast { get; init; }

    /// <summary>The ragged axis, such as "time", by whose length examples are put together in batches (see <see cref="BatchOptions.BucketBy"/>); null (the default) for
    /// none.</summary>
    public string? BucketBy { get; init; }

    /// <summary>Examples to evaluate the model on after each epoch; null (the default) for none.</summary>
    public IDataSource? Validation { get; init; }

    /// <summary>How many validation examples are evaluated at once; 256 by default. The results do not depend on it beyond
    /// rounding.</summary>
    public int ValidationBatchSize { get; init => field = Settings.AtLeastOne(value); } = 256;

    /// <summary>When to stop before all epochs are done; null (the default) for never. Needs <see cref="Validation"/>.</summary>
    public EarlyStopping? EarlyStopping { get; init; }

    /// <summary>Where to save a checkpoint after each epoch, and when the training ends within one or gives the model earlier parameters; null (the default) for
    /// nowhere. The file is replaced only when the new one is whole, and never by one with NaN or infinity.</summary>
    public string? CheckpointPath { get; init; }

    /// <summary>Whether nothing but the model is wanted of the trainer after this call; false by default. If true, it keeps what it has checked and what is best of the parameters of the model
    /// alone, which takes a third of the memory with <see cref="Optimizers.Adam"/> and half with early stopping besides; the model ends with the same bits. The trainer can then evaluate and save its
    /// model, but neither go on nor be saved itself, and <see cref="CheckpointPath"/> must be null.</summary>
    public bool IsFinal { get; init; }

    /// <summary>How many epochs lie between two checkpoints; 1 (the default) for one after each. The end of the training is saved in any case.</summary>
    public int CheckpointEpochs { get; init => field = Settings.AtLeastOne(value); } = 1;

    /// <summary>Where to save the parameters of the model whenever the value that <see cref="EarlyStopping"/> watches is the best so far
    /// (<see cref="Persistence.Checkpoint.Load(string, Modules.Model)"/> reads them); null (the default) for nowhere. Needs <see cref="EarlyStopping"/>.</summary>
    public string? BestModelPath { get; init; }

    /// <summary>What is called after each step and each epoch, in this order; nothing by default.</summary>
    public IReadOnlyList<Callback> Callbacks { get; init => field = [.. value]; } = [];

    /// <summary>Receives a report after each epoch, and within epochs as <see cref="ProgressSteps"/> says.</summary>
    public IProgress<TrainingProgress>? Progress { get; init; }

    /// <summary>How many steps lie between two reports within an epoch; 0 (the default) for none.</summary>
    public int ProgressSteps { get; init => field = Settings.AtLeastZero(value); }
}
