using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Initializers;

namespace Toolkit.Modeling.Modules;

/// <summary>
/// A dense layer in which training drops single weights: g(x(W∘M)/(1 − rate) + b), M a mask of zeros and ones drawn for each step; at inference all weights
/// are there. The unit before g has the mean of the full one and the variance rate/(1 − rate)·(x∘x)(W∘W). Source: book section 7.12; Wan et al.,
/// "Regularization of neural networks using DropConnect", 2013 (who draw a mask for each example; one for each batch is theirs for speed).
/// </summary>
/// <remarks>Input [batch, …, inputs], result [batch, …, outputs].</remarks>
public sealed class DropConnect : Module
{
    private readonly RandomSource random;

    /// <summary>A layer with random weights.</summary>
    /// <param name="inputs">The size of the input.</param>
    /// <param name="outputs">The size of the result.</param>
    /// <param name="rate">The probability to drop a weight, from 0 (included) to 1 (excluded).</param>
    /// <param name="random">Gives the layer a stream of its own; advanced.</param>
    public DropConnect(int inputs, int outputs, double rate, RandomSource random)
    {
        Inputs = Settings.AtLeastOne(inputs);
        Outputs = Settings.AtLeastOne(outputs);
        Rate = Settings.Rate(rate);
        this.random = random.Fork();
    }

    /// <summary>The size of the input.</summary>
    public int Inputs { get; }

    /// <summary>The size of the result.</summary>
    public int Outputs { get; }

    /// <summary>The probability to drop a weight.</summary>
    public double Rate { get; }

    /// <summary>g; null (the default) for none.</summary>
    public Func<Variable, Variable>? Activation { get; init; }

    /// <summary>W, of shape [inputs, outputs].</summary>
    public Parameter Weight => Own[0];

    /// <summary>b, of shape [outputs].</summary>
    public Parameter Bias => Own[1];

    /// <inheritdoc/>
    protected internal override string Kind => "dropconnect";

    /// <inheritdoc/>
    protected internal override string Description => FormattableString.Invariant($"DropConnect {Inputs} → {Outputs}, rate {Rate}");

    /// <inheritdoc/>
    protected override Shape? ExpectedInput => [Inputs];

    /// <inheritdoc/>
    protected override Variable Build(Variable input, ForwardContext context)
    {
        RequireFeatures(input, Inputs);
        Variable weight = Weight;
        if (context.Mode == Mode.Training && Rate > 0.0)
        {
            Variable uniform = NoiseState.Stream(this, Own[2], Own[3], context).Uniform(weight.Shape, weight.DType, weight);
            weight = Ops.Where(Ops.Less(uniform, Rate), 0.0, weight * (1.0 / (1.0 - Rate)));
        }

        Variable x = input.MatMul(weight) + Bias;
        return Activation is null ? x : Activation(x);
    }

    /// <inheritdoc/>
    protected override IReadOnlyList<Parameter> CreateParameters() =>
    [
        new GlorotUniform().Create(ParameterName("weight"), ParameterRole.Weight, [Inputs, Outputs], new Fan(Inputs, Outputs), random.Fork("weight")),
        new Parameter(ParameterName("bias"), Value.Zeros(DType.Float32, Outputs), ParameterRole.Bias),
        .. NoiseState.Create(ParameterName("key"), ParameterName("counter"), random),
    ];
}
