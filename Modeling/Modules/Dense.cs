using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Initializers;

namespace Toolkit.Modeling.Modules;

/// <summary>
/// A fully connected layer: h = g(x·W + b), with W of shape [inputs, outputs], so that column j of W holds the weights that come into
/// unit j. Source: book section 6.3, h = g(Wᵀx + b).
/// </summary>
public sealed class Dense : Module
{
    private readonly RandomSource random;

    /// <summary>A layer with random weights.</summary>
    /// <param name="inputs">The number of features of one example, at least 1.</param>
    /// <param name="outputs">The number of units, at least 1.</param>
    /// <param name="random">Gives the layer a stream of its own for its initial weights; advanced.</param>
    public Dense(int inputs, int outputs, RandomSource random)
    {
        Inputs = Settings.AtLeastOne(inputs);
        Outputs = Settings.AtLeastOne(outputs);
        this.random = random.Fork();
    }

    /// <summary>The number of features of one example.</summary>
    public int Inputs { get; }

    /// <summary>The number of units.</summary>
    public int Outputs { get; }

    /// <summary>The function g applied to every unit, such as <c>Ops.Relu</c>; null (the default) for none.</summary>
    public Func<Variable, Variable>? Activation { get; init; }

    /// <summary>How the weights begin; <see cref="GlorotUniform"/> by default. For rectified units <see cref="HeNormal"/> is the better
    /// choice.</summary>
    public Initializer WeightInitializer { get; init; } = new GlorotUniform();

    /// <summary>How the biases begin; <see cref="Zeros"/> by default. Rectified units may begin at <c>new Constant(0.1)</c>, so that most
    /// of them are active at first (book section 6.3.1).</summary>
    public Initializer BiasInitializer { get; init; } = new Zeros();

    /// <summary>Whether there is a bias b; true by default.</summary>
    public bool UseBias { get; init; } = true;

    /// <summary>The weights W, of shape [inputs, outputs].</summary>
    public Parameter Weight => Own[0];

    /// <summary>The biases b, of shape [outputs]; null if there are none.</summary>
    public Parameter? Bias => UseBias ? Own[1] : null;

    /// <inheritdoc/>
    protected internal override string Kind => "dense";

    /// <inheritdoc/>
    protected internal override string Description => $"Dense {Inputs} → {Outputs}";

    /// <inheritdoc/>
    protected override Shape? ExpectedInput => [Inputs];

    /// <inheritdoc/>
    protected override Variable Build(Variable input, ForwardContext context)
    {
        RequireFeatures(input, Inputs);
        Variable x = input.MatMul(Weight);
        if (Bias is { } bias)
            x += bias;
        return Activation is null ? x : Activation(x);
    }

    /// <inheritdoc/>
    protected override IReadOnlyList<Parameter> CreateParameters()
    {
        Parameter weight = WeightInitializer.Create(ParameterName("weight"), ParameterRole.Weight, [Inputs, Outputs], new Fan(Inputs, Outputs), random.Fork("weight"));
        if (!UseBias)
            return [weight];
        return
        [
            weight,
            BiasInitializer.Create(ParameterName("bias"), ParameterRole.Bias, [Outputs], new Fan(Inputs, Outputs), random.Fork("bias")),
        ];
    }
}
