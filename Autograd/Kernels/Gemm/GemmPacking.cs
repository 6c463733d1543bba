using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Toolkit.Autograd.Kernels;

/// <summary>Copies parts of matrices into the dense panels that <see cref="GemmTile"/> reads.</summary>
internal static unsafe class GemmPacking
{
    /// <summary>destination[p, j] = source[p, j], j &lt; columns, zeros up to <paramref name="width"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Straight<T>(T* source, nint leading, int columns, int count, int width, T* destination)
        where T : unmanaged
    {
        int lanes = Vector128<T>.Count;
        if (columns < width)
            new Span<T>(destination, width * count).Clear();
        if (columns < lanes)
        {
            for (int p = 0; p < count; p++, source += leading, destination += width)
            {
                for (int j = 0; j < columns; j++)
                    destination[j] = source[j];
            }

            return;
        }

        // Slivers and panels of usual widths go row by row, as their lines lie.
        switch (columns * sizeof(T))
        {
            case 32: Rows<T, Vector256<T>, None>(source, leading, count, width, destination); return;
            case 48: Rows<T, Vector256<T>, Vector128<T>>(source, leading, count, width, destination); return;
            case 64: Rows<T, Vector512<T>, None>(source, leading, count, width, destination); return;
            case 128: Rows<T, Vector512<T>, Vector512<T>>(source, leading, count, width, destination); return;
        }

        // Column by column of vectors: the inner loop has nothing but a load and a store. The last vector overlaps the one before.
        for (int j = 0; j < columns; j += lanes)
        {
            int at = Math.Min(j, columns - lanes);
            T* from = source + at, to = destination + at;
            for (int p = 0; p < count; p++, from += leading, to += width)
                Vector128.Load(from).Store(to);
        }
    }

    /// <summary>Copies rows that are as long as one vector and another beside it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Rows<T, TFirst, TSecond>(T* source, nint leading, int count, int width, T* destination)
        where T : unmanaged
        where TFirst : unmanaged
        where TSecond : unmanaged
    {
        int second = sizeof(TFirst) / sizeof(T);
        for (int p = 0; p < count; p++, source += leading, destination += width)
        {
            *(TFirst*)destination = *(TFirst*)source;
            if (typeof(TSecond) != typeof(None))
                *(TSecond*)(destination + second) = *(TSecond*)(source + second);
        }
    }

    /// <summary>destination[p, j] = source[j, p], j &lt; columns, zeros up to <paramref name="width"/>.</summary>
    public static void Transposed<T>(T* source, nint leading, int columns, int count, int width, T* destination)
        where T : unmanaged
    {
        if (columns < width)
            new Span<T>(destination, width * count).Clear();
        Transpose(source, leading, columns, count, width, destination);
    }

    /// <summary>destination[p, j] = source[j, p], j &lt; columns, p &lt; count; rows of the destination are <paramref name="width"/> apart.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Transpose<T>(T* source, nint leading, int columns, int count, nint width, T* destination)
        where T : unmanaged
    {
        int j = 0;
        if (Sse2.IsSupported || AdvSimd.Arm64.IsSupported)
        {
            // Bits are moved, whatever they stand for.
            if (typeof(T) == typeof(float) || typeof(T) == typeof(int))
            {
                for (; Avx.IsSupported && j <= columns - 8; j += 8)
                    Eight((float*)(source + (j * leading)), leading, count, width, (float*)(destination + j));
                for (; j <= columns - 4; j += 4)
                    Four((float*)(source + (j * leading)), leading, count, width, (float*)(destination + j));
                for (; j <= columns - 2; j += 2)
                    Two((float*)(source + (j * leading)), leading, count, width, (float*)(destination + j));
            }
            else if (typeof(T) == typeof(double))
            {
                for (; j <= columns - 2; j += 2)
                    Two((double*)(source + (j * leading)), leading, count, width, (double*)(destination + j));
            }
        }

        for (; j < columns; j++)
        {
            T* from = source + (j * leading);
            T* to = destination + j;
            for (int p = 0; p < count; p++, to += width)
                *to = from[p];
        }
    }

    // Halves of rows r and r + 4 are loaded into one vector, so that nothing crosses the halves of a vector afterwards.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Eight(float* source, nint leading, int count, nint width, float* destination)
    {
        float* r0 = source, r2 = r0 + (2 * leading), r4 = r2 + (2 * leading), r6 = r4 + (2 * leading);
        int p = 0;
        for (; p <= count - 8; p += 8)
        {
            for (int half = 0; half < 8; half += 4, destination += 4 * width)
            {
                int at = p + half;
                Vector256<float> a = Vector256.Create(Vector128.Load(r0 + at), Vector128.Load(r4 + at));
                Vector256<float> b = Vector256.Create(Vector128.Load(r0 + leading + at), Vector128.Load(r4 + leading + at));
                Vector256<float> c = Vector256.Create(Vector128.Load(r2 + at), Vector128.Load(r6 + at));
                Vector256<float> d = Vector256.Create(Vector128.Load(r2 + leading + at), Vector128.Load(r6 + leading + at));
                Vector256<double> ab = Avx.UnpackLow(a, b).AsDouble(), cd = Avx.UnpackLow(c, d).AsDouble();
                Vector256<double> ab2 = Avx.UnpackHigh(a, b).AsDouble(), cd2 = Avx.UnpackHigh(c, d).AsDouble();
                Avx.UnpackLow(ab, cd).AsSingle().Store(destination);
                Avx.UnpackHigh(ab, cd).AsSingle().Store(destination + width);
                Avx.UnpackLow(ab2, cd2).AsSingle().Store(destination + (2 * width));
                Avx.UnpackHigh(ab2, cd2).AsSingle().Store(destination + (3 * width));
            }
        }

        for (; p < count; p++, destination += width)
        {
            for (int r = 0; r < 8; r++)
                destination[r] = r0[(r * leading) + p];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Four(float* source, nint leading, int count, nint width, float* destination)
    {
        float* r0 = source, r1 = r0 + leading, r2 = r1 + leading, r3 = r2 + leading;
        int p = 0;
        for (; p <= count - 4; p += 4, destination += 4 * width)
        {
            Vector128<float> a = Vector128.Load(r0 + p), b = Vector128.Load(r1 + p), c = Vector128.Load(r2 + p), d = Vector128.Load(r3 + p);
            Vector128<double> ab = Low(a, b).AsDouble(), cd = Low(c, d).AsDouble();
            Vector128<double> ab2 = High(a, b).AsDouble(), cd2 = High(c, d).AsDouble();
            Low(ab, cd).AsSingle().Store(destination);
            High(ab, cd).AsSingle().Store(destination + width);
            Low(ab2, cd2).AsSingle().Store(destination + (2 * width));
            High(ab2, cd2).AsSingle().Store(destination + (3 * width));
        }

        for (; p < count; p++, destination += width)
            (destination[0], destination[1], destination[2], destination[3]) = (r0[p], r1[p], r2[p], r3[p]);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Two(float* source, nint leading, int count, nint width, float* destination)
    {
        float* r0 = source, r1 = r0 + leading;
        int p = 0;
        for (; p <= count - 4; p += 4, destination += 4 * width)
        {
            Vector128<float> a = Vector128.Load(r0 + p), b = Vector128.Load(r1 + p);
            Vector128<double> low = Low(a, b).AsDouble(), high = High(a, b).AsDouble();
            *(double*)destination = low.ToScalar();
            *(double*)(destination + width) = low.GetElement(1);
            *(double*)(destination + (2 * width)) = high.ToScalar();
            *(double*)(destination + (3 * width)) = high.GetElement(1);
        }

        for (; p < count; p++, destination += width)
            (destination[0], destination[1]) = (r0[p], r1[p]);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Two(double* source, nint leading, int count, nint width, double* destination)
    {
        double* r0 = source, r1 = r0 + leading;
        int p = 0;
        for (; p <= count - 2; p += 2, destination += 2 * width)
        {
            Vector128<double> a = Vector128.Load(r0 + p), b = Vector128.Load(r1 + p);
            Low(a, b).Store(destination);
            High(a, b).Store(destination + width);
        }

        for (; p < count; p++, destination += width)
            (destination[0], destination[1]) = (r0[p], r1[p]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Low(Vector128<float> a, Vector128<float> b) =>
        Sse.IsSupported ? Sse.UnpackLow(a, b) : AdvSimd.Arm64.ZipLow(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> High(Vector128<float> a, Vector128<float> b) =>
        Sse.IsSupported ? Sse.UnpackHigh(a, b) : AdvSimd.Arm64.ZipHigh(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<double> Low(Vector128<double> a, Vector128<double> b) =>
        Sse2.IsSupported ? Sse2.UnpackLow(a, b) : AdvSimd.Arm64.ZipLow(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<double> High(Vector128<double> a, Vector128<double> b) =>
        Sse2.IsSupported ? Sse2.UnpackHigh(a, b) : AdvSimd.Arm64.ZipHigh(a, b);

    /// <summary>In place of a second vector: there is none.</summary>
    private readonly struct None;
}
