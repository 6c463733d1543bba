using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Toolkit.Autograd.Kernels;

/// <summary>
/// The planes of one image with their padding written out. With stride 1 the element that kernel tap t meets at output (oy, ox) then lies at
/// oy·<see cref="Width"/> + ox plus a distance that depends on t alone, so that a row of the patch matrix is a view of the image, not a copy. So it does with a stride s along rows
/// that are written in s phases: first every s-th element from the first on, then from the second on, and so on.
/// </summary>
internal readonly unsafe struct PaddedPlanes
{
    private readonly ConvolutionShape shape;
    private readonly int phases;

    // Elements of one phase of a row.
    private readonly int phase;

    public PaddedPlanes(in ConvolutionShape shape, int phases = 1)
    {
        this.shape = shape;
        this.phases = phases;
        phase = (int)((shape.PaddedWidth + phases - 1) / phases);
        Width = phase * phases;
        Height = shape.InHeight + shape.PadTop + shape.PadBottom;
    }

    /// <summary>Gets the elements of a padded row.</summary>
    public int Width { get; }

    /// <summary>Gets the rows of a padded plane.</summary>
    public int Height { get; }

    /// <summary>Gets the elements of a number of padded planes, with room for a tile that reads beyond the last.</summary>
    public long Elements(int planes) => ((long)planes * Height * Width) + 128;

    /// <summary>Gets a value indicating whether filling planes writes nothing that belongs to the plane behind them, so that threads may fill neighbours.</summary>
    public bool AreApart => phases == 1 ? shape.PadRight == 0 || shape.PadBottom > 0 : shape.PadBottom > 0;

    /// <summary>Copies planes between their padding, and clears the room behind them.</summary>
    public void Fill<T>(T* source, int planes, T* destination)
        where T : unmanaged
    {
        FillPlanes(source, planes, destination);
        new Span<T>(destination + ((nint)planes * Height * Width), 128).Clear();
    }

    /// <summary>Copies planes between their padding.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void FillPlanes<T>(T* source, int planes, T* destination)
        where T : unmanaged
    {
        int width = shape.InWidth, height = shape.InHeight;
        for (int plane = 0; plane < planes; plane++)
        {
            new Span<T>(destination, shape.PadTop * Width).Clear();
            destination += shape.PadTop * Width;
            if (phases == 1)
                FillRows(source, destination);
            else
                FillPhases(source, destination);
            source += (nint)width * height;
            destination += (nint)Width * height;
            new Span<T>(destination, shape.PadBottom * Width).Clear();
            destination += shape.PadBottom * Width;
        }
    }

    /// <summary>Writes the distance of each tap (plane, ky, kx) from the element it would meet without kernel offsets.</summary>
    public void Offsets(int planes, int* offsets)
    {
        int kernel = shape.KernelHeight * shape.KernelWidth, plane = Height * Width;
        for (int tap = 0; tap < Math.Min(kernel, planes * kernel); tap++)
            offsets[tap] = (tap / shape.KernelWidth * shape.DilationHeight * Width) + Place(tap % shape.KernelWidth * shape.DilationWidth);
        for (int tap = kernel; tap < planes * kernel; tap++)
            offsets[tap] = offsets[tap - kernel] + plane;
    }

    /// <summary>Writes where each of some outputs (oy, ox) begins in the padded plane.</summary>
    public void Pixels(int first, int count, int* offsets)
    {
        int width = shape.OutWidth, y = first / width, x = first % width;
        for (int i = 0; i < count; i++)
        {
            offsets[i] = (y * shape.StrideHeight * Width) + (x * shape.StrideWidth);
            if (++x == width)
                (x, y) = (0, y + 1);
        }
    }

    private int Place(int column) => (column % phases * phase) + (column / phases);

    // Rows of a picture are short: whole vectors are moved, and what one writes beyond its place the next overwrites.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void FillRows<T>(T* source, T* destination)
        where T : unmanaged
    {
        int width = shape.InWidth, pad = Math.Max(shape.PadLeft, shape.PadRight);
        if (width >= Vector256<T>.Count && pad <= Vector256<T>.Count)
        {
            for (int y = 0; y < shape.InHeight; y++, source += width, destination += Width)
            {
                T* to = destination + shape.PadLeft;
                Vector256<T>.Zero.Store(destination);
                for (int x = 0; x <= width - Vector256<T>.Count; x += Vector256<T>.Count)
                    Vector256.Load(source + x).Store(to + x);
                Vector256.Load(source + width - Vector256<T>.Count).Store(to + width - Vector256<T>.Count);
                if (shape.PadRight > 0)
                    Vector256<T>.Zero.Store(to + width);
            }
        }
        else if (width >= Vector128<T>.Count && pad <= Vector128<T>.Count)
        {
            for (int y = 0; y < shape.InHeight; y++, source += width, destination += Width)
            {
                T* to = destination + shape.PadLeft;
                Vector128<T>.Zero.Store(destination);
                for (int x = 0; x <= width - Vector128<T>.Count; x += Vector128<T>.Count)
                    Vector128.Load(source + x).Store(to + x);
                Vector128.Load(source + width - Vector128<T>.Count).Store(to + width - Vector128<T>.Count);
                if (shape.PadRight > 0)
                    Vector128<T>.Zero.Store(to + width);
            }
        }
        else
        {
            for (int y = 0; y < shape.InHeight; y++, source += width, destination += Width)
            {
                new Span<T>(destination, shape.PadLeft).Clear();
                new ReadOnlySpan<T>(source, width).CopyTo(new Span<T>(destination + shape.PadLeft, width));
                new Span<T>(destination + shape.PadLeft + width, shape.PadRight).Clear();
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void FillPhases<T>(T* source, T* destination)
        where T : unmanaged
    {
        int width = shape.InWidth, done = 0;
        if (phases == 2 && sizeof(T) == sizeof(float) && shape.PadLeft <= 8 && shape.PadRight < 8 && (Sse.IsSupported || AdvSimd.Arm64.IsSupported))
        {
            FillTwoPhases((float*)source, (float*)destination);
            done = width < 8 ? 0 : width / 2 * 2;
        }
        else
        {
            new Span<T>(destination, Width * shape.InHeight).Clear();
        }

        for (int first = done; first < Math.Min(done + phases, width); first++)
        {
            T* to = destination + Place(first + shape.PadLeft), from = source;
            for (int y = 0; y < shape.InHeight; y++, to += Width, from += width)
            {
                for (int x = first, i = 0; x < width; x += phases, i++)
                    to[i] = from[x];
            }
        }
    }

    // Every second element to one place, the others to another, between zeros, which are written first and beyond their places. The last vectors overlap those before.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void FillTwoPhases(float* source, float* destination)
    {
        int width = shape.InWidth, pairs = width / 2 * 2;
        float* first = destination + Place(shape.PadLeft), second = destination + Place(shape.PadLeft + 1), middle = destination + phase;
        for (int y = 0; y < shape.InHeight; y++, source += width, destination += Width, first += Width, second += Width, middle += Width)
        {
            Vector128<float>.Zero.Store(destination);
            Vector128<float>.Zero.Store(middle);
            Vector128<float>.Zero.Store(first + ((width + 1) / 2));
            Vector128<float>.Zero.Store(second + (width / 2));
            if (Avx512F.IsSupported && pairs >= 32)
            {
                for (int x = 0; x < pairs; x += 32)
                    Part32(source, first, second, Math.Min(x, pairs - 32));
            }
            else if (Avx2.IsSupported && pairs >= 16)
            {
                for (int x = 0; x < pairs; x += 16)
                    Part16(source, first, second, Math.Min(x, pairs - 16));
            }
            else if (pairs >= 8)
            {
                for (int x = 0; x < pairs; x += 8)
                    Part8(source, first, second, Math.Min(x, pairs - 8));
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Part32(float* source, float* first, float* second, int x)
    {
        Vector512<int> even = Vector512.Create(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
        Vector512<float> a = Vector512.Load(source + x), b = Vector512.Load(source + x + 16);
        Avx512F.PermuteVar16x32x2(a, even, b).Store(first + (x / 2));
        Avx512F.PermuteVar16x32x2(a, even + Vector512<int>.One, b).Store(second + (x / 2));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Part16(float* source, float* first, float* second, int x)
    {
        Vector256<float> a = Vector256.Load(source + x), b = Vector256.Load(source + x + 8);
        Avx2.Permute4x64(Avx.Shuffle(a, b, 0b10_00_10_00).AsDouble(), 0b11_01_10_00).AsSingle().Store(first + (x / 2));
        Avx2.Permute4x64(Avx.Shuffle(a, b, 0b11_01_11_01).AsDouble(), 0b11_01_10_00).AsSingle().Store(second + (x / 2));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Part8(float* source, float* first, float* second, int x)
    {
        Vector128<float> a = Vector128.Load(source + x), b = Vector128.Load(source + x + 4);
        (Sse.IsSupported ? Sse.Shuffle(a, b, 0b10_00_10_00) : AdvSimd.Arm64.UnzipEven(a, b)).Store(first + (x / 2));
        (Sse.IsSupported ? Sse.Shuffle(a, b, 0b11_01_11_01) : AdvSimd.Arm64.UnzipOdd(a, b)).Store(second + (x / 2));
    }
}
