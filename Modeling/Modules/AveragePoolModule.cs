using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Convolution;

namespace Toolkit.Modeling.Modules;

/// <summary>The mean of each window and channel; padded places do not count. Source: book section 9.3.</summary>
public abstract class AveragePoolModule : PoolingModule
{
    private protected AveragePoolModule(int axes, PerAxis size)
        : base(axes, size)
    {
    }

    private protected sealed override Variable Pool(Variable input, PoolingOptions options) => input.AveragePool(options);
}
