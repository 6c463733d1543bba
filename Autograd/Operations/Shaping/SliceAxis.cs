using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Shaping;

/// <summary>What a <see cref="Slice"/> takes of one axis.</summary>
/// <param name="Axis">The axis, counted from 0.</param>
/// <param name="Start">The first index.</param>
/// <param name="Count">The number of indices.</param>
/// <param name="Step">Their distance.</param>
internal sealed record SliceAxis(int Axis, Dim Start, Dim Count, long Step)
{
    public bool IsStatic => Start.IsStatic && Count.IsStatic;

    /// <summary>All axes that are cut; null where starts, ends, axes or steps are computed from data.</summary>
    /// <param name="inputs">Data, starts, ends, axes, steps.</param>
    public static IReadOnlyList<SliceAxis>? All(InferRequest inputs)
    {
        Shape shape = inputs[0].Shape;
        if (inputs.Content(1) is not { } starts || inputs.Content(2) is not { } ends || (inputs.Has(3) && inputs.Content(3) is null) || (inputs.Has(4) && inputs.Content(4) is null))
            return null;
        int[] axes = [.. inputs.Content(3)?.Select(axis => shape.Axis(axis.Number)) ?? Enumerable.Range(0, starts.Count)];
        return axes.Distinct().Count() == axes.Length
            ? [.. axes.Select((axis, i) => Of(axis, shape[axis], starts[i], ends[i], inputs.Content(4)?[i].Number ?? 1))]
            : throw new ShapeException($"Slice expects different axes, found {string.Join(", ", axes)}.");
    }

    /// <summary>The indices that are taken, as an int64 vector.</summary>
    /// <param name="result">The result of the slice, or what has its axis.</param>
    /// <param name="data">The data.</param>
    public Variable Indices(Variable result, Variable data)
    {
        Variable count = Scalar(Count, result), start = Scalar(Start, data), step = Variable.Scalar(Step, DType.Int64);
        return new Range().Apply(start, start + (count * step), step);
    }

    private static Variable Scalar(Dim dim, Variable carrier) => dim.IsStatic
        ? Variable.Scalar(dim.Number, DType.Int64)
        : new Squeeze().Apply(Sizes.Of([dim], carrier), Ops.Integers(0));

    private static SliceAxis Of(int axis, Dim size, Dim start, Dim end, long step)
    {
        if (step == 0)
            throw new ShapeException($"Slice expects a step other than 0 on axis {axis}.");
        (Dim least, Dim most) = step > 0 ? (Dim.Of(0), size) : (Dim.OfNumber(-1), size - 1);
        Dim first = Within(start, size, step > 0 ? least : 0, most), last = Within(end, size, least, most);
        Dim length = step > 0 ? last - first : first - last;
        return new SliceAxis(axis, first, Dim.Max((length + Dim.OfNumber(Math.Abs(step) - 1)).FloorDivide(Dim.OfNumber(Math.Abs(step))), 0), step);
    }

    /// <summary>An index from either end, drawn to the axis. A number is negative or not; of a size that is computed, the sign is that of its value where it is known to
    /// be a size.</summary>
    private static Dim Within(Dim index, Dim size, Dim least, Dim most)
    {
        if (index.IsStatic)
        {
            // Far outside is as good as any place outside.
            const long Far = 1L << 40;
            Dim number = Dim.OfNumber(Math.Clamp(index.Number, -Far, Far));
            return index.Number >= Far ? most : index.Number <= -Far ? least : Clamp(index.Number < 0 ? size + number : number);
        }

        return Clamp(index);

        Dim Clamp(Dim at) => Dim.Min(Dim.Max(at, least), most);
    }
}
