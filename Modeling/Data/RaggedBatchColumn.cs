using Toolkit.Autograd.Tensors;

namespace Toolkit.Modeling.Data;

/// <summary>A field whose first axis has another length in each example: the rows are padded with zeros to a common length.</summary>
internal sealed class RaggedBatchColumn : BatchColumn
{
    private readonly int[] inner;
    private readonly int stepBytes;
    private byte[][] rows;
    private int[] lengths;
    private Value? padded;

    public RaggedBatchColumn(Field field, int room)
        : base(field)
    {
        inner = [.. field.Shape.Skip(1).Select(dim => dim.Size)];
        stepBytes = inner.Aggregate(field.Type.Size(), (bytes, size) => bytes * size);
        rows = new byte[room][];
        lengths = new int[room];
    }

    /// <summary>The lengths of the rows.</summary>
    public ReadOnlySpan<int> Lengths
    {
        get
        {
            Take();
            return lengths;
        }
    }

    /// <inheritdoc/>
    protected override int Room => rows.Length;

    /// <inheritdoc/>
    protected override Value Together(int count)
    {
        int steps = Padded.Length(lengths.AsSpan(0, count));
        if (padded is { } found && found.Sizes[0] == count && found.Sizes[1] == steps)
            return found;
        Value value = Value.Zeros(Field.Type, [count, steps, .. inner]);
        for (int slot = 0; slot < count; slot++)
            Get(slot).CopyTo(value.Bytes[(slot * steps * stepBytes)..]);
        padded = value;
        return value;
    }

    /// <inheritdoc/>
    protected override ReadOnlySpan<byte> Get(int slot) => rows[slot].AsSpan(0, lengths[slot] * stepBytes);

    /// <inheritdoc/>
    protected override void Put(int slot, ReadOnlySpan<byte> content)
    {
        if (content.Length % stepBytes != 0)
            throw new ArgumentException($"Expected a multiple of {stepBytes / Field.Type.Size()} numbers for the field {Field}, found {content.Length / Field.Type.Size()}.", nameof(content));
        padded = null;
        if (rows[slot] is not { } row || row.Length < content.Length)
            rows[slot] = row = new byte[content.Length];
        content.CopyTo(row);
        lengths[slot] = content.Length / stepBytes;
    }

    /// <inheritdoc/>
    protected override void Resize(int room, int kept)
    {
        padded = null;
        Array.Resize(ref rows, room);
        Array.Resize(ref lengths, room);
    }
}
