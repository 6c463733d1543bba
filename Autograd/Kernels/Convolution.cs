using System.Numerics;

namespace Toolkit.Autograd.Kernels;

/// <summary>2-D convolution (ONNX Conv, a cross-correlation) and its two gradients, as matrix products over patches.</summary>
/// <remarks>
/// Forward: y[n] = W·P(x[n]) with the patches P [C·kH·kW, oH·oW]. Input gradient: x̄[n] = Pᵀ(Wᵀ·ȳ[n]). Weight gradient:
/// W̄ = Σₙ ȳ[n]·P(x[n])ᵀ. Sums run in an order that depends on the shape alone. T is float or double.
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
    public static void Forward<T>(in ConvolutionShape shape, ReadOnlySpan<T> x, ReadOnlySpan<T> w, ReadOnlySpan<T> bias, Span<T> y, Workers workers)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        shape.Require(x.Length, w.Length, y.Length);
        if (!bias.IsEmpty && bias.Length < shape.OutChannels)
            throw new ArgumentException($"The bias needs {shape.OutChannels} values; it has {bias.Length}.", nameof(bias));
        int m = shape.GroupOutChannels, n = shape.OutPlane, k = shape.PatchSize;
        if (m == 0 || n == 0)
            return;
        fixed (T* px = x, pw = w, pb = bias, py = y)
        {
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
                    };
                    T* planes = px + ((((nint)image * shape.InChannels) + (group * shape.GroupInChannels)) * shape.InPlane);
                    GemmJob.Run(problem, new PatchPanel<T>(shape, planes), SimdWidths.Best, workers);
                }
            }
        }
    }

    /// <summary>dx = gradient of ⟨dy, conv(x, w)⟩ with respect to x, overwritten.</summary>
    public static void InputGradient<T>(in ConvolutionShape shape, ReadOnlySpan<T> dy, ReadOnlySpan<T> w, Span<T> dx, Workers workers)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        shape.Require(dx.Length, w.Length, dy.Length);
        int k = shape.GroupOutChannels, n = shape.OutPlane, m = shape.PatchSize;
        dx.Clear();
        if (m == 0 || n == 0)
            return;
        using Scratch scratch = workers.Rent((long)m * n * sizeof(T));
        T* patches = (T*)scratch.Pointer;
        fixed (T* py = dy, pw = w, px = dx)
        {
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
                        Lda = m,
                        TransposeA = true,
                        C = patches,
                        Ldc = n,
                    };
                    T* gradient = py + ((((nint)image * shape.OutChannels) + (group * k)) * n);
                    GemmJob.Run(problem, new MatrixPanel<T>(gradient, n, false), SimdWidths.Best, workers);
                    Patches.Add(shape, patches, px + ((((nint)image * shape.InChannels) + (group * shape.GroupInChannels)) * shape.InPlane));
                }
            }
        }
    }

    /// <summary>dw = gradient of ⟨dy, conv(x, w)⟩ with respect to w, overwritten.</summary>
    public static void WeightGradient<T>(in ConvolutionShape shape, ReadOnlySpan<T> x, ReadOnlySpan<T> dy, Span<T> dw, Workers workers)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        shape.Require(x.Length, dw.Length, dy.Length);
        int m = shape.GroupOutChannels, k = shape.OutPlane, n = shape.PatchSize;
        dw.Clear();
        if (m == 0 || n == 0 || k == 0)
            return;
        fixed (T* px = x, py = dy, pw = dw)
        {
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
                        Beta = T.One,
                        A = py + ((((nint)image * shape.OutChannels) + (group * m)) * k),
                        Lda = k,
                        C = pw + ((nint)group * m * n),
                        Ldc = n,
                    };
                    T* planes = px + ((((nint)image * shape.InChannels) + (group * shape.GroupInChannels)) * shape.InPlane);
                    GemmJob.Run(problem, new TransposedPatchPanel<T>(shape, planes), SimdWidths.Best, workers);
                }
            }
        }
    }
}
