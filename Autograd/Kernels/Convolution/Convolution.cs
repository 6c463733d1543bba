using System.Numerics;
using System.Runtime.CompilerServices;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Kernels;

/// <summary>2-D convolution (ONNX Conv, a cross-correlation) and its two gradients, as matrix products over patches.</summary>
/// <remarks>
/// Forward: y[n] = W·P(x[n]) with the patches P [C·kH·kW, oH·oW]. Input gradient: x̄[n] = Pᵀ(Wᵀ·ȳ[n]); with strides in phases (<see cref="PhaseGradient"/>). Weight gradient:
/// W̄ = Σₙ ȳ[n]·P(x[n])ᵀ. With small strides or many output channels, and for every weight gradient, the patches are views of the padded image
/// (<see cref="ShiftedConvolution"/>, <see cref="PixelConvolution"/>, <see cref="TapGradient"/>); otherwise panels of them are copied. Channels by themselves are no product
/// (<see cref="DepthwiseConvolution"/>). Sums run in an order that depends on the
/// shape alone. T is float or double.
/// </remarks>
internal static unsafe class Convolution
{
    /// <summary>y = conv(x, w) + bias.</summary>
    /// <param name="shape">The sizes.</param>
    /// <param name="x">Input, [N, C, H, W].</param>
    /// <param name="w">Weights, [O, C/groups, kH, kW].</param>
    /// <param name="bias">One value per output channel, or empty.</param>
    /// <param name="y">Output, [N, O, oH, oW], overwritten.</param>
    /// <param name="workers">Threads and scratch memory.</param>
    /// <param name="relu">Whether negative results become 0.</param>
    /// <param name="packed">The weights as <see cref="Pack"/> leaves them, or null.</param>
    public static void Forward<T>(
        in ConvolutionShape shape, ReadOnlySpan<T> x, ReadOnlySpan<T> w, ReadOnlySpan<T> bias, Span<T> y, Workers workers, bool relu = false, Storage? packed = null)
        where T : unmanaged, INumber<T>
    {
        shape.Require(x.Length, w.Length, y.Length);
        if (!bias.IsEmpty && bias.Length < shape.OutChannels)
            throw new ArgumentException($"The bias needs {shape.OutChannels} values; it has {bias.Length}.", nameof(bias));
        int m = shape.GroupOutChannels, n = shape.OutPlane, k = shape.PatchSize;
        if (m == 0 || n == 0)
            return;
        fixed (T* px = x, pw = w, pb = bias, py = y)
        {
            if (DepthwiseConvolution.Suits(shape))
            {
                DepthwiseConvolution.Run(shape, px, pw, pb, relu, py, SimdWidths.Best, workers);
                return;
            }

            bool isProduct = IsProduct<T>(shape);
            if (!isProduct && PixelConvolution.Suits<T>(shape))
            {
                PixelConvolution.Run(shape, px, pw, pb, relu, py, SimdWidths.Best, workers, packed);
                return;
            }

            if (!isProduct && ShiftedConvolution.Handles(shape))
            {
                ShiftedConvolution.Run(shape, px, pw, pb, relu, py, SimdWidths.Best, workers, packed);
                return;
            }

            if (isProduct)
            {
                PlaneProducts.Run(
                    new PlaneProducts<T> { Images = shape.Batch, Groups = shape.Groups, Rows = m, Columns = n, Depth = k, Left = pw, Right = px, Result = py, Bias = pb, Relu = relu },
                    SimdWidths.Best,
                    workers);
                return;
            }

            for (int image = 0; image < shape.Batch; image++)
            {
                for (int group = 0; group < shape.Groups; group++)
                {
                    GemmProblem<T> problem = new()
                    {
                        M = m,
                        N = n,
                        K = k,
                        Alpha = T.One,
                        A = pw + ((nint)group * m * k),
                        Lda = k,
                        C = py + ((((nint)image * shape.OutChannels) + (group * m)) * n),
                        Ldc = n,
                        RowBias = pb is null ? null : pb + (group * m),
                        Relu = relu,
                    };
                    T* planes = px + ((((nint)image * shape.InChannels) + (group * shape.GroupInChannels)) * shape.InPlane);
                    GemmJob.Run(problem, new PatchPanel<T>(shape, planes), SimdWidths.Best, workers);
                }
            }
        }
    }

    // A kernel of 1 × 1 that meets every pixel: the planes are the patches. Where pixels leave too much of the vectors empty, output channels fill them better.
    private static bool IsProduct<T>(in ConvolutionShape shape)
        where T : unmanaged
    {
        if (shape is not { KernelHeight: 1, KernelWidth: 1, HasUnitStrides: true, PadTop: 0, PadLeft: 0, PadBottom: 0, PadRight: 0 })
            return false;
        int lanes = SimdWidths.Lanes<T>(SimdWidths.Best), pixels = shape.OutPlane;
        return (long)((pixels + lanes - 1) / lanes * lanes) * 10 <= (long)pixels * 11;
    }

    /// <summary>The form in which <see cref="Forward"/> reads weights of a convolution; null where it reads them as they are.</summary>
    public static string? PackedForm<T>(in ConvolutionShape shape)
        where T : unmanaged =>
        DepthwiseConvolution.Suits(shape) || IsProduct<T>(shape) ? null
        : PixelConvolution.Suits<T>(shape) ? $"pixels, {shape.Groups} groups"
        : ShiftedConvolution.Handles(shape) ? $"panels, {shape.Groups} groups"
        : null;

    /// <summary>Packs weights in that form so that convolutions with them need not.</summary>
    public static Storage Pack<T>(in ConvolutionShape shape, ReadOnlySpan<T> w)
        where T : unmanaged, INumber<T> =>
        PixelConvolution.Suits<T>(shape) ? PixelConvolution.Pack(shape, w, SimdWidths.Best) : ShiftedConvolution.Pack(shape, w, SimdWidths.Best);

    /// <summary>dx = gradient of ⟨dy, conv(x, w)⟩ with respect to x, overwritten.</summary>
    public static void InputGradient<T>(in ConvolutionShape shape, ReadOnlySpan<T> dy, ReadOnlySpan<T> w, Span<T> dx, Workers workers)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        shape.Require(dx.Length, w.Length, dy.Length);
        int k = shape.GroupOutChannels, n = shape.OutPlane, m = shape.PatchSize;
        if (m == 0 || n == 0)
        {
            dx.Clear();
            return;
        }

        ConvolutionShape adjoint = Adjoint(shape);
        if (IsProduct<T>(shape))
        {
            fixed (T* py = dy, pw = w, px = dx)
            {
                PlaneProducts.Run(
                    new PlaneProducts<T> { Images = shape.Batch, Groups = shape.Groups, Rows = m, Columns = n, Depth = k, Left = pw, IsLeftTransposed = true, Right = py, Result = px },
                    SimdWidths.Best,
                    workers);
            }

            return;
        }

        if (shape.HasUnitStrides && ShiftedConvolution.Handles(shape) && ShiftedConvolution.Handles(adjoint))
        {
            using Scratch flipped = workers.Rent((long)w.Length * sizeof(T));
            fixed (T* py = dy, pw = w, px = dx)
            {
                Flip(shape, pw, (T*)flipped.Pointer);
                if (PixelConvolution.Suits<T>(adjoint))
                    PixelConvolution.Run(adjoint, py, (T*)flipped.Pointer, null, false, px, SimdWidths.Best, workers);
                else
                    ShiftedConvolution.Run(adjoint, py, (T*)flipped.Pointer, null, false, px, SimdWidths.Best, workers);
            }

            return;
        }

        if (PhaseGradient.Suits(shape))
        {
            fixed (T* py = dy, pw = w, px = dx)
                PhaseGradient.Run(shape, py, pw, px, workers);
            return;
        }

        if (!Patches.Tile(shape))
            dx.Clear();
        using Scratch scratch = workers.Rent((long)m * n * sizeof(T));
        fixed (T* py = dy, pw = w, px = dx)
        {
            for (int image = 0; image < shape.Batch; image++)
            {
                for (int group = 0; group < shape.Groups; group++)
                {
                    T* planes = px + ((((nint)image * shape.InChannels) + (group * shape.GroupInChannels)) * shape.InPlane), patches = (T*)scratch.Pointer;
                    GemmProblem<T> problem = new()
                    {
                        M = m,
                        N = n,
                        K = k,
                        Alpha = T.One,
                        A = pw + ((nint)group * m * k),
                        Lda = m,
                        TransposeA = true,
                        C = patches,
                        Ldc = n,
                    };
                    T* gradient = py + ((((nint)image * shape.OutChannels) + (group * k)) * n);
                    GemmJob.Run(problem, new MatrixPanel<T>(gradient, n, false), SimdWidths.Best, workers);
                    Patches.Add(shape, patches, planes, workers);
                }
            }
        }
    }

    /// <summary>dw = gradient of ⟨dy, conv(x, w)⟩ with respect to w, overwritten.</summary>
    public static void WeightGradient<T>(in ConvolutionShape shape, ReadOnlySpan<T> x, ReadOnlySpan<T> dy, Span<T> dw, Workers workers)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        shape.Require(x.Length, dw.Length, dy.Length);
        dw.Clear();
        if (shape.OutChannels == 0 || shape.OutPlane == 0 || shape.PatchSize == 0)
            return;
        fixed (T* px = x, py = dy, pw = dw)
        {
            if (shape.CanPad)
                TapGradient.Run(shape, px, py, pw, SimdWidths.Best, workers);
            else
                WeightGradientOfPatches(shape, px, py, pw, workers);
        }
    }

    /// <summary>The weight gradient by patches that are copied, for planes that are too large to be padded.</summary>
    public static void WeightGradientOfPatches<T>(in ConvolutionShape shape, T* x, T* dy, T* dw, Workers workers)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int m = shape.GroupOutChannels, n = shape.PatchSize, k = shape.OutPlane;
        using Scratch scratch = workers.Rent((long)n * k * sizeof(T));
        T* patches = (T*)scratch.Pointer;
        for (int image = 0; image < shape.Batch; image++)
        {
            for (int group = 0; group < shape.Groups; group++)
            {
                T* planes = x + ((((nint)image * shape.InChannels) + (group * shape.GroupInChannels)) * shape.InPlane);
                for (int row = 0; row < n; row++)
                    Patches.Row(shape, planes, row, 0, k, patches + ((nint)row * k));
                GemmProblem<T> problem = new()
                {
                    M = m,
                    N = n,
                    K = k,
                    Alpha = T.One,
                    Beta = image == 0 ? T.Zero : T.One,
                    A = dy + ((((nint)image * shape.OutChannels) + (group * m)) * k),
                    Lda = k,
                    C = dw + ((nint)group * m * n),
                    Ldc = n,
                };
                GemmJob.Run(problem, new MatrixPanel<T>(patches, k, true), SimdWidths.Best, workers);
            }
        }
    }

    // With stride 1 the input gradient is the convolution of the output gradient with the flipped kernel, input and output channels exchanged.
    public static ConvolutionShape Adjoint(in ConvolutionShape shape)
    {
        int reachHeight = shape.DilationHeight * (shape.KernelHeight - 1), reachWidth = shape.DilationWidth * (shape.KernelWidth - 1);
        return shape with
        {
            InChannels = shape.OutChannels,
            OutChannels = shape.InChannels,
            InHeight = shape.OutHeight,
            InWidth = shape.OutWidth,
            PadTop = reachHeight - shape.PadTop,
            PadLeft = reachWidth - shape.PadLeft,
            PadBottom = reachHeight - shape.PadBottom,
            PadRight = reachWidth - shape.PadRight,
        };
    }

    // flipped[c, o, kH − 1 − ky, kW − 1 − kx] = w[o, c, ky, kx] in each group.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Flip<T>(in ConvolutionShape shape, T* w, T* flipped)
        where T : unmanaged
    {
        int kernel = shape.KernelHeight * shape.KernelWidth, inChannels = shape.GroupInChannels, outChannels = shape.GroupOutChannels;
        for (int group = 0; group < shape.Groups; group++, flipped += (nint)inChannels * outChannels * kernel)
        {
            for (int o = 0; o < outChannels; o++)
            {
                for (int c = 0; c < inChannels; c++, w += kernel)
                {
                    T* to = flipped + ((((nint)c * outChannels) + o) * kernel);
                    for (int tap = 0; tap < kernel; tap++)
                        to[kernel - 1 - tap] = w[tap];
                }
            }
        }
    }
}
