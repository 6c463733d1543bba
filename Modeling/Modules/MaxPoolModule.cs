using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Convolution;

namespace Toolkit.Modeling.Modules;

/// <summary>The greatest value of each window and channel; padded places never win. Source: book section 9.3.</summary>
public abstract class MaxPoolModule : PoolingModule
{
    private protected MaxPoolModule(int axes, PerAxis size)
        : base(axes, size)
    {
        Dilation = 1;
    }

    /// <summary>The distance of neighbouring places of the window along each axis; 1 for all unless it is set. The window then reaches over (size − 1) · dilation + 1 places.</summary>
    public PerAxis Dilation { get; init => field = value.Along(Axes, 1, nameof(Dilation)); }

    private protected sealed override PerAxis Spacing => Dilation;

    private protected sealed override Variable Pool(Variable input, PoolingOptions options) => input.MaxPool(options);
}
