using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Modeling.Modules;

/// <summary>
/// Noise on inputs or hidden units, in training only: x + N(0, σ²), or x·N(1, σ²) if <see cref="Multiplicative"/>. Source: book section 7.5 (on a linear
/// model the same as weight decay); multiplicative noise of σ² = (1 − p)/p has the two moments of dropout with keeping probability p (section 7.12;
/// Srivastava et al. 2014, section 10).
/// </summary>
public sealed class GaussianNoise : Module
{
    private readonly RandomSource random;

    /// <summary>A layer of noise.</summary>
    /// <param name="deviation">σ, at least 0.</param>
    /// <param name="random">Gives the layer a stream of its own; advanced.</param>
    public GaussianNoise(double deviation, RandomSource random)
    {
        Deviation = Settings.NotNegative(deviation);
        this.random = random.Fork();
    }

    /// <summary>σ.</summary>
    public double Deviation { get; }

    /// <summary>Whether the noise multiplies; false by default.</summary>
    public bool Multiplicative { get; init; }

    /// <inheritdoc/>
    protected internal override string Kind => "noise";

    /// <inheritdoc/>
    protected internal override string Description => FormattableString.Invariant($"GaussianNoise {Deviation}");

    /// <inheritdoc/>
    protected override Variable Build(Variable input, ForwardContext context)
    {
        if (context.Mode == Mode.Inference || Deviation == 0.0)
            return input;
        Variable noise = Deviation * NoiseState.Stream(this, Own[0], Own[1], context).Normal(input.Shape, input.DType, input);
        return Multiplicative ? input * (1.0 + noise) : input + noise;
    }

    /// <inheritdoc/>
    protected override IReadOnlyList<Parameter> CreateParameters() => NoiseState.Create(ParameterName("key"), ParameterName("counter"), random);
}
