using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Data;

namespace Toolkit.Modeling.Modules;

/// <summary>(x − μ) / σ for each feature, or each channel of pictures, with numbers that are not learned. Before a model that was trained on scaled features, it makes one that takes them as they were:
/// <c>new Sequential(new Standardization(scaling), model)</c>. Source: book 12.2.1 (preprocessing).</summary>
/// <remarks>Input [batch, …] with as many numbers per example as μ, or else [batch, …, features], or by <see cref="PerChannel"/> [batch, channels, …]; the result has the same shape. From a <see cref="FeatureScaling"/> it gives the bits of
/// <see cref="FeatureScaling.Apply"/>. Its numbers have the role of a state: saved and exported, without gradient and penalty.</remarks>
public sealed class Standardization : Module
{
    private readonly float[] mean;
    private readonly float[] deviation;

    /// <summary>A standardization.</summary>
    /// <param name="mean">μ: a finite number for each feature.</param>
    /// <param name="deviation">σ: a number above 0 for each feature.</param>
    /// <exception cref="ArgumentException">The numbers are out of range or do not fit together.</exception>
    public Standardization(ReadOnlySpan<float> mean, ReadOnlySpan<float> deviation)
    {
        if (mean.IsEmpty || mean.Length != deviation.Length)
            throw new ArgumentException($"Expected a mean and a deviation for each feature, found {mean.Length} means and {deviation.Length} deviations.", nameof(deviation));
        foreach (float number in mean)
            Settings.Finite(number, nameof(mean));
        foreach (float number in deviation)
            Settings.Positive(number, nameof(deviation));
        this.mean = mean.ToArray();
        this.deviation = deviation.ToArray();
    }

    /// <summary>The standardization that a training set was scaled with.</summary>
    /// <param name="scaling">Its numbers.</param>
    public Standardization(FeatureScaling scaling)
        : this([.. scaling.Mean], [.. scaling.Deviation])
    {
    }

    /// <summary>Whether there is a μ and a σ for each channel, axis 1 of [batch, channels, …]; false by default, where they are of features. Pictures that a network from elsewhere reads often have
    /// such numbers: mean [0.485, 0.456, 0.406] and deviation [0.229, 0.224, 0.225] of pixels from 0 to 1.</summary>
    public bool PerChannel { get; init; }

    /// <inheritdoc/>
    protected internal override string Kind => "standardization";

    /// <inheritdoc/>
    protected internal override string Description => $"Standardization {mean.Length}";

    /// <inheritdoc/>
    protected override Shape? ExpectedInput => PerChannel ? null : [mean.Length];

    /// <inheritdoc/>
    protected override Variable Build(Variable input, ForwardContext context)
    {
        if (PerChannel)
            return (input - ChannelAxis.Spread(this, Own[0].Variable, input, mean.Length)) / ChannelAxis.Spread(this, Own[1].Variable, input, mean.Length);
        Shape example = Shape.Of([.. input.Shape.Skip(1)]);
        if (example.Rank > 1 && example.ElementCount == mean.Length)
            return (input - Own[0].Variable.Reshape(example)) / Own[1].Variable.Reshape(example);
        RequireFeatures(input, mean.Length);
        return (input - Own[0].Variable) / Own[1].Variable;
    }

    /// <inheritdoc/>
    protected override IReadOnlyList<Parameter> CreateParameters() =>
    [
        new Parameter(ParameterName("mean"), Value.Of(mean, mean.Length), ParameterRole.State),
        new Parameter(ParameterName("deviation"), Value.Of(deviation, deviation.Length), ParameterRole.State),
    ];
}
