using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations.Elementwise;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Shaping;

/// <summary>Which element of an axis stands at each place of the padded axis, where the border is made of data. What a negative border takes away takes no part.</summary>
internal static class PadPlaces
{
    /// <summary>The places as numbers.</summary>
    /// <param name="mode">How the border is made.</param>
    /// <param name="size">The size of the axis.</param>
    /// <param name="before">The border before it.</param>
    /// <param name="after">The border after it.</param>
    public static int[] Of(PadMode mode, int size, long before, long after)
    {
        int first = (int)Math.Max(-before, 0), count = size - first - (int)Math.Max(-after, 0);
        var places = new int[Math.Max(0, (int)(size + before + after))];
        if (places.Length > 0 && count <= 0)
            throw new ShapeException($"Pad in the mode {mode} expects at least one element to make a border of, found an axis of {size} with the border {before}, {after}.");
        for (int i = 0; i < places.Length; i++)
        {
            long at = i - Math.Max(before, 0), period = Math.Max(1, mode == PadMode.Reflect ? 2 * (count - 1) : count);
            long turned = ((at % period) + period) % period;
            places[i] = first + (int)(mode == PadMode.Edge ? Math.Clamp(at, 0, count - 1) : mode == PadMode.Reflect ? Math.Min(turned, period - turned) : turned);
            places[i] = Math.Min(places[i], first + count - 1);
        }

        return places;
    }

    /// <summary>The places as they are computed in a graph.</summary>
    /// <param name="mode">How the border is made.</param>
    /// <param name="size">The size of the axis, an int64 number as the borders are.</param>
    /// <param name="before">The border before it.</param>
    /// <param name="after">The border after it.</param>
    public static Variable Of(PadMode mode, Variable size, Variable before, Variable after)
    {
        Variable zero = Variable.Scalar(0, DType.Int64), one = Variable.Scalar(1, DType.Int64);
        Variable first = Ops.Max(-before, zero), last = size - Ops.Max(-after, zero) - first - one;
        Variable at = new Range().Apply(zero, size + before + after, one) - Ops.Max(before, zero);
        if (mode == PadMode.Edge)
            return first + Ops.Min(Ops.Max(at, zero), last);
        Variable period = mode == PadMode.Reflect ? Ops.Max(2 * last, one) : last + one, turned = new Mod().Apply(at, period);
        return first + (mode == PadMode.Reflect ? Ops.Min(Ops.Min(turned, period - turned), last) : turned);
    }
}
