using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Modeling.Modules;

/// <summary>One number for each channel: the mean, or the greatest, over all places. Input [batch, channels, …], result [batch, channels]; of sequences [batch, steps, channels],
/// over the steps that are there, and 0 where there are none. Source: Lin, Chen,
/// Yan, "Network in network", 2013; pooling as in book section 9.3.</summary>
public sealed class GlobalPool : Module
{
    /// <summary>Whether the greatest element is taken; false (the default) for the mean.</summary>
    public bool Greatest { get; init; }

    /// <summary>The axes that are pooled, each above 0; null (the default) for all places: the axes behind the channels, or the steps of sequences along a ragged axis. <c>[1]</c> pools
    /// the steps of sequences that all have one length.</summary>
    public IntList? Axes
    {
        get;
        init => field = value is null || (value.Count > 0 && value.All(axis => axis > 0)) ? value
            : throw new ArgumentException($"Expected axes above 0, at least one, for {nameof(Axes)}, found {value}.", nameof(Axes));
    }

    /// <inheritdoc/>
    protected internal override string Kind => "globalpool";

    /// <inheritdoc/>
    protected override Variable Build(Variable input, ForwardContext context)
    {
        if (input.Shape.Rank < 3 || (Axes is not null && Axes.Max() >= input.Shape.Rank))
            throw Mismatch(Axes is null ? "[batch, channels, …]" : $"[batch, …] with the axes {Axes}", input);
        // Steps of a sequence come before its features.
        int[] axes = Axes is not null ? [.. Axes] : context.MaskOf(input.Shape[1]) is not null ? [1] : [.. Enumerable.Range(2, input.Shape.Rank - 2)];
        if (Masked.Places(input, axes, context) is not { } places)
            return Greatest ? input.ReduceMax([.. axes]) : input.Mean([.. axes]);
        Variable there = Ops.Greater(places, 0.0), count = places.Sum([.. axes]);
        if (!Greatest)
        {
            Variable sum = Ops.Where(there, input, Variable.Scalar(0.0, input.DType)).Sum([.. axes]);
            return sum / (Ops.Max(count, 1.0) * Masked.WholeSize(input, axes, context, input.DType));
        }

        Variable greatest = Ops.Where(there, input, Variable.Scalar(double.NegativeInfinity, input.DType)).ReduceMax([.. axes]);
        return Ops.Where(Ops.Greater(count, 0.0), greatest, Variable.Scalar(0.0, input.DType));
    }
}
