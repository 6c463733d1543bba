using System.Runtime.InteropServices;

namespace Toolkit.Modeling.Data;

/// <summary>A column whose examples have one shape: their numbers lie behind each other.</summary>
/// <param name="field">What one example looks like.</param>
/// <param name="content">The numbers of all examples.</param>
internal sealed class DenseColumn<T>(Field field, ReadOnlyMemory<T> content) : Column(field, content.Length / field.Shape.ElementCount.Size)
    where T : unmanaged
{
    private readonly int length = field.Shape.ElementCount.Size;

    /// <summary>The numbers of all examples.</summary>
    public ReadOnlyMemory<T> Content { get; } = content;

    /// <inheritdoc/>
    internal override ReadOnlySpan<byte> Row(int row) => MemoryMarshal.AsBytes(Content.Span.Slice(row * length, length));

    /// <inheritdoc/>
    internal override Column Named(IReadOnlyList<string>? names) => new DenseColumn<T>(Field, Content) { Names = names };

    /// <inheritdoc/>
    internal override Column Slice(int start, int count) => new DenseColumn<T>(Field, Content.Slice(start * length, count * length)) { Names = Names };

    /// <inheritdoc/>
    internal override Column Select(ReadOnlySpan<int> rows)
    {
        var selected = new T[checked(rows.Length * length)];
        for (int i = 0; i < rows.Length; i++)
            Content.Span.Slice(rows[i] * length, length).CopyTo(selected.AsSpan(i * length));
        return new DenseColumn<T>(Field, selected) { Names = Names };
    }
}
