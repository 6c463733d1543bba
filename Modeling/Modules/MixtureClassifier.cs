using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Initializers;

namespace Toolkit.Modeling.Modules;

/// <summary>
/// A generative classifier: ln p(x, y) = ln P(y) + ln Σₘ P(m | y)·N(x; μ_ym, diag σ²_ym) for each class y. Its softmax is P(y | x) by Bayes' rule and its ln Σ exp is
/// ln p(x), so one set of parameters serves a discriminative, a generative and a mixed criterion (<see cref="Toolkit.Modeling.Losses.GenerativeDiscriminative"/>).
/// Source: book section 7.6, with the mixture of 3.9.6; McLachlan, Basford 1988.
/// </summary>
/// <remarks>
/// Input [batch, …, inputs], result [batch, …, classes]. Put it on the input itself or on features that are fixed: behind features that are learned with it, ln p grows
/// without bound as they shrink to a point. Variances are e^(2a) + floor.
/// </remarks>
public sealed class MixtureClassifier : Module
{
    private readonly RandomSource random;

    /// <summary>A classifier.</summary>
    /// <param name="inputs">The size of the input.</param>
    /// <param name="classes">The number of classes.</param>
    /// <param name="components">The number of Gaussians of each class.</param>
    /// <param name="random">Gives the layer a stream of its own for its initial means; advanced.</param>
    public MixtureClassifier(int inputs, int classes, int components, RandomSource random)
    {
        Inputs = Settings.AtLeastOne(inputs);
        Classes = Settings.AtLeastOne(classes);
        Components = Settings.AtLeastOne(components);
        this.random = random.Fork();
    }

    /// <summary>The size of the input.</summary>
    public int Inputs { get; }

    /// <summary>The number of classes.</summary>
    public int Classes { get; }

    /// <summary>The number of Gaussians of each class.</summary>
    public int Components { get; }

    /// <summary>How the means begin; standard normal by default.</summary>
    public Initializer MeanInitializer { get; init; } = new Normal(1.0);

    /// <summary>The standard deviation to begin with, above 0; 1 by default.</summary>
    public double InitialDeviation { get; init => field = Settings.Positive(value); } = 1.0;

    /// <summary>The least variance, above 0: keeps a Gaussian from shrinking onto one example; 10⁻³ by default.</summary>
    public double VarianceFloor { get; init => field = Settings.Positive(value); } = 1e-3;

    /// <summary>ln P(y) up to a constant, [classes].</summary>
    public Parameter Prior => Own[0];

    /// <summary>ln P(m | y) up to a constant, [classes, components].</summary>
    public Parameter Mixing => Own[1];

    /// <summary>μ, [classes·components, inputs], the components of a class one after the other.</summary>
    public Parameter Means => Own[2];

    /// <summary>a, [classes·components, inputs].</summary>
    public Parameter LogDeviations => Own[3];

    /// <inheritdoc/>
    protected internal override string Kind => "mixture";

    /// <inheritdoc/>
    protected internal override string Description => $"MixtureClassifier {Inputs} → {Classes} × {Components}";

    /// <inheritdoc/>
    protected override Shape? ExpectedInput => [Inputs];

    /// <summary>ln p(x, y), [batch, …, classes].</summary>
    internal static Variable Joint(Variable x, Variable prior, Variable mixing, Variable means, Variable logDeviations, double floor)
    {
        Variable variance = (2.0 * logDeviations).Exp() + floor;
        int last = x.Shape.Rank - 1;
        Variable apart = (x.Reshape([.. x.Shape.Take(last), 1, x.Shape[last]]) - means).Square() / variance;
        Variable normal = -0.5 * (apart.Sum([last + 1]) + variance.Log().Sum([1]) + (means.Shape[1].Size * Math.Log(2.0 * Math.PI)));
        Variable terms = normal.Reshape([.. x.Shape.Take(last), mixing.Shape[0], mixing.Shape[1]]) + mixing.LogSoftmax(1);
        return LogSum.OfExponentials(terms, last + 1) + prior.LogSoftmax(0);
    }

    /// <inheritdoc/>
    protected override Variable Build(Variable input, ForwardContext context)
    {
        RequireFeatures(input, Inputs);
        return Joint(input, Prior, Mixing, Means, LogDeviations, VarianceFloor);
    }

    /// <inheritdoc/>
    protected override IReadOnlyList<Parameter> CreateParameters()
    {
        int all = Classes * Components;
        return
        [
            new Parameter(ParameterName("prior"), Value.Zeros(DType.Float32, Classes), ParameterRole.Bias),
            new Parameter(ParameterName("mixing"), Value.Zeros(DType.Float32, Classes, Components), ParameterRole.Bias),
            MeanInitializer.Create(ParameterName("means"), ParameterRole.Bias, [all, Inputs], new Fan(Inputs, all), random.Fork("means")),
            new Parameter(ParameterName("log_deviations"), Value.Full(Math.Log(InitialDeviation), DType.Float32, all, Inputs), ParameterRole.Scale),
        ];
    }
}
