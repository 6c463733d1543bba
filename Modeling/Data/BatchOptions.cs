namespace Toolkit.Modeling.Data;

/// <summary>How one pass over the data is cut into batches.</summary>
public sealed record BatchOptions
{
    /// <summary>How many examples a batch has; 128 by default.</summary>
    public int Size { get; init => field = Settings.AtLeastOne(value); } = 128;

    /// <summary>The seed of the order of the examples, or null (the default) to take them as they stand. The order of an epoch
    /// follows from the seed and the number of the epoch alone.</summary>
    public ulong? ShuffleSeed { get; init; }

    /// <summary>Leaves out the last batch of a pass if it is not full; false by default.</summary>
    public bool DropLast { get; init; }

    /// <summary>The ragged axis, such as "time", by whose length examples are put together, so that batches have little padding; null (the default) for none. The order stays
    /// one of chance: within stretches of 50 batches of the shuffled examples, examples are sorted by length, and the batches of a stretch come in a random order. A stream holds one
    /// stretch in memory.</summary>
    public string? BucketBy { get; init; }
}
