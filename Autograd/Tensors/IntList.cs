using System.Collections;
using System.Runtime.CompilerServices;

namespace Toolkit.Autograd.Tensors;

/// <summary>An immutable list of integers compared by content, for the attributes of operations: axes, permutations, strides, pads.</summary>
[CollectionBuilder(typeof(IntList), nameof(Of))]
public sealed class IntList : IReadOnlyList<int>, IEquatable<IntList>
{
    private readonly int[] items;

    private IntList(int[] items) => this.items = items;

    /// <summary>The list without elements.</summary>
    public static IntList Empty { get; } = new([]);

    /// <inheritdoc/>
    public int Count => items.Length;

    /// <inheritdoc/>
    public int this[int index] => items[index];

    /// <summary>Creates a list.</summary>
    /// <param name="items">Its elements.</param>
    public static IntList Of(params ReadOnlySpan<int> items) => items.IsEmpty ? Empty : new IntList(items.ToArray());

    /// <summary>The elements.</summary>
    public ReadOnlySpan<int> AsSpan() => items;

    /// <summary>The elements as 64-bit integers, as ONNX attributes hold them.</summary>
    public IReadOnlyList<long> ToLongs() => [.. items.Select(i => (long)i)];

    /// <inheritdoc/>
    public IEnumerator<int> GetEnumerator() => ((IEnumerable<int>)items).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <inheritdoc/>
    public bool Equals(IntList? other) => other is not null && items.AsSpan().SequenceEqual(other.items);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as IntList);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (int item in items)
        {
            hash.Add(item);
        }

        return hash.ToHashCode();
    }

    /// <inheritdoc/>
    public override string ToString() => $"[{string.Join(", ", items)}]";
}
