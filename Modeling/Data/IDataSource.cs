namespace Toolkit.Modeling.Data;

/// <summary>Examples that can be passed over, epoch after epoch, in batches.</summary>
public interface IDataSource
{
    /// <summary>The shape of one example.</summary>
    DataLayout Layout { get; }

    /// <summary>The number of examples of one pass, or null if it is known only at its end.</summary>
    int? ExampleCount { get; }

    /// <summary>The examples themselves where they are all in memory, in whatever order passes take them; null (the default) if they are not.</summary>
    IReadOnlyList<Column>? Columns => null;

    /// <summary>Whether the examples are for training alone: changed, or not as often as they are, so that measuring on them would measure something else. False by default.</summary>
    bool ForTrainingOnly => false;

    /// <summary>One pass over all examples, each seen once. Batches share one set of buffers, so each is valid until the next is
    /// asked for; two enumerations do not disturb each other.</summary>
    /// <param name="options">Size and order of the batches.</param>
    /// <param name="epoch">The number of the pass: passes of different numbers have different orders, and the order of a pass needs
    /// no knowledge of those before it.</param>
    IEnumerable<Batch> Batches(BatchOptions options, long epoch = 0);
}
