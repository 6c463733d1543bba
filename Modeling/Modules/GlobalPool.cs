using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Modeling.Modules;

/// <summary>One number for each channel: the mean, or the greatest, over all places. Input [batch, channels, …], result [batch, channels]. Source: Lin, Chen,
/// Yan, "Network in network", 2013; pooling as in book section 9.3.</summary>
public sealed class GlobalPool : Module
{
    /// <summary>Whether the greatest element is taken; false (the default) for the mean.</summary>
    public bool Greatest { get; init; }

    /// <inheritdoc/>
    protected internal override string Kind => "globalpool";

    /// <inheritdoc/>
    protected override Variable Build(Variable input, ForwardContext context)
    {
        if (input.Shape.Rank < 3)
            throw Mismatch("[batch, channels, …]", input);
        IntList places = [.. Enumerable.Range(2, input.Shape.Rank - 2)];
        return Greatest ? input.ReduceMax(places) : input.Mean(places);
    }
}
