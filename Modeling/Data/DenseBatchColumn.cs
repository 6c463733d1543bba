using Toolkit.Autograd.Tensors;

namespace Toolkit.Modeling.Data;

/// <summary>A field that has the same shape in every example: the rows lie behind each other.</summary>
internal sealed class DenseBatchColumn : BatchColumn
{
    private readonly Lock copying = new();
    private readonly int[] shape;
    private readonly int rowBytes;
    private Value all;

    // The first of them, in memory that serves each batch of as many.
    private Value? few;
    private bool isFewCurrent;

    public DenseBatchColumn(Field field, int room)
        : base(field)
    {
        shape = field.Shape.ToSizes();
        all = Value.Zeros(field.Type, [room, .. shape]);
        rowBytes = all.Bytes.Length / room;
    }

    /// <inheritdoc/>
    public override void CopyFrom(BatchColumn other, int count)
    {
        if (other is not DenseBatchColumn { IsTaken: true } dense)
        {
            base.CopyFrom(other, count);
            return;
        }

        Clear();
        isFewCurrent = false;
        dense.all.Bytes[..(rowBytes * count)].CopyTo(all.Bytes);
    }

    /// <inheritdoc/>
    protected override int Room => all.Sizes[0];

    /// <inheritdoc/>
    protected override Value Together(int count)
    {
        if (count == all.Sizes[0])
            return all;
        lock (copying)
        {
            if (few?.Sizes[0] != count)
                (few, isFewCurrent) = (Value.Zeros(Field.Type, [count, .. shape]), false);
            if (!isFewCurrent)
                all.Bytes[..(rowBytes * count)].CopyTo(few.Bytes);
            isFewCurrent = true;
            return few;
        }
    }

    /// <inheritdoc/>
    protected override ReadOnlySpan<byte> Get(int slot) => all.Bytes.Slice(slot * rowBytes, rowBytes);

    /// <inheritdoc/>
    protected override void Put(int slot, ReadOnlySpan<byte> content)
    {
        if (content.Length != rowBytes)
            throw new ArgumentException($"Expected {rowBytes / Field.Type.Size()} numbers for the field {Field}, found {content.Length / Field.Type.Size()}.", nameof(content));
        // Whatever was copied for an incomplete batch is out of date now.
        isFewCurrent = false;
        content.CopyTo(all.Bytes.Slice(slot * rowBytes, rowBytes));
    }

    /// <inheritdoc/>
    protected override void Resize(int room, int kept)
    {
        Value old = all;
        (all, few) = (Value.Zeros(Field.Type, [room, .. shape]), null);
        old.Bytes[..(rowBytes * kept)].CopyTo(all.Bytes);
    }
}
