using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Modeling.Modules;

/// <summary>
/// (x − μ)/√(σ² + ε)·γ + β for each unit or channel. In training μ and σ² are those of the batch (over all axes but 1), and gradients flow through them;
/// at inference they are running means, m ← ρm + (1 − ρ)·batch value. Source: book section 8.7.1, equation 8.35; Ioffe, Szegedy 2015.
/// </summary>
/// <remarks>
/// Input [batch, channels, …], result of the same shape. The variance is that of the batch, divided by n. Where examples have weights, all of these are weighted means.
/// A batch with fewer examples (or a smaller sum of weights) than the largest so far counts for the running means in proportion: m ← m + (1 − ρ)·(n/n_max)·(batch
/// value − m). One value per channel has no variance: such a batch is normalized with the running means, and leaves them alone.
/// </remarks>
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
            Variable batchMean = context.Mean(input, axes);
            Variable batchVariance = context.Mean((input - Spread(batchMean)).Square(), axes);
            Variable single = Ops.Less(Values(input, context.Weight), 2.0);
            Variable share = (1.0 - Decay) * Ops.Where(single, 0.0, Portion(input, context));
            Variable keep = (1.0 - share).Cast(DType.Float32), take = share.Cast(DType.Float32);
            context.Update(runningMean, (keep * runningMean.Variable) + (take * batchMean));
            context.Update(runningVariance, (keep * runningVariance.Variable) + (take * batchVariance));
            mean = Ops.Where(single, runningMean.Variable, batchMean);
            variance = Ops.Where(single, runningVariance.Variable, batchVariance);
        }

        return ((input - Spread(mean)) * Spread(Scale / (variance + Stabilizer).Sqrt())) + Spread(Shift);

        Variable Spread(Variable perChannel) => ChannelAxis.Spread(this, perChannel, input, Channels);
    }

    /// <summary>How many numbers a statistic of the batch is made of, float64: examples that count, times places.</summary>
    private static Variable Values(Variable input, Variable? weight)
    {
        Variable examples = weight is null ? Ops.Size(input.Shape[0], DType.Float64, input) : Ops.Greater(weight, 0.0).Cast(DType.Float64).Sum();
        return input.Shape.Skip(2).Aggregate(examples, (values, places) => values * Ops.Size(places, DType.Float64, input));
    }

    /// <summary>n/n_max, float64: exactly 1 for the largest batch so far, 0 where all weights are 0.</summary>
    private Variable Portion(Variable input, ForwardContext context)
    {
        Variable examples = context.Weight is { } weight ? weight.Cast(DType.Float64).Sum() : Ops.Size(input.Shape[0], DType.Float64, input);
        Variable greatest = Ops.Max(Own[4], examples);
        context.Update(Own[4], greatest);
        return examples / Ops.Where(Ops.Greater(greatest, 0.0), greatest, 1.0);
    }

    /// <inheritdoc/>
    protected override IReadOnlyList<Parameter> CreateParameters() =>
    [
        new Parameter(ParameterName("scale"), Value.Full(1.0, DType.Float32, Channels), ParameterRole.Scale),
        new Parameter(ParameterName("shift"), Value.Zeros(DType.Float32, Channels), ParameterRole.Bias),
        new Parameter(ParameterName("mean"), Value.Zeros(DType.Float32, Channels), ParameterRole.State),
        new Parameter(ParameterName("variance"), Value.Full(1.0, DType.Float32, Channels), ParameterRole.State),
        new Parameter(ParameterName("examples"), Value.Of(0.0), ParameterRole.State),
    ];
}
