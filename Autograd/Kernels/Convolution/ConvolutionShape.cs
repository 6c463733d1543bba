namespace Toolkit.Autograd.Kernels;

/// <summary>The sizes of a 2-D convolution as ONNX Conv defines them: x [N, C, H, W], w [O, C/groups, kH, kW], y [N, O, oH, oW].</summary>
internal readonly record struct ConvolutionShape
{
    // Well below what an int counts, so that tiles may reach beyond the last element.
    private const long MostPadded = 1 << 30;

    // A wider stride reads so little of what is written out that it does not matter.
    private const int MostPhases = 4;

    public required int Batch { get; init; }

    public required int InChannels { get; init; }

    public required int InHeight { get; init; }

    public required int InWidth { get; init; }

    public required int OutChannels { get; init; }

    public required int KernelHeight { get; init; }

    public required int KernelWidth { get; init; }

    public int StrideHeight { get; init; } = 1;

    public int StrideWidth { get; init; } = 1;

    public int PadTop { get; init; }

    public int PadLeft { get; init; }

    public int PadBottom { get; init; }

    public int PadRight { get; init; }

    public int DilationHeight { get; init; } = 1;

    public int DilationWidth { get; init; } = 1;

    public int Groups { get; init; } = 1;

    /// <summary>Creates a shape with strides, dilations and groups of 1 and no padding unless set.</summary>
    public ConvolutionShape()
    {
    }

    /// <summary>Gets the rows of a padded plane.</summary>
    public long PaddedHeight => (long)InHeight + PadTop + PadBottom;

    /// <summary>Gets the elements of a padded row.</summary>
    public long PaddedWidth => (long)InWidth + PadLeft + PadRight;

    /// <summary>Gets ⌊(H + pads − dilation·(kH − 1) − 1) / stride⌋ + 1.</summary>
    public int OutHeight => Out(PaddedHeight, KernelHeight, StrideHeight, DilationHeight);

    /// <summary>Gets ⌊(W + pads − dilation·(kW − 1) − 1) / stride⌋ + 1.</summary>
    public int OutWidth => Out(PaddedWidth, KernelWidth, StrideWidth, DilationWidth);

    /// <summary>Gets C / groups.</summary>
    public int GroupInChannels => InChannels / Groups;

    /// <summary>Gets O / groups.</summary>
    public int GroupOutChannels => OutChannels / Groups;

    /// <summary>Gets the inputs that meet in one output: C/groups · kH · kW.</summary>
    public int PatchSize => GroupInChannels * KernelHeight * KernelWidth;

    /// <summary>Gets oH · oW.</summary>
    public int OutPlane => OutHeight * OutWidth;

    /// <summary>Gets H · W.</summary>
    public int InPlane => InHeight * InWidth;

    /// <summary>Gets a value indicating whether the planes of a group may be written out with their padding (<see cref="PaddedPlanes"/>): none is negative, and they are
    /// not so large that places within them would not fit into an int.</summary>
    public bool CanPad => PadTop >= 0 && PadLeft >= 0 && PadBottom >= 0 && PadRight >= 0
        && PaddedHeight <= MostPadded && PaddedWidth <= MostPadded && PaddedHeight * PaddedWidth <= MostPadded && PaddedHeight * PaddedWidth * GroupInChannels <= MostPadded;

    /// <summary>Gets a value indicating whether they may be written out in as many phases as the stride along rows is wide.</summary>
    public bool CanPadInPhases => CanPad && StrideWidth <= MostPhases && (PaddedWidth + StrideWidth - 1) * PaddedHeight * GroupInChannels <= MostPadded;

    public bool HasUnitStrides => StrideHeight == 1 && StrideWidth == 1;

    /// <summary>Checks the sizes against each other and against the lengths of x, w and y.</summary>
    public void Require(int x, int w, int y)
    {
        if (Groups < 1 || InChannels % Groups != 0 || OutChannels % Groups != 0)
            throw new ArgumentException($"{InChannels} input and {OutChannels} output channels do not divide into {Groups} groups.");
        if (StrideHeight < 1 || StrideWidth < 1 || DilationHeight < 1 || DilationWidth < 1 || KernelHeight < 1 || KernelWidth < 1)
            throw new ArgumentException($"Kernel, strides and dilations of a convolution are at least 1: {this}.");
        if (OutHeight < 0 || OutWidth < 0)
            throw new ArgumentException($"The kernel of a convolution does not fit its padded input: {this}.");
        RequireLength("x", x, (long)Batch * InChannels * InPlane);
        RequireLength("w", w, (long)OutChannels * PatchSize);
        RequireLength("y", y, (long)Batch * OutChannels * OutPlane);
    }

    private static void RequireLength(string name, int length, long needed)
    {
        if (length < needed)
            throw new ArgumentException($"{name} of the convolution needs {needed} values; the span has {length}.");
    }

    private static int Out(long padded, int kernel, int stride, int dilation)
    {
        long room = padded - ((long)dilation * (kernel - 1)) - 1;
        return room < 0 ? 0 : checked((int)((room / stride) + 1));
    }
}
