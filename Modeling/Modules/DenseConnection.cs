using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Modeling.Modules;

/// <summary>The input and f of it side by side, along axis 1: later layers see what earlier ones saw. Source: book section 6.4.2 (connections that skip
/// layers); Huang et al., "Densely connected convolutional networks", 2016.</summary>
public sealed class DenseConnection : Module
{
    private readonly Module inner;

    /// <summary>A connection past a module.</summary>
    /// <param name="inner">f.</param>
    public DenseConnection(Module inner)
    {
        this.inner = inner;
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Module> Children => [inner];

    /// <inheritdoc/>
    protected internal override string Kind => "connection";

    /// <inheritdoc/>
    protected override Shape? ExpectedInput => inner.InputShape;

    /// <inheritdoc/>
    protected override Variable Build(Variable input, ForwardContext context) => Ops.Concat(1, input, inner.Forward(input, context));
}
