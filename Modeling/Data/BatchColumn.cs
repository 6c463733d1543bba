using Toolkit.Autograd.Tensors;

namespace Toolkit.Modeling.Data;

/// <summary>A field of the examples of a batch, row by row. Rows of a data set stay there until somebody asks for all of the field at once: a field that nobody reads is never copied, nor are
/// the examples of which another process takes care.</summary>
internal abstract class BatchColumn(Field field)
{
    private readonly Lock taking = new();

    // Where the rows are while they have not been copied.
    private Column? source;
    private int[]? order;
    private int start;
    private int referred;

    public Field Field { get; } = field;

    /// <summary>How many rows there is memory for.</summary>
    protected abstract int Room { get; }

    /// <summary>A column for so many rows.</summary>
    public static BatchColumn Create(Field field, int room) => field.Axis is null ? new DenseBatchColumn(field, room) : new RaggedBatchColumn(field, room);

    /// <summary>Takes the place of all rows: those of a data set.</summary>
    /// <param name="from">The field of the data set.</param>
    /// <param name="rows">The order of its rows; null as they stand.</param>
    /// <param name="first">The place of the first in this order.</param>
    /// <param name="count">How many.</param>
    public void Refer(Column from, int[]? rows, int first, int count) => (source, order, start, referred) = (from, rows, first, count);

    /// <summary>Forgets all rows.</summary>
    public void Clear() => source = null;

    /// <summary>The first rows, of shape [count, …]; the same object while nothing changes. Several threads may ask for them.</summary>
    public Value First(int count)
    {
        Take();
        return Together(count);
    }

    /// <summary>The content of a row.</summary>
    public ReadOnlySpan<byte> Row(int slot) => Volatile.Read(ref source) is { } from ? from.Row(Place(slot)) : Get(slot);

    /// <summary>Overwrites a row. Several threads may set different ones.</summary>
    public void Set(int slot, ReadOnlySpan<byte> content)
    {
        Take();
        Put(slot, content);
    }

    /// <summary>Makes room for so many rows; the first ones stay.</summary>
    public void Reserve(int room, int kept)
    {
        Take();
        Resize(room, kept);
    }

    /// <summary>Takes the first rows of another column of the same field.</summary>
    public virtual void CopyFrom(BatchColumn other, int count)
    {
        Clear();
        for (int slot = 0; slot < count; slot++)
            Put(slot, other.Row(slot));
    }

    /// <summary>Whether the rows are in this column's memory.</summary>
    protected bool IsTaken => Volatile.Read(ref source) is null;

    /// <summary>Copies the rows of the data set.</summary>
    protected void Take()
    {
        if (IsTaken)
            return;
        lock (taking)
        {
            if (source is not { } from)
                return;
            if (Room < referred)
                Resize(referred, 0);
            for (int slot = 0; slot < referred; slot++)
                Put(slot, from.Row(Place(slot)));
            Volatile.Write(ref source, null);
        }
    }

    /// <summary>The first rows in this column's memory.</summary>
    protected abstract Value Together(int count);

    /// <summary>A row in this column's memory.</summary>
    protected abstract ReadOnlySpan<byte> Get(int slot);

    /// <summary>Writes a row there.</summary>
    protected abstract void Put(int slot, ReadOnlySpan<byte> content);

    /// <summary>Makes room there.</summary>
    protected abstract void Resize(int room, int kept);

    private int Place(int slot) => order is null ? start + slot : order[start + slot];
}
