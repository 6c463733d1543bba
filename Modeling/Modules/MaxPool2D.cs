using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Convolution;

namespace Toolkit.Modeling.Modules;

/// <summary>The greatest value of each window and channel. Source: book section 9.3.</summary>
/// <remarks>Input [batch, channels, height, width].</remarks>
public sealed class MaxPool2D : Module
{
    /// <summary>A pooling layer.</summary>
    /// <param name="size">The height and width of the window.</param>
    public MaxPool2D(int size)
    {
        Size = Settings.AtLeastOne(size);
        Stride = size;
    }

    /// <summary>The height and width of the window.</summary>
    public int Size { get; }

    /// <summary>The step of the window, vertically and horizontally; the size of the window by default.</summary>
    public int Stride { get; init => field = Settings.AtLeastOne(value); }

    /// <summary>The border around the image; none by default.</summary>
    public Padding Padding { get; init; } = Padding.Valid;

    /// <summary>The distance of neighbouring places of the window, at least 1; 1 by default. The window then reaches over
    /// (size − 1) · dilation + 1 places.</summary>
    public int Dilation { get; init => field = Settings.AtLeastOne(value); } = 1;

    /// <summary>Whether a last window that reaches beyond the image still counts, ONNX <c>ceil_mode</c>; false by default.</summary>
    public bool CeilMode { get; init; }

    /// <inheritdoc/>
    protected internal override string Kind => "pool";

    /// <inheritdoc/>
    protected internal override string Description => $"MaxPool2D {Size}×{Size}";

    /// <inheritdoc/>
    protected override Variable Build(Variable input, ForwardContext context)
    {
        Masked.Refuse(this, input, context);
        if (input.Shape.Rank != 4)
            throw Mismatch("[batch, channels, height, width]", input);
        return input.MaxPool(new PoolingOptions
        {
            Kernel = [Size, Size],
            Strides = [Stride, Stride],
            Pads = Padding.Pads(((Size - 1) * Dilation) + 1),
            Dilations = [Dilation, Dilation],
            CeilMode = CeilMode,
        });
    }
}
