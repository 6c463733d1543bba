using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Toolkit.Autograd.Kernels;

/// <summary>Rows of the patch matrix of an image: row (c, ky, kx) holds x[c, oy·stride + ky·dilation − pad, ...] for every output (oy, ox).</summary>
internal static unsafe class Patches
{
    // Below this many elements handing parts over costs more than it saves.
    private const long SmallestShared = 50_000;

    /// <summary>Copies elements [first, first + count) of a row; positions in the padding give 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Row<T>(in ConvolutionShape shape, T* planes, int row, int first, int count, T* destination)
        where T : unmanaged
    {
        T* plane = Tap(shape, planes, row, out long dy, out long dx);
        int outWidth = shape.OutWidth, inWidth = shape.InWidth, stride = shape.StrideWidth;
        Valid(shape, dx, out int begin, out int end);
        for (int oy = first / outWidth, ox = first % outWidth; count > 0; oy++, ox = 0)
        {
            int run = Math.Min(count, outWidth - ox);
            long y = ((long)oy * shape.StrideHeight) + dy;
            if ((ulong)y >= (ulong)shape.InHeight)
            {
                new Span<T>(destination, run).Clear();
            }
            else
            {
                int from = Math.Clamp(begin, ox, ox + run), to = Math.Clamp(end, from, ox + run);
                new Span<T>(destination, from - ox).Clear();
                T* source = plane + ((nint)y * inWidth) + dx;
                if (stride == 1)
                {
                    new ReadOnlySpan<T>(source + from, to - from).CopyTo(new Span<T>(destination + (from - ox), to - from));
                }
                else
                {
                    for (int i = from; i < to; i++)
                        destination[i - ox] = source[(nint)i * stride];
                }

                new Span<T>(destination + (to - ox), ox + run - to).Clear();
            }

            destination += run;
            count -= run;
        }
    }

    /// <summary>Adds a whole patch matrix back to the image it would have come from (the adjoint of taking patches); where patches <see cref="Tile"/> it, they become the image.</summary>
    public static void Add<T>(in ConvolutionShape shape, T* patches, T* planes, Workers workers)
        where T : unmanaged, INumber<T>
    {
        int channels = shape.GroupInChannels;
        int parts = (long)shape.PatchSize * shape.OutPlane < SmallestShared ? 1 : Math.Min(channels, 4 * workers.Threads);
        workers.For(parts, new PatchAddition<T>(shape, patches, planes, parts));
    }

    /// <summary>Whether patches meet every element of the image once, so that they are moved to it, not added.</summary>
    public static bool Tile(in ConvolutionShape shape) => shape is { PadTop: 0, PadLeft: 0, PadBottom: 0, PadRight: 0, DilationHeight: 1, DilationWidth: 1 }
        && shape.KernelHeight == shape.StrideHeight && shape.KernelWidth == shape.StrideWidth
        && shape.InHeight == shape.OutHeight * shape.StrideHeight && shape.InWidth == shape.OutWidth * shape.StrideWidth;

    /// <summary>Moves the patches of one plane to it, where they <see cref="Tile"/> it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void MovePlane<T>(in ConvolutionShape shape, int channel, T* patches, T* planes)
        where T : unmanaged
    {
        int outWidth = shape.OutWidth, outPlane = shape.OutPlane, kernel = shape.KernelWidth, row = kernel * outPlane;
        T* plane = planes + ((nint)channel * shape.InPlane), first = patches + ((nint)channel * shape.KernelHeight * row);
        for (int y = 0; y < shape.InHeight; y++, plane += shape.InWidth)
        {
            T* from = first + ((nint)(y % shape.KernelHeight) * row) + ((nint)(y / shape.KernelHeight) * outWidth);
            int done = kernel == 2 && sizeof(T) == sizeof(float) ? Interleave((float*)from, (float*)(from + outPlane), outWidth, (float*)plane) : 0;
            for (int i = done; i < outWidth; i++)
            {
                for (int tap = 0; tap < kernel; tap++)
                    plane[(i * kernel) + tap] = from[((nint)tap * outPlane) + i];
            }
        }
    }

    /// <summary>target[2i] = first[i], target[2i + 1] = second[i] by whole vectors; gives how many are done.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int Interleave(float* first, float* second, int count, float* target)
    {
        int i = 0;
        for (; Avx.IsSupported && i <= count - 8; i += 8)
        {
            Vector256<float> a = Vector256.Load(first + i), b = Vector256.Load(second + i), low = Avx.UnpackLow(a, b), high = Avx.UnpackHigh(a, b);
            Avx.Permute2x128(low, high, 0x20).Store(target + (2 * i));
            Avx.Permute2x128(low, high, 0x31).Store(target + (2 * i) + 8);
        }

        for (; (Sse.IsSupported || AdvSimd.Arm64.IsSupported) && i <= count - 4; i += 4)
        {
            Vector128<float> a = Vector128.Load(first + i), b = Vector128.Load(second + i);
            (Sse.IsSupported ? Sse.UnpackLow(a, b) : AdvSimd.Arm64.ZipLow(a, b)).Store(target + (2 * i));
            (Sse.IsSupported ? Sse.UnpackHigh(a, b) : AdvSimd.Arm64.ZipHigh(a, b)).Store(target + (2 * i) + 4);
        }

        return i;
    }

    /// <summary>Adds the patches of one plane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddPlane<T>(in ConvolutionShape shape, int channel, T* patches, T* planes)
        where T : unmanaged, INumber<T>
    {
        int outWidth = shape.OutWidth, outHeight = shape.OutHeight, outPlane = outWidth * outHeight, stride = shape.StrideWidth, kernel = shape.KernelHeight * shape.KernelWidth;

        // Two neighbouring taps two apart meet every element between their ends once.
        bool pairs = typeof(T) == typeof(float) && stride == 2 && shape.DilationWidth == 1;
        for (int tap = 0, step; tap < kernel; tap += step)
        {
            step = pairs && (tap % shape.KernelWidth) + 1 < shape.KernelWidth ? 2 : 1;
            int row = (channel * kernel) + tap;
            T* plane = Tap(shape, planes, row, out long dy, out long dx), from = patches + ((nint)row * outPlane);
            Valid(shape, dx, out int begin, out int end);
            Valid(shape, dx + 1, out int begin2, out int end2);
            for (int oy = 0; oy < outHeight; oy++, from += outWidth)
            {
                long y = ((long)oy * shape.StrideHeight) + dy;
                if ((ulong)y >= (ulong)shape.InHeight)
                    continue;
                T* target = plane + ((nint)y * shape.InWidth) + dx;
                if (step == 1)
                {
                    AddRow(from, begin, end, stride, target);
                    continue;
                }

                int both = Math.Max(begin, begin2), last = Math.Max(both, Math.Min(end, end2));
                AddRow(from, begin, Math.Min(both, end), stride, target);
                AddRow(from + outPlane, begin2, Math.Min(both, end2), stride, target + 1);
                AddPairs((float*)from, (float*)(from + outPlane), both, last, (float*)target);
                AddRow(from, Math.Max(begin, last), end, stride, target);
                AddRow(from + outPlane, Math.Max(begin2, last), end2, stride, target + 1);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddRow<T>(T* patches, int begin, int end, int stride, T* target)
        where T : unmanaged, INumber<T>
    {
        for (int i = begin; i < end; i++)
            target[(nint)i * stride] += patches[i];
    }

    // target[2i] += first[i], target[2i + 1] += second[i].
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddPairs(float* first, float* second, int begin, int end, float* target)
    {
        int i = begin;
        if (Sse.IsSupported || AdvSimd.Arm64.IsSupported)
        {
            for (; i <= end - 4; i += 4)
            {
                Vector128<float> a = Vector128.Load(first + i), b = Vector128.Load(second + i);
                float* to = target + (2 * i);
                (Vector128.Load(to) + (Sse.IsSupported ? Sse.UnpackLow(a, b) : AdvSimd.Arm64.ZipLow(a, b))).Store(to);
                (Vector128.Load(to + 4) + (Sse.IsSupported ? Sse.UnpackHigh(a, b) : AdvSimd.Arm64.ZipHigh(a, b))).Store(to + 4);
            }
        }

        for (; i < end; i++)
        {
            target[2 * i] += first[i];
            target[(2 * i) + 1] += second[i];
        }
    }

    private static T* Tap<T>(in ConvolutionShape shape, T* planes, int row, out long dy, out long dx)
        where T : unmanaged
    {
        int kernel = shape.KernelHeight * shape.KernelWidth;
        int tap = row % kernel;
        dy = ((long)(tap / shape.KernelWidth) * shape.DilationHeight) - shape.PadTop;
        dx = ((long)(tap % shape.KernelWidth) * shape.DilationWidth) - shape.PadLeft;
        return planes + ((nint)(row / kernel) * shape.InPlane);
    }

    // Output columns [begin, end) whose input column lies inside the image.
    private static void Valid(in ConvolutionShape shape, long dx, out int begin, out int end)
    {
        int stride = shape.StrideWidth;
        begin = (int)Math.Min(shape.OutWidth, dx >= 0 ? 0 : (-dx + stride - 1) / stride);
        long room = shape.InWidth - 1 - dx;
        end = room < 0 ? begin : (int)Math.Clamp((room / stride) + 1, begin, shape.OutWidth);
    }
}

/// <summary>Brings the patches of some planes back: a plane is added up by one thread, tap after tap.</summary>
internal readonly unsafe struct PatchAddition<T>(ConvolutionShape shape, T* patches, T* planes, int parts) : IJob
    where T : unmanaged, INumber<T>
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Execute(int index, int participant)
    {
        int channels = shape.GroupInChannels;
        bool tile = Patches.Tile(shape);
        for (int channel = (int)((long)index * channels / parts); channel < (int)((long)(index + 1) * channels / parts); channel++)
        {
            if (tile)
                Patches.MovePlane(shape, channel, patches, planes);
            else
                Patches.AddPlane(shape, channel, patches, planes);
        }
    }
}
