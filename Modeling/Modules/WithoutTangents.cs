using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Modeling.Modules;

/// <summary>The example alone of an input that carries its tangents (<see cref="Toolkit.Modeling.Manifolds.TangentData"/>): [batch, rows, features] becomes
/// [batch, …] of row 0. It stands before a model while that is trained.</summary>
public sealed class WithoutTangents : Module
{
    private readonly int[] sizes;

    /// <summary>A module that takes row 0.</summary>
    /// <param name="sizes">The shape of one example, each size at least 1.</param>
    public WithoutTangents(params ReadOnlySpan<int> sizes)
    {
        foreach (int size in sizes)
            Settings.AtLeastOne(size);
        this.sizes = sizes.ToArray();
    }

    /// <inheritdoc/>
    protected internal override string Kind => "example";

    /// <inheritdoc/>
    protected override Variable Build(Variable input, ForwardContext context)
    {
        Shape example = Shape.OfSizes(sizes);
        if (input.Shape.Rank != 3 || input.Shape[2] != example.ElementCount)
            throw Mismatch($"[batch, rows, {example.ElementCount}]", input);
        return input.Slice(1, 0, 1).Reshape([input.Shape[0], .. example]);
    }
}
