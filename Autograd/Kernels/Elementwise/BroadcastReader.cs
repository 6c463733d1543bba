using System.Runtime.CompilerServices;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Kernels;

/// <summary>Reads a stretch of a value as if it were broadcast to a larger shape.</summary>
internal sealed unsafe class BroadcastReader
{
    private readonly int[] sizes;
    private readonly int[] strides;
    private readonly int elementSize;

    /// <summary>Checks that a shape broadcasts to another.</summary>
    /// <exception cref="ShapeException">It does not.</exception>
    public static void Require(ReadOnlySpan<int> from, ReadOnlySpan<int> to)
    {
        bool fits = from.Length <= to.Length;
        for (int i = 1; fits && i <= from.Length; i++)
        {
            fits = from[^i] == to[^i] || from[^i] == 1;
        }

        if (!fits)
        {
            throw new ShapeException($"Expected sizes that are equal or broadcast to {Shape.OfSizes(to)}, found {Shape.OfSizes(from)}.");
        }
    }

    /// <summary>Prepares the reading of a value of shape <paramref name="from"/> as shape <paramref name="to"/>.</summary>
    public BroadcastReader(ReadOnlySpan<int> from, ReadOnlySpan<int> to, int elementSize)
    {
        this.elementSize = elementSize;
        Span<int> mergedSizes = stackalloc int[to.Length + 1], mergedStrides = stackalloc int[to.Length + 1];
        int merged = 0, stride = 1;
        for (int i = 1; i <= to.Length; i++)
        {
            int own = i <= from.Length ? from[^i] : 1;
            int axisStride = own == 1 ? 0 : stride;
            stride *= own;
            if (to[^i] == 1)
            {
                continue;
            }

            // Axes that are adjacent and repeat (or run) together act as one.
            int last = merged - 1;
            if (merged > 0 && (axisStride == 0 ? mergedStrides[last] == 0 : axisStride == mergedStrides[last] * mergedSizes[last]))
            {
                mergedSizes[last] *= to[^i];
            }
            else
            {
                mergedSizes[merged] = to[^i];
                mergedStrides[merged++] = axisStride;
            }
        }

        if (merged == 0)
        {
            mergedSizes[merged++] = 1;
        }

        sizes = mergedSizes[..merged].ToArray();
        strides = mergedStrides[..merged].ToArray();
    }

    /// <summary>Whether all elements are one number.</summary>
    public bool IsConstant => strides.AsSpan().IndexOfAnyExcept(0) < 0;

    /// <summary>The elements after which a run of neighbours, or of one number, ends.</summary>
    public int Run => sizes[0];

    /// <summary>Whether a run is one number.</summary>
    public bool Repeats => strides[0] == 0;

    /// <summary>Whether a stretch lies in one run: its elements lie side by side in the value, or are one number.</summary>
    /// <param name="start">The first element, counted in the larger shape.</param>
    /// <param name="length">How many.</param>
    public bool IsRun(int start, int length) => (start % sizes[0]) + length <= sizes[0];

    /// <summary>Where an element lies.</summary>
    /// <param name="source">The address of the value.</param>
    /// <param name="element">The element, counted in the larger shape.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public nint Place(nint source, int element)
    {
        int rest = element;
        long offset = 0;
        for (int i = 0; i < sizes.Length; i++)
        {
            (rest, int coordinate) = Math.DivRem(rest, sizes[i]);
            offset += (long)coordinate * strides[i];
        }

        return source + ((nint)offset * elementSize);
    }

    /// <summary>Writes the elements from <paramref name="start"/> on, counted in the larger shape.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Read(nint source, int start, int length, nint destination)
    {
        int rank = sizes.Length;
        int* coordinates = stackalloc int[rank];
        int rest = start;
        int offset = 0;
        for (int i = 0; i < rank; i++)
        {
            coordinates[i] = rest % sizes[i];
            rest /= sizes[i];
            offset += coordinates[i] * strides[i];
        }

        int done = 0;
        while (true)
        {
            int run = Math.Min(sizes[0] - coordinates[0], length - done);
            Copy(source + ((nint)offset * elementSize), strides[0] == 0, run, destination + ((nint)done * elementSize));
            done += run;
            if (done == length)
            {
                return;
            }

            offset -= coordinates[0] * strides[0];
            coordinates[0] = 0;
            for (int i = 1; i < rank; i++)
            {
                offset += strides[i];
                if (++coordinates[i] < sizes[i])
                {
                    break;
                }

                offset -= coordinates[i] * strides[i];
                coordinates[i] = 0;
            }
        }
    }

    private void Copy(nint source, bool repeat, int count, nint destination)
    {
        if (!repeat)
        {
            new ReadOnlySpan<byte>((void*)source, count * elementSize).CopyTo(new Span<byte>((void*)destination, count * elementSize));
            return;
        }

        Repeat(source, count, destination);
    }

    /// <summary>Writes one number many times.</summary>
    public void Repeat(nint source, int count, nint destination) => SizeDispatch.Run(elementSize, new Repetition(source, count, destination));

    private readonly struct Repetition(nint source, int count, nint destination) : IBitsAction
    {
        public void For<T>()
            where T : unmanaged => new Span<T>((void*)destination, count).Fill(*(T*)source);
    }
}
