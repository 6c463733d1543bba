namespace Toolkit.Autograd.Kernels;

/// <summary>The sizes of 2-D pooling as ONNX MaxPool and AveragePool define them; the output sizes are given, so ceil_mode is the caller's.</summary>
internal readonly record struct PoolingShape
{
    /// <summary>Creates a shape with strides and dilations of 1 and no padding unless set.</summary>
    public PoolingShape()
    {
    }

    /// <summary>Gets N · C, the number of planes.</summary>
    public required int Planes { get; init; }

    public required int InHeight { get; init; }

    public required int InWidth { get; init; }

    public required int OutHeight { get; init; }

    public required int OutWidth { get; init; }

    public required int KernelHeight { get; init; }

    public required int KernelWidth { get; init; }

    public int StrideHeight { get; init; } = 1;

    public int StrideWidth { get; init; } = 1;

    public int PadTop { get; init; }

    public int PadLeft { get; init; }

    /// <summary>Gets the padding below; average pooling counts it if asked to.</summary>
    public int PadBottom { get; init; }

    /// <summary>Gets the padding on the right; average pooling counts it if asked to.</summary>
    public int PadRight { get; init; }

    public int DilationHeight { get; init; } = 1;

    public int DilationWidth { get; init; } = 1;

    /// <summary>Gets H · W.</summary>
    public int InPlane => InHeight * InWidth;

    /// <summary>Gets oH · oW.</summary>
    public int OutPlane => OutHeight * OutWidth;

    /// <summary>Gets the windows of a row whose columns all lie inside the image, the first and the one behind the last; the first is not above it.</summary>
    public (int First, int End) InnerColumns
    {
        get
        {
            long first = Math.Min(OutWidth, ((long)PadLeft + StrideWidth - 1) / StrideWidth);
            long room = InWidth + (long)PadLeft - 1 - ((KernelWidth - 1L) * DilationWidth);
            return ((int)first, room < 0 ? (int)first : (int)Math.Clamp((room / StrideWidth) + 1, first, OutWidth));
        }
    }

    /// <summary>Checks the lengths of an input-sized and an output-sized span.</summary>
    public void Require(int input, int output)
    {
        if (input < (long)Planes * InPlane || output < (long)Planes * OutPlane)
            throw new ArgumentException($"Pooling of {this} needs {(long)Planes * InPlane} inputs and {(long)Planes * OutPlane} outputs; the spans have {input} and {output}.");
    }
}
