using System.Runtime.CompilerServices;

namespace Toolkit.Autograd.Tensors;

/// <summary>
/// A size that is not known when a graph is built. A symbol that a user names stands for the same size wherever the name occurs; one that an operation makes for a
/// size which depends on data equals itself alone, and its name is for messages and files.
/// </summary>
public sealed class Symbol : IEquatable<Symbol>
{
    private Symbol(string name, bool isFresh, bool isOpen)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        Name = name;
        IsFresh = isFresh;
        IsOpen = isOpen;
    }

    /// <summary>The name in messages and files.</summary>
    public string Name { get; }

    /// <summary>Whether it stands for a size that depends on data: it equals itself alone, and the result of a node gives its value.</summary>
    public bool IsFresh { get; }

    /// <summary>Whether it is a size that a file leaves open: it may be 1 where another size is not, so that both broadcast, which is checked when sizes are bound.</summary>
    public bool IsOpen { get; }

    /// <summary>A symbol that a user names.</summary>
    /// <param name="name">The name; the same name means the same size.</param>
    public static Symbol Named(string name) => new(name, isFresh: false, isOpen: false);

    /// <summary>A symbol that a file names, of which nothing else is known.</summary>
    /// <param name="name">The name; the same name means the same size.</param>
    public static Symbol Open(string name) => new(name, isFresh: false, isOpen: true);

    /// <summary>A symbol that no other equals.</summary>
    /// <param name="name">The name in messages; others may have the same.</param>
    internal static Symbol Fresh(string name) => new(name, isFresh: true, isOpen: false);

    /// <inheritdoc/>
    public bool Equals(Symbol? other) => ReferenceEquals(this, other) || (other is { IsFresh: false } && !IsFresh && other.Name == Name);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Symbol);

    /// <inheritdoc/>
    public override int GetHashCode() => IsFresh ? RuntimeHelpers.GetHashCode(this) : Name.GetHashCode(StringComparison.Ordinal);

    /// <inheritdoc/>
    public override string ToString() => Name;
}
