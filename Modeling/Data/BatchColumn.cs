using Toolkit.Autograd.Tensors;

namespace Toolkit.Modeling.Data;

/// <summary>A field of the examples of a batch, row by row.</summary>
internal abstract class BatchColumn(Field field)
{
    public Field Field { get; } = field;

    /// <summary>A column for so many rows.</summary>
    public static BatchColumn Create(Field field, int room) => field.Axis is null ? new DenseBatchColumn(field, room) : new RaggedBatchColumn(field, room);

    /// <summary>The first rows, of shape [count, …]; the same object while nothing changes.</summary>
    public abstract Value First(int count);

    /// <summary>The content of a row.</summary>
    public abstract ReadOnlySpan<byte> Row(int slot);

    /// <summary>Overwrites a row. Several threads may set different ones.</summary>
    public abstract void Set(int slot, ReadOnlySpan<byte> content);

    /// <summary>Makes room for so many rows; the first ones stay.</summary>
    public abstract void Reserve(int room, int kept);

    /// <summary>Takes the first rows of another column of the same field.</summary>
    public virtual void CopyFrom(BatchColumn other, int count)
    {
        for (int slot = 0; slot < count; slot++)
            Set(slot, other.Row(slot));
    }
}
