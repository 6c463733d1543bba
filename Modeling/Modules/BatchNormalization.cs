using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Modeling.Modules;

/// <summary>
/// (x − μ)/√(σ² + ε)·γ + β for each unit or channel. In training μ and σ² are those of the batch (over all axes but 1), and gradients flow through them;
/// at inference they are running means, m ← ρm + (1 − ρ)·batch value. Source: book section 8.7.1, equation 8.35; Ioffe, Szegedy 2015.
/// </summary>
/// <remarks>Input [batch, channels, …], result of the same shape. The variance is that of the batch, divided by n.</remarks>
public sealed class BatchNormalization : Module
{
    /// <summary>A normalizing layer.</summary>
    /// <param name="channels">The size of axis 1 of the input.</param>
    public BatchNormalization(int channels)
    {
        Channels = Settings.AtLeastOne(channels);
    }

    /// <summary>The size of axis 1 of the input.</summary>
    public int Channels { get; }

    /// <summary>ε: keeps the division harmless; 10⁻⁵ by default.</summary>
    public double Stabilizer { get; init => field = Settings.Positive(value); } = 1e-5;

    /// <summary>ρ: the share of the running means that is kept with each step, at least 0 and below 1; 0.9 by default.</summary>
    public double Decay { get; init => field = Settings.Rate(value); } = 0.9;

    /// <summary>γ, of shape [channels].</summary>
    public Parameter Scale => Own[0];

    /// <summary>β, of shape [channels].</summary>
    public Parameter Shift => Own[1];

    /// <inheritdoc/>
    protected internal override string Kind => "batchnorm";

    /// <inheritdoc/>
    protected internal override string Description => $"BatchNormalization {Channels}";

    /// <inheritdoc/>
    protected override Variable Build(Variable input, ForwardContext context)
    {
        ChannelAxis.Check(this, input, Channels);
        Parameter runningMean = Own[2], runningVariance = Own[3];
        Variable mean = runningMean, variance = runningVariance;
        if (context.Mode == Mode.Training)
        {
            IntList axes = [.. Enumerable.Range(0, input.Shape.Rank).Where(axis => axis != 1)];
            mean = input.Mean(axes);
            variance = (input - Spread(mean)).Square().Mean(axes);
            context.Update(runningMean, (Decay * runningMean.Variable) + ((1.0 - Decay) * mean));
            context.Update(runningVariance, (Decay * runningVariance.Variable) + ((1.0 - Decay) * variance));
        }

        return ((input - Spread(mean)) * Spread(Scale / (variance + Stabilizer).Sqrt())) + Spread(Shift);

        Variable Spread(Variable perChannel) => ChannelAxis.Spread(this, perChannel, input, Channels);
    }

    /// <inheritdoc/>
    protected override IReadOnlyList<Parameter> CreateParameters() =>
    [
        new Parameter(ParameterName("scale"), Value.Full(1.0, DType.Float32, Channels), ParameterRole.Scale),
        new Parameter(ParameterName("shift"), Value.Zeros(DType.Float32, Channels), ParameterRole.Bias),
        new Parameter(ParameterName("mean"), Value.Zeros(DType.Float32, Channels), ParameterRole.State),
        new Parameter(ParameterName("variance"), Value.Full(1.0, DType.Float32, Channels), ParameterRole.State),
    ];
}
