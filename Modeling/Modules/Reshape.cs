using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Modeling.Modules;

/// <summary>Gives each example another shape with as many elements: <c>new Reshape(1, 28, 28)</c> turns [batch, 784] into
/// [batch, 1, 28, 28].</summary>
public sealed class Reshape : Module
{
    private readonly int[] sizes;

    /// <summary>A module that reshapes.</summary>
    /// <param name="sizes">The new shape of one example, each size at least 1.</param>
    public Reshape(params ReadOnlySpan<int> sizes)
    {
        foreach (int size in sizes)
            Settings.AtLeastOne(size);
        this.sizes = sizes.ToArray();
    }

    /// <inheritdoc/>
    protected internal override string Kind => "reshape";

    /// <inheritdoc/>
    protected internal override string Description => $"Reshape {Shape.OfSizes(sizes)}";

    /// <inheritdoc/>
    protected override Variable Build(Variable input, ForwardContext context)
    {
        Shape target = Shape.OfSizes(sizes);
        if (input.Shape.Rank < 1 || Shape.Of([.. input.Shape.Skip(1)]).ElementCount != target.ElementCount)
            throw Mismatch($"[batch, …] with {target.ElementCount} elements per example", input);
        return Ops.Reshape(input, [input.Shape[0], .. target]);
    }
}
