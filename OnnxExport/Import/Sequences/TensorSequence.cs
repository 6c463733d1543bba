using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Elementwise;
using Toolkit.Autograd.Operations.Reductions;
using Toolkit.Autograd.Operations.Shaping;
using Toolkit.Autograd.Tensors;

namespace Toolkit.OnnxExport.Import.Sequences;

/// <summary>
/// A sequence of tensors of one element type, as tensors: the elements of all of them one after the other, and for each a row of <see cref="SequenceValues.RowLength"/> numbers, its number of
/// axes and its sizes, filled up with ones. Where the number of tensors is known when the file is read, the tensors themselves are taken and nothing is copied.
/// </summary>
internal sealed class TensorSequence
{
    /// <summary>The number of axes of a sequence without tensors.</summary>
    public const int NoTensor = -1;

    /// <summary>The number of axes where it is not the same for all tensors, or not known.</summary>
    public const int Varying = -2;

    private readonly IReadOnlyList<Variable>? items;
    private readonly Lazy<Variable> elements;
    private readonly Lazy<Variable> shapes;

    /// <summary>A sequence of which the number of tensors is known.</summary>
    /// <param name="type">The element type.</param>
    /// <param name="items">The tensors.</param>
    /// <exception cref="DTypeException">A tensor has another element type.</exception>
    public TensorSequence(DType type, IReadOnlyList<Variable> items)
    {
        if (items.FirstOrDefault(item => item.DType != type) is { } other)
            throw new DTypeException($"Expected tensors of {type} in a sequence, found {other}.");
        Type = type;
        this.items = items;
        Rank = items.Select(item => item.Shape.Rank).Aggregate(NoTensor, Joined);
        elements = new(() => items.Count == 0 ? Variable.Of(Value.Zeros(type, 0)) : Ops.Concat(0, [.. items.Select(Flat)]));
        shapes = new(() => items.Count == 0 ? Variable.Of(Value.Zeros(DType.Int64, 0, SequenceValues.RowLength)) : Ops.Concat(0, [.. items.Select(Row)]));
    }

    /// <summary>A sequence of any number of tensors.</summary>
    /// <param name="elements">The elements, a vector.</param>
    /// <param name="shapes">The rows, int64.</param>
    /// <param name="rank">The number of axes of every tensor, <see cref="NoTensor"/> or <see cref="Varying"/>.</param>
    public TensorSequence(Variable elements, Variable shapes, int rank)
    {
        Type = elements.DType;
        Rank = rank;
        this.elements = new(elements);
        this.shapes = new(shapes);
    }

    /// <summary>The element type.</summary>
    public DType Type { get; }

    /// <summary>The number of axes of every tensor, <see cref="NoTensor"/> or <see cref="Varying"/>.</summary>
    public int Rank { get; }

    /// <summary>The elements of all tensors, a vector.</summary>
    public Variable Elements => elements.Value;

    /// <summary>A row for each tensor, int64.</summary>
    public Variable Shapes => shapes.Value;

    /// <summary>The variables that a part of the graph may read that reads the sequence.</summary>
    public IEnumerable<Variable> Sources => [.. items ?? [], Elements, Shapes];

    /// <summary>The number of tensors, an int64 scalar.</summary>
    public Variable Length => items is not null ? Variable.Scalar(items.Count, DType.Int64) : new Squeeze().Apply(new ShapeOf(0, 1).Apply(Shapes), Ops.Integers(0));

    /// <summary>The number of axes of the tensors of two sequences.</summary>
    public static int Joined(int rank, int other) => rank == other || other == NoTensor ? rank : rank == NoTensor ? other : Varying;

    /// <summary>The tensor at a position; a negative one counts from the end.</summary>
    public Variable At(Variable position)
    {
        if (items is not null && Known(position) is { } known)
            return items[Place(known, items.Count)];
        RequireRank("the tensor at a position");
        Variable place = Place(position, Length), starts = Starts(), row = Ops.Gather(Shapes, place);
        Variable fits = Ops.Equal(Ops.Gather(row, Ops.Integers(0)), Ops.Integers(Rank));
        Variable sizes = Ops.Checked(Ops.Slice(row, 0, 1, 1 + Rank), fits, expected: true, $"Every tensor of the sequence must have {Rank} axes, as the file says.");
        return new Reshape(AllowZero: true).Apply(Stretch(Elements, Ops.Gather(starts, place), Ops.Gather(starts, place + 1)), sizes);
    }

    /// <summary>The sequence with one more tensor.</summary>
    /// <param name="tensor">The tensor.</param>
    /// <param name="position">Where it will stand; a negative one counts from the end. Null for the end.</param>
    public TensorSequence Insert(Variable tensor, Variable? position)
    {
        if (tensor.DType != Type)
            throw new DTypeException($"Expected tensors of {Type} in a sequence, found {tensor}.");
        if (items is not null && (position is null || Known(position) is not null))
        {
            int at = position is null ? items.Count : Place(Known(position)!.Value, items.Count, end: 1);
            return new(Type, [.. items.Take(at), tensor, .. items.Skip(at)]);
        }

        int rank = Joined(Rank, tensor.Shape.Rank);
        if (position is null)
            return new(Ops.Concat(0, Elements, Flat(tensor)), Ops.Concat(0, Shapes, Row(tensor)), rank);
        Variable place = Place(position, Length, end: 1);
        return Spliced(place, place, tensor, rank);
    }

    /// <summary>The sequence without a tensor.</summary>
    /// <param name="position">Where it stands; a negative one counts from the end. Null for the last.</param>
    public TensorSequence Erase(Variable? position)
    {
        position ??= Variable.Scalar(-1, DType.Int64);
        if (items is not null && Known(position) is { } known)
            return new(Type, [.. items.Where((_, i) => i != Place(known, items.Count))]);
        Variable place = Place(position, Length);
        return Spliced(place, place + 1, null, Rank);
    }

    /// <summary>All tensors along an axis.</summary>
    /// <param name="axis">The axis; a negative one counts from the end.</param>
    /// <param name="isNew">Whether it is an axis that the tensors do not have yet.</param>
    public Variable Concatenated(int axis, bool isNew)
    {
        RequireRank("all tensors as one");
        int rank = isNew ? Rank + 1 : Rank, at = axis < 0 ? axis + rank : axis;
        if (at < 0 || at >= rank)
            throw new ShapeException($"Expected an axis of the {rank} of the result, found {axis}.");
        return items is null ? SequencePlaces.Concatenated(this, at, isNew)
            : Ops.Concat(at, [.. items.Select(item => isNew ? new Unsqueeze().Apply(item, Ops.Integers(at)) : item)]);
    }

    /// <summary>What is done to a sequence that needs to know how many axes its tensors have.</summary>
    /// <exception cref="GraphException">It is not known, or there is no tensor.</exception>
    public void RequireRank(string what)
    {
        if (Rank < 0)
            throw new GraphException($"Expected a sequence whose tensors have a known number of axes, the same for all, for {what}, found {(Rank == NoTensor ? "none" : "another")}.");
    }

    /// <summary>The elements in a stretch of the first axis.</summary>
    internal static Variable Stretch(Variable x, Variable? start, Variable? end) =>
        new Slice().Apply(x, start is null ? Ops.Integers(0) : Vector(start), end is null ? Ops.Integers(long.MaxValue) : Vector(end), Ops.Integers(0));

    /// <summary>A number as a vector.</summary>
    internal static Variable Vector(Variable number) => Ops.Reshape(number, [1]);

    private static long? Known(Variable position) => position.KnownValue() is { Count: 1 } known ? (long)known[0] : null;

    private static int Place(long position, int count, int end = 0)
    {
        long at = position < 0 ? position + count : position;
        return at >= 0 && at < count + end ? (int)at : throw new GraphException($"Expected a position in a sequence of {count} tensors, found {position}.");
    }

    private static Variable Place(Variable position, Variable length, int end = 0)
    {
        Variable given = Ops.Reshape(Ops.Cast(position, DType.Int64), []), place = Ops.Where(Ops.Less(given, 0), given + length, given);
        Variable isInside = new And().Apply(Ops.GreaterOrEqual(place, Variable.Scalar(0, DType.Int64)), Ops.Less(place, length + end));
        return Ops.Checked(place, isInside, expected: true, "A position must lie in the sequence.");
    }

    private static Variable Flat(Variable tensor) => tensor.Shape.Rank == 1 ? tensor : new Reshape().Apply(tensor, Ops.Integers(-1));

    private static Variable Row(Variable tensor)
    {
        int rank = tensor.Shape.Rank, rest = SequenceValues.RowLength - 1 - rank;
        if (rest < 0)
            throw new GraphException($"Expected tensors of up to {SequenceValues.RowLength - 1} axes in a sequence, found {tensor}.");
        return Ops.Reshape(Ops.Concat(0, Ops.Integers(rank), Ops.ShapeOf(tensor), Ops.Integers([.. Enumerable.Repeat(1L, rest)])), [1, SequenceValues.RowLength]);
    }

    /// <summary>Where each tensor begins among the elements, and where the last ends.</summary>
    private Variable Starts()
    {
        Variable counts = new ReduceProd(KeepDims: false).Apply(Ops.Slice(Shapes, 1, 1, SequenceValues.RowLength), Ops.Integers(1));
        return Ops.Concat(0, Ops.Integers(0), new CumSum().Apply(counts, Variable.Scalar(0, DType.Int64)));
    }

    /// <summary>The sequence with a tensor, or none, in the place of those from one position to before another.</summary>
    private TensorSequence Spliced(Variable from, Variable to, Variable? tensor, int rank)
    {
        Variable starts = Starts();
        return new(
            Ops.Concat(0, [Stretch(Elements, null, Ops.Gather(starts, from)), .. tensor is null ? [] : new[] { Flat(tensor) }, Stretch(Elements, Ops.Gather(starts, to), null)]),
            Ops.Concat(0, [Stretch(Shapes, null, from), .. tensor is null ? [] : new[] { Row(tensor) }, Stretch(Shapes, to, null)]),
            rank);
    }
}
