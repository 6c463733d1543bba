using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Indexing;
using Toolkit.Autograd.Operations.Reductions;
using Toolkit.Autograd.Operations.Shaping;
using Toolkit.Autograd.Tensors;
using Range = Toolkit.Autograd.Operations.Shaping.Range;

namespace Toolkit.OnnxExport.Import.Sequences;

/// <summary>
/// Joins the tensors of a sequence along an axis and splits a tensor into a sequence, where it depends on data how many there are. As a matrix, with a row for each place on the axes before the
/// axis, each tensor is a block of columns of the whole, and in the sequence the blocks stand one after the other.
/// </summary>
internal static class SequencePlaces
{
    private static readonly Variable Zero = Variable.Scalar(0, DType.Int64), One = Variable.Scalar(1, DType.Int64);

    /// <summary>All tensors of a sequence along an axis.</summary>
    /// <param name="sequence">The sequence, whose tensors have a known number of axes.</param>
    /// <param name="axis">The axis of the result, counted from 0.</param>
    /// <param name="isNew">Whether the tensors do not have it.</param>
    public static Variable Concatenated(TensorSequence sequence, int axis, bool isNew)
    {
        Variable sizes = Ops.Slice(sequence.Shapes, 1, 1, 1 + sequence.Rank);
        Variable own = isNew ? Ops.Expand(One, [sequence.Shapes.Shape[0], 1], sequence.Shapes) : Ops.Slice(sizes, 1, axis, axis + 1);
        Variable before = Ops.Slice(sizes, 1, 0, axis), after = Ops.Slice(sizes, 1, isNew ? axis : axis + 1, sequence.Rank);
        Variable first = Ops.Concat(1, First(before), Vector(Ops.Sum(own)).Reshape([1, 1]), First(after));
        Variable others = Ops.Concat(1, before, after);
        Variable areSame = Ops.Equal(Product(Ops.Cast(Ops.Equal(others, First(others)), DType.Int64), [0, 1]), One);
        Variable shape = Ops.Checked(Ops.Reshape(first, [isNew ? sequence.Rank + 1 : sequence.Rank]), areSame, expected: true, "The tensors of a sequence that become one must agree on all other axes.");
        Variable elements = axis == 0 ? sequence.Elements
            : Ops.Gather(sequence.Elements, Places(Product(Ops.Concat(1, own, after), [1]), Product(Ops.Reshape(First(before), [axis]), [0])));
        return new Reshape(AllowZero: true).Apply(elements, shape);
    }

    /// <summary>The parts of a tensor along an axis.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="axis">The axis, counted from 0.</param>
    /// <param name="parts">The size of each part, an int64 vector.</param>
    /// <param name="keepsAxis">Whether the parts keep the axis; otherwise all have size 1 there.</param>
    public static TensorSequence Split(Variable x, int axis, Variable parts, bool keepsAxis)
    {
        int rank = x.Shape.Rank;
        Variable sizes = Ops.ShapeOf(x), flat = new Reshape().Apply(x, Ops.Integers(-1));
        Variable before = Ops.Slice(sizes, 0, 0, axis), after = Ops.Slice(sizes, 0, axis + 1, rank);
        Variable column = new Unsqueeze().Apply(parts, Ops.Integers(1));
        Variable Repeated(Variable row) => new Expand().Apply(row, Ops.Concat(0, Ops.ShapeOf(parts), Ops.Integers(1)));
        Variable filling = Ops.Integers([.. Enumerable.Repeat(1L, SequenceValues.RowLength - 1 - rank + (keepsAxis ? 0 : 1))]);
        Variable head = Ops.Concat(0, Ops.Integers(keepsAxis ? rank : rank - 1), before), tail = Ops.Concat(0, after, filling);
        Variable rows = keepsAxis ? Ops.Concat(1, Repeated(head), column, Repeated(tail)) : Repeated(Ops.Concat(0, head, tail));
        if (axis > 0)
        {
            Variable places = new Reshape().Apply(Places(parts * Product(after, [0]), Product(before, [0])), Ops.Integers(-1));
            flat = new ScatterElements().Apply(Ops.ExpandLike(Variable.Of(Value.Zeros(x.DType)), flat), Ops.ReshapeLike(places, flat), flat);
        }

        return new TensorSequence(flat, rows, keepsAxis ? rank : rank - 1);
    }

    /// <summary>The size of each part of an axis that is cut into parts of a size; the last may be smaller.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="axis">The axis.</param>
    /// <param name="size">The size of a part, an int64 scalar.</param>
    public static Variable Parts(Variable x, int axis, Variable size)
    {
        Variable whole = Ops.Size(x.Shape[axis], DType.Int64, x);
        return Ops.Min(size, whole - new Range().Apply(Zero, whole, size));
    }

    /// <summary>Where the elements of the whole, a matrix, lie in the sequence.</summary>
    /// <param name="widths">The columns of each block.</param>
    /// <param name="rows">The number of rows.</param>
    private static Variable Places(Variable widths, Variable rows)
    {
        Variable ends = new CumSum().Apply(widths, Zero), begins = ends - widths;
        Variable columns = new Range().Apply(Zero, Ops.Sum(widths), One);
        Variable isBehind = Ops.GreaterOrEqual(columns, new Unsqueeze().Apply(ends, Ops.Integers(1)));
        Variable block = Ops.Sum(Ops.Cast(isBehind, DType.Int64), [0]);
        Variable row = new Unsqueeze().Apply(new Range().Apply(Zero, rows, One), Ops.Integers(1)), begin = Ops.Gather(begins, block);
        return (rows * begin) + (row * Ops.Gather(widths, block)) + (columns - begin);
    }

    private static Variable First(Variable matrix) => Ops.Gather(matrix, Ops.Integers(0));

    private static Variable Vector(Variable number) => TensorSequence.Vector(number);

    private static Variable Product(Variable x, IntList axes) => new ReduceProd(KeepDims: false).Apply(x, Ops.Integers([.. axes.ToLongs()]));
}
