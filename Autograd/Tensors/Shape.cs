using System.Collections;
using System.Runtime.CompilerServices;

namespace Toolkit.Autograd.Tensors;

/// <summary>The dimensions of a tensor, row-major; some may be symbols. A scalar has rank 0. Immutable, compared by content.</summary>
[CollectionBuilder(typeof(Shape), nameof(Of))]
public sealed class Shape : IReadOnlyList<Dim>, IEquatable<Shape>
{
    private readonly Dim[] dims;

    private Shape(Dim[] dims) => this.dims = dims;

    /// <summary>The shape of a scalar.</summary>
    public static Shape Scalar { get; } = new([]);

    /// <summary>The number of axes.</summary>
    public int Rank => dims.Length;

    int IReadOnlyCollection<Dim>.Count => dims.Length;

    /// <summary>Whether every dimension is a number.</summary>
    public bool IsStatic => dims.All(d => d.IsStatic);

    /// <summary>Whether a dimension has a symbol that an operation made for a size that depends on data.</summary>
    public bool DependsOnData => dims.Any(d => d.DependsOnData);

    /// <summary>Whether a dimension may turn out to be 1 where another size is not.</summary>
    public bool MayBroadcast => dims.Any(d => d.MayBroadcast);

    /// <summary>The number of elements: the product of the dimensions, 1 for a scalar.</summary>
    public Dim ElementCount => dims.Aggregate(Dim.Of(1), (product, d) => product * d);

    /// <summary>The dimension of an axis.</summary>
    /// <param name="axis">0 to <see cref="Rank"/> − 1.</param>
    /// <exception cref="ShapeException">The axis lies outside.</exception>
    public Dim this[int axis] => (uint)axis < (uint)dims.Length ? dims[axis] : throw NoAxis(axis);

    /// <summary>The dimension of an axis counted from either end.</summary>
    /// <param name="axis">The axis; <c>^1</c> is the last.</param>
    public Dim this[Index axis] => dims[axis];

    /// <summary>Creates a shape.</summary>
    /// <param name="dims">The dimensions, outermost first.</param>
    public static Shape Of(params ReadOnlySpan<Dim> dims) => dims.IsEmpty ? Scalar : new Shape(dims.ToArray());

    /// <summary>Creates a static shape.</summary>
    /// <param name="sizes">The sizes, outermost first.</param>
    public static Shape OfSizes(params ReadOnlySpan<int> sizes)
    {
        var dims = new Dim[sizes.Length];
        for (int i = 0; i < dims.Length; i++)
        {
            dims[i] = sizes[i];
        }

        return Of(dims);
    }

    /// <summary>Turns an axis that may count from the end (−1 is the last) into one between 0 and <see cref="Rank"/> − 1.</summary>
    /// <param name="axis">An axis between −rank and rank − 1.</param>
    /// <exception cref="ShapeException">The axis lies outside.</exception>
    public int Axis(long axis) => axis >= -Rank && axis < Rank
        ? (int)(axis < 0 ? axis + Rank : axis)
        : throw new ShapeException($"Expected an axis between {-Rank} and {Rank - 1} for the shape {this}, found {axis}.");

    /// <summary>The same shape with one dimension replaced.</summary>
    /// <param name="axis">The axis, counted from 0.</param>
    /// <param name="dim">Its new dimension.</param>
    /// <exception cref="ShapeException">The axis lies outside.</exception>
    public Shape With(int axis, Dim dim)
    {
        if ((uint)axis >= (uint)dims.Length)
            throw NoAxis(axis);
        var copy = (Dim[])dims.Clone();
        copy[axis] = dim;
        return new Shape(copy);
    }

    /// <summary>The static sizes.</summary>
    /// <exception cref="ShapeException">A dimension is symbolic.</exception>
    public int[] ToSizes() => [.. dims.Select(d => d.Size)];

    /// <summary>The sizes for given values of the symbols.</summary>
    /// <param name="binding">The value of each symbol.</param>
    public int[] Evaluate(IReadOnlyDictionary<Symbol, int> binding)
    {
        var sizes = new int[dims.Length];
        for (int i = 0; i < sizes.Length; i++)
        {
            sizes[i] = dims[i].IsStatic ? dims[i].Size : dims[i].Evaluate(binding);
        }

        return sizes;
    }

    /// <summary>The sizes for given values of the symbols by their names, as a model in a file has them.</summary>
    /// <param name="binding">The value of each symbol.</param>
    public int[] Evaluate(IReadOnlyDictionary<string, int> binding) => [.. dims.Select(d => d.Evaluate(binding))];

    /// <inheritdoc/>
    public bool Equals(Shape? other) => other is not null && dims.AsSpan().SequenceEqual(other.dims);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Shape);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (Dim dim in dims)
        {
            hash.Add(dim);
        }

        return hash.ToHashCode();
    }

    /// <inheritdoc/>
    public IEnumerator<Dim> GetEnumerator() => ((IEnumerable<Dim>)dims).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <inheritdoc/>
    public override string ToString() => $"[{string.Join(", ", dims.Select(d => d.ToString()))}]";

    /// <summary>Whether two shapes are equal.</summary>
    /// <param name="left">The first shape.</param>
    /// <param name="right">The second shape.</param>
    public static bool operator ==(Shape? left, Shape? right) => left is null ? right is null : left.Equals(right);

    /// <summary>Whether two shapes differ.</summary>
    /// <param name="left">The first shape.</param>
    /// <param name="right">The second shape.</param>
    public static bool operator !=(Shape? left, Shape? right) => !(left == right);

    private ShapeException NoAxis(int axis) => new($"Expected an axis from 0 to {Rank - 1} of the shape {this}, found {axis}.");
}
