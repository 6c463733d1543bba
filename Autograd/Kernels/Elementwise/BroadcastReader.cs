using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Kernels;

/// <summary>Reads a stretch of a value as if it were broadcast to a larger shape.</summary>
internal sealed unsafe class BroadcastReader
{
    private readonly int[] sizes;
    private readonly int[] strides;
    private readonly int elementSize;

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

    /// <summary>Writes the elements from <paramref name="start"/> on, counted in the larger shape.</summary>
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

        SizeDispatch.Run(elementSize, new Repetition(source, count, destination));
    }

    private readonly struct Repetition(nint source, int count, nint destination) : IBitsAction
    {
        public void For<T>()
            where T : unmanaged => new Span<T>((void*)destination, count).Fill(*(T*)source);
    }
}
