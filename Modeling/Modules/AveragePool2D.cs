using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Convolution;

namespace Toolkit.Modeling.Modules;

/// <summary>The mean of each window and channel; padded places do not count. Source: book section 9.3.</summary>
/// <remarks>Input [batch, channels, height, width].</remarks>
public sealed class AveragePool2D : Module
{
    /// <summary>A pooling layer.</summary>
    /// <param name="size">The height and width of the window.</param>
    public AveragePool2D(int size)
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

    /// <summary>Whether a last window that reaches beyond the image still counts, by its places within it: ONNX <c>ceil_mode</c>; false by
    /// default.</summary>
    public bool CeilMode { get; init; }

    /// <inheritdoc/>
    protected internal override string Kind => "pool";

    /// <inheritdoc/>
    protected internal override string Description => $"AveragePool2D {Size}×{Size}";

    /// <inheritdoc/>
    protected override Variable Build(Variable input, ForwardContext context)
    {
        Masked.Refuse(this, input, context);
        if (input.Shape.Rank != 4)
            throw Mismatch("[batch, channels, height, width]", input);
        return input.AveragePool(new PoolingOptions
        {
            Kernel = [Size, Size],
            Strides = [Stride, Stride],
            Pads = Padding.Pads(Size),
            CeilMode = CeilMode,
        });
    }
}
