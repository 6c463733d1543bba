using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Initializers;
using Toolkit.Modeling.Regularizers;

namespace Toolkit.Modeling.Modules;

/// <summary>
/// A dense layer with dropout of its inputs, without sampling: a unit before its function is a sum of many masked inputs, about normal with the mean
/// μ = xW + b and the variance s² = rate/(1 − rate)·(x∘x)(W∘W), and training uses the expectation of the function. At inference it is g(xW + b). The objective is
/// a smooth function without noise. Source: book section 7.12; Wang, Manning, "Fast dropout training", 2013; the sigmoid after MacKay 1992.
/// </summary>
/// <remarks>Input [batch, …, inputs], result [batch, …, outputs]. Layers hand on means; the variance of a hidden unit itself is left out. What dropout of the inputs of
/// logits adds to the loss is a <see cref="FastDropoutPenalty"/>: without it the last layer is as one without dropout. In training the layer registers s² as
/// "NAME.variance".</remarks>
public sealed class FastDropout : Module
{
    private readonly RandomSource random;

    /// <summary>A layer with random weights.</summary>
    /// <param name="inputs">The size of the input.</param>
    /// <param name="outputs">The number of units.</param>
    /// <param name="rate">The probability to drop an input, from 0 (included) to 1 (excluded).</param>
    /// <param name="unit">The function of the units.</param>
    /// <param name="random">Gives the layer a stream of its own for its initial weights; advanced.</param>
    public FastDropout(int inputs, int outputs, double rate, FastDropoutUnit unit, RandomSource random)
    {
        Inputs = Settings.AtLeastOne(inputs);
        Outputs = Settings.AtLeastOne(outputs);
        Rate = Settings.Rate(rate);
        Unit = unit;
        this.random = random.Fork();
    }

    /// <summary>The size of the input.</summary>
    public int Inputs { get; }

    /// <summary>The number of units.</summary>
    public int Outputs { get; }

    /// <summary>The probability to drop an input.</summary>
    public double Rate { get; }

    /// <summary>The function of the units.</summary>
    public FastDropoutUnit Unit { get; }

    /// <summary>How the weights begin; <see cref="GlorotUniform"/> by default.</summary>
    public Initializer WeightInitializer { get; init; } = new GlorotUniform();

    /// <summary>W, of shape [inputs, outputs].</summary>
    public Parameter Weight => Own[0];

    /// <summary>b, of shape [outputs].</summary>
    public Parameter Bias => Own[1];

    /// <inheritdoc/>
    protected internal override string Kind => "fastdropout";

    /// <inheritdoc/>
    protected internal override string? FaultWhenDrawn => $"has taken the mean over all masks already: expected {nameof(Dropout)} in its place, or a model without {nameof(MonteCarlo)}; found both";

    /// <inheritdoc/>
    protected internal override string Description => FormattableString.Invariant($"FastDropout {Inputs} → {Outputs}, rate {Rate}");

    /// <inheritdoc/>
    protected override Shape? ExpectedInput => [Inputs];

    /// <summary>E max(0, u) for u ~ N(μ, s²): μΦ(μ/s) + sφ(μ/s).</summary>
    /// <param name="mean">μ.</param>
    /// <param name="deviation">s, above 0, of μ's shape.</param>
    public static Variable MeanOfRectifier(Variable mean, Variable deviation)
    {
        Variable z = mean / deviation;
        Variable below = 0.5 * (1.0 + (z / Math.Sqrt(2.0)).Erf());
        return (mean * below) + (deviation * (-0.5 * z.Square()).Exp() / Math.Sqrt(2.0 * Math.PI));
    }

    /// <summary>The logit κμ with σ(κμ) ≈ E σ(u) for u ~ N(μ, s²): κ = 1/√(1 + πs²/8).</summary>
    /// <param name="mean">μ.</param>
    /// <param name="variance">s², at least 0, of μ's shape.</param>
    public static Variable ModeratedLogit(Variable mean, Variable variance) => mean / (1.0 + (Math.PI / 8.0 * variance)).Sqrt();

    /// <summary>The name under which a layer registers the variances of its logits.</summary>
    internal static string VarianceOf(string layer) => $"{layer}.variance";

    /// <inheritdoc/>
    protected override Variable Build(Variable input, ForwardContext context)
    {
        RequireFeatures(input, Inputs);
        Variable mean = input.MatMul(Weight) + Bias;
        if (context.Mode == Mode.Inference || Rate == 0.0)
        {
            return Unit switch
            {
                FastDropoutUnit.Rectifier => mean.Relu(),
                FastDropoutUnit.Sigmoid => mean.Sigmoid(),
                _ => mean,
            };
        }

        Variable variance = Rate / (1.0 - Rate) * input.Square().MatMul(Weight.Variable.Square());
        context.Register(VarianceOf(Path), variance);
        Variable varies = Ops.Greater(variance, 0.0);
        return Unit switch
        {
            // The square root has no finite gradient where all inputs are 0, and nothing to add there.
            FastDropoutUnit.Rectifier => Ops.Where(varies, MeanOfRectifier(mean, Ops.Where(varies, variance, 1.0).Sqrt()), mean.Relu()),
            FastDropoutUnit.Sigmoid => ModeratedLogit(mean, variance).Sigmoid(),
            _ => mean,
        };
    }

    /// <inheritdoc/>
    protected override IReadOnlyList<Parameter> CreateParameters() =>
    [
        WeightInitializer.Create(ParameterName("weight"), ParameterRole.Weight, [Inputs, Outputs], new Fan(Inputs, Outputs), random.Fork("weight")),
        new Parameter(ParameterName("bias"), Value.Zeros(DType.Float32, Outputs), ParameterRole.Bias),
    ];
}
