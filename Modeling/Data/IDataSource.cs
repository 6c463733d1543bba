namespace Toolkit.Modeling.Data;

/// <summary>Examples that can be passed over, epoch after epoch, in batches.</summary>
public interface IDataSource
{
    /// <summary>The shape of one example.</summary>
    DataLayout Layout { get; }

    /// <summary>The number of examples of one pass, or null if it is known only at its end.</summary>
    int? ExampleCount { get; }

    /// <summary>One pass over all examples, each seen once. Batches share one set of buffers, so each is valid until the next is
    /// asked for; two enumerations do not disturb each other.</summary>
    /// <param name="options">Size and order of the batches.</param>
    /// <param name="epoch">The number of the pass: passes of different numbers have different orders, and the order of a pass needs
    /// no knowledge of those before it.</param>
    IEnumerable<Batch> Batches(BatchOptions options, long epoch = 0);
}
