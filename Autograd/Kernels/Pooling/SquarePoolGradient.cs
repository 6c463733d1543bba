using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Toolkit.Autograd.Kernels;

/// <summary>
/// The gradient of max pooling over windows of 2 × 2 that lie side by side, in single precision: four windows at a time, which write all of their eight numbers in both rows, so that nothing
/// is cleared first and no place is kept.
/// </summary>
internal unsafe struct SquarePoolGradient : IJob
{
    private const int Windows = 4;

    public PoolingShape Shape;
    public float* X;
    public float* Dx;
    public float* Dy;

    /// <summary>Whether all windows lie inside the image and none reaches into another.</summary>
    public static bool Handles(in PoolingShape shape) =>
        shape is { KernelHeight: 2, KernelWidth: 2, StrideHeight: 2, StrideWidth: 2, DilationHeight: 1, DilationWidth: 1, PadTop: 0, PadLeft: 0, OutWidth: >= Windows }
        && shape.OutHeight == shape.InHeight / 2 && shape.OutWidth == shape.InWidth / 2;

    /// <summary>Writes the gradient of one plane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Execute(int index, int participant)
    {
        int width = Shape.InWidth, count = Shape.OutWidth;
        float* x = X + ((nint)index * Shape.InPlane), dx = Dx + ((nint)index * Shape.InPlane), dy = Dy + ((nint)index * Shape.OutPlane);
        for (int row = 0; row < Shape.OutHeight; row++, x += 2 * width, dx += 2 * width, dy += count)
        {
            for (int done = 0; done < count; done += Windows)
            {
                // The last four overlap the ones before and write the same numbers once more.
                int first = Math.Min(done, count - Windows);
                Run(x + (2 * first), dx + (2 * first), width, Vector128.Load(dy + first));
            }

            if (width > 2 * count)
                dx[width - 1] = dx[(2 * width) - 1] = 0;
        }

        if (Shape.InHeight > 2 * Shape.OutHeight)
            new Span<float>(dx, width).Clear();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Run(float* x, float* dx, int width, Vector128<float> g)
    {
        (Vector128<float> a, Vector128<float> b) = Part(Vector128.Load(x), Vector128.Load(x + 4));
        (Vector128<float> c, Vector128<float> d) = Part(Vector128.Load(x + width), Vector128.Load(x + width + 4));
        Vector128<float> second = MaxPoolingRow.Exceeds(b, a);
        Vector128<float> maximum = Vector128.ConditionalSelect(second, b, a);
        Vector128<float> third = MaxPoolingRow.Exceeds(c, maximum);
        maximum = Vector128.ConditionalSelect(third, c, maximum);
        Vector128<float> fourth = MaxPoolingRow.Exceeds(d, maximum);
        Vector128<float> upper = Vector128.AndNot(g, third | fourth), lower = Vector128.AndNot(g, fourth);
        Join(Vector128.AndNot(upper, second), upper & second, dx);
        Join(lower & third, g & fourth, dx + width);
    }

    /// <summary>The numbers at even and at odd places.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector128<float> Even, Vector128<float> Odd) Part(Vector128<float> low, Vector128<float> high)
    {
        if (Sse.IsSupported)
            return (Sse.Shuffle(low, high, 0b10_00_10_00), Sse.Shuffle(low, high, 0b11_01_11_01));
        if (AdvSimd.Arm64.IsSupported)
            return (AdvSimd.Arm64.UnzipEven(low, high), AdvSimd.Arm64.UnzipOdd(low, high));
        return (Vector128.Create(low[0], low[2], high[0], high[2]), Vector128.Create(low[1], low[3], high[1], high[3]));
    }

    /// <summary>Stores numbers at even and at odd places.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Join(Vector128<float> even, Vector128<float> odd, float* to)
    {
        (Vector128<float> low, Vector128<float> high) = Sse.IsSupported ? (Sse.UnpackLow(even, odd), Sse.UnpackHigh(even, odd))
            : AdvSimd.Arm64.IsSupported ? (AdvSimd.Arm64.ZipLow(even, odd), AdvSimd.Arm64.ZipHigh(even, odd))
            : (Vector128.Create(even[0], odd[0], even[1], odd[1]), Vector128.Create(even[2], odd[2], even[3], odd[3]));
        low.Store(to);
        high.Store(to + 4);
    }
}
