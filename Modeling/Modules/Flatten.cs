using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;

namespace Toolkit.Modeling.Modules;

/// <summary>Makes a vector of each example: [batch, a, b, …] becomes [batch, a·b·…].</summary>
public sealed class Flatten : Module
{
    /// <inheritdoc/>
    protected internal override string Kind => "flatten";

    /// <inheritdoc/>
    protected override Variable Build(Variable input, ForwardContext context)
    {
        Masked.Refuse(this, input, context);
        if (input.Shape.Rank < 2)
            throw Mismatch("[batch, …]", input);
        return input.Flatten();
    }
}
