using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Toolkit.Autograd.Kernels;

/// <summary>
/// The weight gradient of a convolution, W̄[o, t] = Σ over images and positions of ȳ[o, position]·x[position + offset(t)], with elements of the
/// padded image as they lie. One job sums all images for some output channels and some input channels.
/// </summary>
/// <remarks>Every sum runs over images and positions in order, in pieces of some hundred that are joined by <see cref="CompensatedSum"/>, so its bits do not depend on how the
/// work is split.</remarks>
internal unsafe struct TapGradient<T, TVector, TSimd> : IJob
    where T : unmanaged, IFloatingPointIeee754<T>
    where TVector : struct
    where TSimd : struct, ISimd<T, TVector>
{
    private ConvolutionShape shape;
    private PaddedPlanes planes;
    private T* x;
    private T* dy;
    private T* dw;
    private int* offsets;
    private byte* scratch;
    private long scratchBytes;
    private int outParts;
    private int inParts;

    private static int Width => 2 * TSimd.Count;

    /// <summary>dw = gradient of ⟨dy, conv(x, w)⟩ with respect to w, overwritten.</summary>
    public static void Run(in ConvolutionShape shape, T* x, T* dy, T* dw, Workers workers)
    {
        PaddedPlanes planes = new(shape);
        int slivers = Slivers(shape.GroupOutChannels);
        int outParts = Math.Min(slivers, workers.Threads);
        int inParts = Math.Min(shape.GroupInChannels, (workers.Threads + outParts - 1) / outParts);
        int kernel = shape.KernelHeight * shape.KernelWidth;
        int mostSlivers = (slivers + outParts - 1) / outParts, mostChannels = (shape.GroupInChannels + inParts - 1) / inParts;
        long offsets = Aligned((long)((kernel * shape.GroupInChannels) + TapTile.MaxTaps) * sizeof(int));
        long perThread = Aligned(planes.Elements(mostChannels) * sizeof(T))
            + Aligned((long)shape.OutPlane * Width * mostSlivers * sizeof(T))
            + ((IsLong(shape) ? 3 : 1) * Aligned((long)mostChannels * kernel * Width * mostSlivers * sizeof(T)));
        using Scratch scratch = workers.Rent(offsets + (perThread * workers.Threads));
        int* table = (int*)scratch.Pointer;
        new Span<int>(table, (int)(offsets / sizeof(int))).Clear();
        planes.Offsets(shape.GroupInChannels, table);
        workers.For(
            shape.Groups * outParts * inParts,
            new TapGradient<T, TVector, TSimd>
            {
                shape = shape,
                planes = planes,
                x = x,
                dy = dy,
                dw = dw,
                offsets = table,
                scratch = scratch.Pointer + offsets,
                scratchBytes = perThread,
                outParts = outParts,
                inParts = inParts,
            });
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Execute(int index, int participant)
    {
        int inPart = index % inParts, outPart = index / inParts % outParts, group = index / inParts / outParts;
        int kernel = shape.KernelHeight * shape.KernelWidth, slivers = Slivers(shape.GroupOutChannels);
        int firstOut = outPart * slivers / outParts * Width, lastOut = Math.Min(shape.GroupOutChannels, (outPart + 1) * slivers / outParts * Width);
        int firstIn = inPart * shape.GroupInChannels / inParts, lastIn = (inPart + 1) * shape.GroupInChannels / inParts;
        int channels = lastIn - firstIn, taps = channels * kernel;
        slivers = Slivers(lastOut - firstOut);
        T* padded = (T*)(scratch + (participant * scratchBytes));
        T* columns = padded + (Aligned(planes.Elements(channels) * sizeof(T)) / sizeof(T));
        T* sums = columns + (Aligned((long)shape.OutPlane * Width * slivers * sizeof(T)) / sizeof(T));
        nint count = (nint)taps * Width * slivers;
        T* totals = sums + count, lost = totals + count;
        NativeMemory.Clear(sums, (nuint)((IsLong(shape) ? 3 * count : count) * sizeof(T)));
        long terms = 0;
        for (int image = 0; image < shape.Batch; image++)
        {
            planes.Fill(x + ((((long)image * shape.InChannels) + (group * shape.GroupInChannels) + firstIn) * shape.InPlane), channels, padded);
            T* gradient = dy + ((((long)image * shape.OutChannels) + (group * shape.GroupOutChannels) + firstOut) * shape.OutPlane);
            for (int sliver = 0; sliver < slivers; sliver++)
            {
                int width = Math.Min(Width, lastOut - firstOut - (sliver * Width));
                GemmPacking.Transposed(
                    gradient + ((long)sliver * Width * shape.OutPlane), shape.OutPlane, width, shape.OutPlane, Width, columns + ((long)sliver * Width * shape.OutPlane));
            }

            for (int row = 0; row < shape.OutHeight;)
            {
                int rows = Math.Clamp(CompensatedSum.Terms / Math.Max(1, shape.OutWidth), 1, shape.OutHeight - row);
                for (int column = 0; column < shape.OutWidth;)
                {
                    int width = rows > 1 ? shape.OutWidth : Math.Min(shape.OutWidth - column, CompensatedSum.Terms);
                    for (int sliver = 0; sliver < slivers; sliver++)
                    {
                        T* from = columns + ((((long)sliver * shape.OutPlane) + ((long)row * shape.OutWidth) + column) * Width);
                        Add(taps, rows, width, padded + ((nint)row * shape.StrideHeight * planes.Width) + ((nint)column * shape.StrideWidth), from, sums + ((long)sliver * Width * taps));
                    }

                    column += width;
                    terms += rows * width;
                    if (IsLong(shape) && terms >= CompensatedSum.Terms)
                    {
                        CompensatedSum.Add<T, TVector, TSimd>(sums, totals, lost, count);
                        NativeMemory.Clear(sums, (nuint)(count * sizeof(T)));
                        terms = 0;
                    }
                }

                row += rows;
            }
        }

        if (IsLong(shape))
        {
            CompensatedSum.Add<T, TVector, TSimd>(sums, totals, lost, count);
            CompensatedSum.Finish(totals, lost, sums, count);
        }

        // The sums lie as [sliver, tap, channel in sliver].
        for (int o = firstOut; o < lastOut; o++)
        {
            T* to = dw + (((long)((group * shape.GroupOutChannels) + o) * shape.PatchSize) + (firstIn * kernel));
            T* from = sums + ((long)((o - firstOut) / Width) * Width * taps) + ((o - firstOut) % Width);
            for (int tap = 0; tap < taps; tap++)
                to[tap] = from[(nint)tap * Width];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Add(int taps, int height, int width, T* padded, T* columns, T* sums)
    {
        nint step = shape.StrideWidth, rowStep = (nint)shape.StrideHeight * planes.Width;
        int panels = (taps + TapTile.MaxTaps - 1) / TapTile.MaxTaps;
        for (int panel = 0; panel < panels; panel++)
        {
            int first = (int)((long)panel * taps / panels), rows = (int)((long)(panel + 1) * taps / panels) - first;
            int* from = offsets + first;
            T* to = sums + ((long)first * Width);
            switch (rows)
            {
                case 1: TapTile.Run<T, TVector, TSimd, Rows1>(height, width, padded, rowStep, step, from, columns, to); break;
                case 2: TapTile.Run<T, TVector, TSimd, Rows2>(height, width, padded, rowStep, step, from, columns, to); break;
                case 3: TapTile.Run<T, TVector, TSimd, Rows3>(height, width, padded, rowStep, step, from, columns, to); break;
                case 4: TapTile.Run<T, TVector, TSimd, Rows4>(height, width, padded, rowStep, step, from, columns, to); break;
                case 5: TapTile.Run<T, TVector, TSimd, Rows5>(height, width, padded, rowStep, step, from, columns, to); break;
                default: TapTile.Run<T, TVector, TSimd, Rows6>(height, width, padded, rowStep, step, from, columns, to); break;
            }
        }
    }

    /// <summary>Whether a sum has more terms than may be added one after the other.</summary>
    private static bool IsLong(in ConvolutionShape shape) => (long)shape.Batch * shape.OutPlane > CompensatedSum.Terms;

    private static int Slivers(int channels) => (channels + Width - 1) / Width;

    private static long Aligned(long bytes) => (bytes + 63) & ~63;
}

/// <summary>Chooses the vector width of a weight gradient at run time.</summary>
internal static unsafe class TapGradient
{
    public static void Run<T>(in ConvolutionShape shape, T* x, T* dy, T* dw, SimdWidth width, Workers workers)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        switch (SimdWidths.Compiled(width))
        {
            case SimdWidth.Vector512: TapGradient<T, Vector512<T>, Simd512<T>>.Run(shape, x, dy, dw, workers); break;
            case SimdWidth.Vector256: TapGradient<T, Vector256<T>, Simd256<T>>.Run(shape, x, dy, dw, workers); break;
            default: TapGradient<T, Vector128<T>, Simd128<T>>.Run(shape, x, dy, dw, workers); break;
        }
    }
}
