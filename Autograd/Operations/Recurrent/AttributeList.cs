using System.Collections;
using System.Runtime.CompilerServices;

namespace Toolkit.Autograd.Operations.Recurrent;

/// <summary>An immutable list compared by content, for the attributes of operations.</summary>
/// <typeparam name="T">What it holds.</typeparam>
[CollectionBuilder(typeof(AttributeList), nameof(AttributeList.Of))]
public sealed class AttributeList<T> : IReadOnlyList<T>, IEquatable<AttributeList<T>>
{
    private readonly T[] items;

    internal AttributeList(T[] items) => this.items = items;

    /// <inheritdoc/>
    public int Count => items.Length;

    /// <inheritdoc/>
    public T this[int index] => items[index];

    /// <inheritdoc/>
    public IEnumerator<T> GetEnumerator() => ((IEnumerable<T>)items).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <inheritdoc/>
    public bool Equals(AttributeList<T>? other) => other is not null && items.AsSpan().SequenceEqual(other.items);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as AttributeList<T>);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (T item in items)
            hash.Add(item);
        return hash.ToHashCode();
    }

    /// <inheritdoc/>
    public override string ToString() => $"[{string.Join(", ", items)}]";
}

/// <summary>Makes lists of attributes.</summary>
public static class AttributeList
{
    /// <summary>Creates a list.</summary>
    /// <typeparam name="T">What it holds.</typeparam>
    /// <param name="items">Its elements.</param>
    public static AttributeList<T> Of<T>(params ReadOnlySpan<T> items) => new(items.ToArray());
}
