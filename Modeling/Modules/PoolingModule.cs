using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations.Convolution;

namespace Toolkit.Modeling.Modules;

/// <summary>What poolings of any number of axes have in common: one number for each window and channel; windows lie side by side unless a <see cref="WindowModule.Stride"/> says
/// otherwise. Source: book section 9.3.</summary>
public abstract class PoolingModule : WindowModule
{
    private protected PoolingModule(int axes, PerAxis size)
        : base(axes, size, nameof(size))
    {
    }

    /// <summary>The size of the window along each axis.</summary>
    public PerAxis Size => Window;

    /// <summary>Whether a last window that reaches beyond the image still counts, by its places within it: ONNX <c>ceil_mode</c>; false by default.</summary>
    public bool CeilMode { get; init; }

    /// <inheritdoc/>
    protected internal override string Kind => "pool";

    /// <inheritdoc/>
    protected internal override string Description => $"{GetType().Name} {Size}";

    /// <summary>The pooling itself.</summary>
    private protected abstract Variable Pool(Variable input, PoolingOptions options);

    /// <inheritdoc/>
    protected override Variable Build(Variable input, ForwardContext context)
    {
        Masked.Refuse(this, input, context);
        Check(input);
        return Pool(input, new PoolingOptions { Kernel = Size.ToList(), Strides = Stride.ToList(), Pads = Borders, Dilations = Spacing.ToList(), CeilMode = CeilMode });
    }
}
