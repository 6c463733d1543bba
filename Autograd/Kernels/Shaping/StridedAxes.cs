using System.Runtime.CompilerServices;

namespace Toolkit.Autograd.Kernels;

/// <summary>The axes of a strided copy, innermost destination axis first, without axes of size 1, neighbours merged where both layouts allow.</summary>
internal unsafe struct StridedAxes
{
    public int Count;
    public fixed int Sizes[StridedCopy.MaxAxes];
    public fixed long Sources[StridedCopy.MaxAxes];
    public fixed long Destinations[StridedCopy.MaxAxes];

    public StridedAxes(ReadOnlySpan<int> shape, ReadOnlySpan<long> sources, ReadOnlySpan<long> destinations)
    {
        Span<int> order = stackalloc int[shape.Length];
        int used = 0;
        for (int axis = shape.Length - 1; axis >= 0; axis--)
        {
            if (shape[axis] == 1)
                continue;
            int at = used++;
            for (; at > 0 && Math.Abs(destinations[order[at - 1]]) > Math.Abs(destinations[axis]); at--)
                order[at] = order[at - 1];
            order[at] = axis;
        }

        foreach (int axis in order[..used])
        {
            int last = Count - 1;
            if (Count > 0 && sources[axis] == Sources[last] * Sizes[last] && destinations[axis] == Destinations[last] * Sizes[last])
            {
                Sizes[last] *= shape[axis];
                continue;
            }

            if (Count == StridedCopy.MaxAxes)
                throw new ArgumentException($"A strided copy has more than {StridedCopy.MaxAxes} axes that do not merge.");
            Sizes[Count] = shape[axis];
            Sources[Count] = sources[axis];
            Destinations[Count] = destinations[axis];
            Count++;
        }

        if (Count == 0)
        {
            Count = 1;
            Sizes[0] = 1;
            Sources[0] = 1;
            Destinations[0] = 1;
        }
    }

    /// <summary>Lines (runs of axes 0 and 1 taken as planes when there are two) times their length.</summary>
    public readonly long Elements
    {
        get
        {
            long product = 1;
            for (int axis = 0; axis < Count; axis++)
                product *= Sizes[axis];
            return product;
        }
    }

    /// <summary>Offsets of the index <paramref name="index"/> over the axes from <paramref name="first"/> on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Offsets(long index, int first, out nint source, out nint destination)
    {
        long from = 0, to = 0;
        for (int axis = first; axis < Count; axis++)
        {
            (index, long position) = Math.DivRem(index, Sizes[axis]);
            from += position * Sources[axis];
            to += position * Destinations[axis];
        }

        (source, destination) = ((nint)from, (nint)to);
    }
}
