using System.Numerics;
using System.Runtime.Intrinsics;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Kernels;

/// <summary>
/// Convolution with 3×3 and 5×5 kernels and its two gradients by Winograd's minimal filtering: 4 and 2.8 times fewer multiplications than sums over
/// patches. Single precision alone; results differ from those sums by rounding, and a pixel that is not finite makes its whole tile not a number.
/// </summary>
internal static unsafe class Winograd
{
    // With fewer channels on either side the transforms cost more than the products save.
    private const int FewChannels = 8;

    // Transforms of one vector of channels of one tile, in multiply-adds of a vector.
    private const int DataCost = 220, OutputCost = 120;

    // Transform of one vector of weights, shared by the images of a small batch: the choice must not depend on the batch.
    private const int WeightCost = 40;

    // Transformed weights of more bytes do not stay in the last-level cache between images. A line that comes from memory takes as long as so many multiply-adds of vectors.
    private const long MostNear = 16 << 20;
    private const int LineCost = 16;

    private const long MostRowBytes = 64 << 20;

    /// <summary>Whether the convolution has a form for which this pays.</summary>
    public static bool Suits<T>(in ConvolutionShape shape)
        where T : unmanaged
    {
        if (typeof(T) != typeof(float)
            || shape is not { StrideHeight: 1, StrideWidth: 1, DilationHeight: 1, DilationWidth: 1, PadTop: >= 0, PadLeft: >= 0, PadBottom: >= 0, PadRight: >= 0 }
            || shape.KernelHeight != shape.KernelWidth || shape.KernelHeight is not (3 or 5)
            || shape.GroupInChannels < FewChannels || shape.GroupOutChannels < FewChannels || shape.OutPlane == 0 || shape.Batch == 0)
        {
            return false;
        }

        int lanes = SimdWidths.Lanes<T>(SimdWidths.Best);
        WinogradShape tiling = new(shape, lanes);
        long ins = tiling.Whole(shape.GroupInChannels) / lanes, outs = tiling.WholePairs(shape.GroupOutChannels) / lanes;
        long tiles = (long)tiling.TileRows * tiling.TilesAcross, taps = shape.KernelHeight * shape.KernelWidth;
        // A row of tiles is transformed at once.
        if (36L * tiling.TilesAcross * (ins + outs) * lanes * sizeof(float) > MostRowBytes)
            return false;
        long lines = 36L * shape.GroupInChannels * outs;
        long products = lines * (lines * lanes * sizeof(float) > MostNear ? Math.Max(tiles, LineCost) : tiles), transforms = tiles * ((DataCost * ins) + (OutputCost * outs));
        long weights = WeightCost * shape.GroupInChannels * outs;
        return products + transforms + weights < (long)shape.OutPlane * taps * shape.GroupInChannels * outs * 4 / 5;
    }

    /// <summary>y = conv(x, w) + bias, rectified if asked; arguments as those of <see cref="Convolution.Forward{T}"/>.</summary>
    public static void Forward<T>(
        in ConvolutionShape shape, ReadOnlySpan<T> x, ReadOnlySpan<T> w, ReadOnlySpan<T> bias, Span<T> y, Workers workers, bool relu = false, Storage? packed = null)
        where T : unmanaged, INumber<T>
    {
        shape.Require(x.Length, w.Length, y.Length);
        if (!bias.IsEmpty && bias.Length < shape.OutChannels)
            throw new ArgumentException($"The bias needs {shape.OutChannels} values; it has {bias.Length}.", nameof(bias));
        fixed (T* px = x, pw = w, pb = bias, py = y)
            Forward(SimdWidths.Best, shape, px, pw, pb, relu, py, workers, packed);
    }

    /// <summary>dx = gradient of ⟨dy, conv(x, w)⟩ with respect to x, overwritten: the convolution of dy with the flipped kernels.</summary>
    public static void InputGradient<T>(in ConvolutionShape shape, ReadOnlySpan<T> dy, ReadOnlySpan<T> w, Span<T> dx, Workers workers)
        where T : unmanaged, INumber<T>
    {
        shape.Require(dx.Length, w.Length, dy.Length);
        fixed (T* py = dy, pw = w, px = dx)
            Run(SimdWidths.Best, Convolution.Adjoint(shape), py, pw, true, null, false, px, workers, null);
    }

    /// <summary>dw = gradient of ⟨dy, conv(x, w)⟩ with respect to w, overwritten.</summary>
    public static void WeightGradient<T>(in ConvolutionShape shape, ReadOnlySpan<T> x, ReadOnlySpan<T> dy, Span<T> dw, Workers workers)
        where T : unmanaged, INumber<T>
    {
        shape.Require(x.Length, dw.Length, dy.Length);
        fixed (T* px = x, py = dy, pw = dw)
            WeightGradient(SimdWidths.Best, shape, px, py, pw, workers);
    }

    /// <summary>As <see cref="Forward{T}(in ConvolutionShape, ReadOnlySpan{T}, ReadOnlySpan{T}, ReadOnlySpan{T}, Span{T}, Workers, bool, Storage?)"/>, with vectors of a given width.</summary>
    public static void Forward<T>(SimdWidth width, in ConvolutionShape shape, T* x, T* w, T* bias, bool relu, T* y, Workers workers, Storage? packed)
        where T : unmanaged, INumber<T> => Run(width, shape, x, w, false, bias, relu, y, workers, packed is null ? null : (T*)packed.Address);

    private static void Run<T>(SimdWidth width, in ConvolutionShape shape, T* x, T* w, bool flipped, T* bias, bool relu, T* y, Workers workers, T* ready)
        where T : unmanaged, INumber<T>
    {
        switch (SimdWidths.Compiled(width), shape.KernelHeight)
        {
            case (SimdWidth.Vector512, 3): WinogradForward<T, Vector512<T>, Simd512<T>, Rows3, Rows4>.Run(shape, x, w, flipped, bias, relu, y, workers, ready); break;
            case (SimdWidth.Vector512, _): WinogradForward<T, Vector512<T>, Simd512<T>, Rows5, Rows2>.Run(shape, x, w, flipped, bias, relu, y, workers, ready); break;
            case (SimdWidth.Vector256, 3): WinogradForward<T, Vector256<T>, Simd256<T>, Rows3, Rows4>.Run(shape, x, w, flipped, bias, relu, y, workers, ready); break;
            case (SimdWidth.Vector256, _): WinogradForward<T, Vector256<T>, Simd256<T>, Rows5, Rows2>.Run(shape, x, w, flipped, bias, relu, y, workers, ready); break;
            case (_, 3): WinogradForward<T, Vector128<T>, Simd128<T>, Rows3, Rows4>.Run(shape, x, w, flipped, bias, relu, y, workers, ready); break;
            default: WinogradForward<T, Vector128<T>, Simd128<T>, Rows5, Rows2>.Run(shape, x, w, flipped, bias, relu, y, workers, ready); break;
        }
    }

    /// <summary>As <see cref="WeightGradient{T}(in ConvolutionShape, ReadOnlySpan{T}, ReadOnlySpan{T}, Span{T}, Workers)"/>, with vectors of a given width.</summary>
    public static void WeightGradient<T>(SimdWidth width, in ConvolutionShape shape, T* x, T* dy, T* dw, Workers workers)
        where T : unmanaged, INumber<T>
    {
        switch (SimdWidths.Compiled(width), shape.KernelHeight)
        {
            case (SimdWidth.Vector512, 3): WinogradWeightGradient<T, Vector512<T>, Simd512<T>, Rows3, Rows4>.Run(shape, x, dy, dw, workers); break;
            case (SimdWidth.Vector512, _): WinogradWeightGradient<T, Vector512<T>, Simd512<T>, Rows5, Rows2>.Run(shape, x, dy, dw, workers); break;
            case (SimdWidth.Vector256, 3): WinogradWeightGradient<T, Vector256<T>, Simd256<T>, Rows3, Rows4>.Run(shape, x, dy, dw, workers); break;
            case (SimdWidth.Vector256, _): WinogradWeightGradient<T, Vector256<T>, Simd256<T>, Rows5, Rows2>.Run(shape, x, dy, dw, workers); break;
            case (_, 3): WinogradWeightGradient<T, Vector128<T>, Simd128<T>, Rows3, Rows4>.Run(shape, x, dy, dw, workers); break;
            default: WinogradWeightGradient<T, Vector128<T>, Simd128<T>, Rows5, Rows2>.Run(shape, x, dy, dw, workers); break;
        }
    }

    /// <summary>Transforms weights so that convolutions with them need not: the last argument of Forward, beside the weights themselves.</summary>
    public static Storage Pack<T>(in ConvolutionShape shape, ReadOnlySpan<T> w)
        where T : unmanaged, INumber<T>
    {
        fixed (T* pw = w)
        {
            return (SimdWidths.Best, shape.KernelHeight) switch
            {
                (SimdWidth.Vector512, 3) => Pack<T, Vector512<T>, Simd512<T>, Rows3>(shape, pw),
                (SimdWidth.Vector512, _) => Pack<T, Vector512<T>, Simd512<T>, Rows5>(shape, pw),
                (SimdWidth.Vector256, 3) => Pack<T, Vector256<T>, Simd256<T>, Rows3>(shape, pw),
                (SimdWidth.Vector256, _) => Pack<T, Vector256<T>, Simd256<T>, Rows5>(shape, pw),
                (_, 3) => Pack<T, Vector128<T>, Simd128<T>, Rows3>(shape, pw),
                _ => Pack<T, Vector128<T>, Simd128<T>, Rows5>(shape, pw),
            };
        }
    }

    private static Storage Pack<T, TVector, TSimd, TKernel>(in ConvolutionShape shape, T* w)
        where T : unmanaged, INumber<T>
        where TVector : struct
        where TSimd : struct, ISimd<T, TVector>
        where TKernel : struct, IRows
    {
        using Workers alone = new(1);
        Storage packed = new(WinogradWeights<T, TVector, TSimd, TKernel>.Count(shape) * sizeof(T));
        WinogradWeights<T, TVector, TSimd, TKernel>.Run(shape, w, false, (T*)packed.Address, alone);
        return packed;
    }
}
