using System.Runtime.InteropServices;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Modeling.Data;

/// <summary>A column whose first axis has another length in each example.</summary>
/// <param name="field">What one example looks like.</param>
/// <param name="rows">The numbers of each example.</param>
internal sealed class RaggedColumn<T>(Field field, ReadOnlyMemory<T[]> rows) : Column(field, rows.Length)
    where T : unmanaged
{
    private readonly int step = Shape.Of([.. field.Shape.Skip(1)]).ElementCount.Size;

    public static RaggedColumn<T> Create(string name, string axis, T[][] rows, int classes, ReadOnlySpan<int> shape)
    {
        int step = Shapes.Length(shape, nameof(shape));
        if (rows.Length == 0)
            throw new ArgumentException($"Expected at least one example for the column \"{name}\", found none.", nameof(rows));
        for (int row = 0; row < rows.Length; row++)
        {
            if (rows[row].Length % step != 0)
            {
                throw new ArgumentException(
                    $"Expected whole steps of shape {Shapes.Text(shape)} in row {row} (counted from 0) of the column \"{name}\", found {rows[row].Length} numbers.", nameof(rows));
            }

            FieldCheck.Finite<T>(rows[row], Math.Max(rows[row].Length, 1), $"numbers of \"{name}\"", row);
        }

        return new RaggedColumn<T>(new Field(name, DTypes.Of<T>(), [axis, .. Shape.OfSizes(shape)]) { Classes = classes }, rows);
    }

    /// <inheritdoc/>
    internal override int LengthOf(int row) => rows.Span[row].Length / step;

    /// <inheritdoc/>
    internal override ReadOnlySpan<byte> Row(int row) => MemoryMarshal.AsBytes(rows.Span[row].AsSpan());

    /// <inheritdoc/>
    internal override Column Named(IReadOnlyList<string>? names) => new RaggedColumn<T>(Field, rows) { Names = names };

    /// <inheritdoc/>
    internal override Column Slice(int start, int count) => new RaggedColumn<T>(Field, rows.Slice(start, count)) { Names = Names };

    /// <inheritdoc/>
    internal override Column Select(ReadOnlySpan<int> selected)
    {
        var chosen = new T[selected.Length][];
        for (int i = 0; i < chosen.Length; i++)
            chosen[i] = [.. rows.Span[selected[i]]];
        return new RaggedColumn<T>(Field, chosen) { Names = Names };
    }
}
