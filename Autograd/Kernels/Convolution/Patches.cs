using System.Numerics;

namespace Toolkit.Autograd.Kernels;

/// <summary>Rows of the patch matrix of an image: row (c, ky, kx) holds x[c, oy·stride + ky·dilation − pad, ...] for every output (oy, ox).</summary>
internal static unsafe class Patches
{
    /// <summary>Copies elements [first, first + count) of a row; positions in the padding give 0.</summary>
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

    /// <summary>Adds a whole patch matrix back to the image it would have come from (the adjoint of taking patches).</summary>
    public static void Add<T>(in ConvolutionShape shape, T* patches, T* planes)
        where T : unmanaged, INumber<T>
    {
        int outWidth = shape.OutWidth, outHeight = shape.OutHeight, stride = shape.StrideWidth;
        for (int row = 0; row < shape.PatchSize; row++)
        {
            T* plane = Tap(shape, planes, row, out long dy, out long dx);
            Valid(shape, dx, out int begin, out int end);
            for (int oy = 0; oy < outHeight; oy++, patches += outWidth)
            {
                long y = ((long)oy * shape.StrideHeight) + dy;
                if ((ulong)y >= (ulong)shape.InHeight)
                    continue;
                T* target = plane + ((nint)y * shape.InWidth) + dx;
                for (int i = begin; i < end; i++)
                    target[(nint)i * stride] += patches[i];
            }
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
