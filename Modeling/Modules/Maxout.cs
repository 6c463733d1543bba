using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Initializers;

namespace Toolkit.Modeling.Modules;

/// <summary>
/// Maxout: each unit is the greatest of k affine maps, h(x)ᵢ = maxⱼ (xW + b)ᵢⱼ: it learns a convex, piecewise linear activation. Source: book section
/// 6.3.1, equation 6.37; Goodfellow et al., "Maxout networks", 2013. The gradient goes to the greatest piece only.
/// </summary>
/// <remarks>Input [batch, …, inputs], result [batch, …, outputs].</remarks>
public sealed class Maxout : Module
{
    private readonly RandomSource random;

    /// <summary>A layer with random weights.</summary>
    /// <param name="inputs">The size of the input.</param>
    /// <param name="outputs">The number of units.</param>
    /// <param name="pieces">k: the number of affine maps of each unit.</param>
    /// <param name="random">Gives the layer a stream of its own for its initial weights; advanced.</param>
    public Maxout(int inputs, int outputs, int pieces, RandomSource random)
    {
        Inputs = Settings.AtLeastOne(inputs);
        Outputs = Settings.AtLeastOne(outputs);
        Pieces = Settings.AtLeastOne(pieces);
        this.random = random.Fork();
    }

    /// <summary>The size of the input.</summary>
    public int Inputs { get; }

    /// <summary>The number of units.</summary>
    public int Outputs { get; }

    /// <summary>The number of affine maps of each unit.</summary>
    public int Pieces { get; }

    /// <summary>How the weights begin; <see cref="GlorotUniform"/> by default.</summary>
    public Initializer WeightInitializer { get; init; } = new GlorotUniform();

    /// <summary>W, of shape [inputs, outputs·pieces], the pieces of a unit side by side.</summary>
    public Parameter Weight => Own[0];

    /// <summary>b, of shape [outputs·pieces].</summary>
    public Parameter Bias => Own[1];

    /// <inheritdoc/>
    protected internal override string Kind => "maxout";

    /// <inheritdoc/>
    protected internal override string Description => $"Maxout {Inputs} → {Outputs} × {Pieces}";

    /// <inheritdoc/>
    protected override Shape? ExpectedInput => [Inputs];

    /// <inheritdoc/>
    protected override Variable Build(Variable input, ForwardContext context)
    {
        RequireFeatures(input, Inputs);
        Variable pieces = input.MatMul(Weight) + Bias;
        return pieces.Reshape([.. input.Shape.SkipLast(1), Outputs, Pieces]).ReduceMax([-1]);
    }

    /// <inheritdoc/>
    protected override IReadOnlyList<Parameter> CreateParameters() =>
    [
        WeightInitializer.Create(ParameterName("weight"), ParameterRole.Weight, [Inputs, Outputs * Pieces], new Fan(Inputs, Outputs), random.Fork("weight")),
        new Parameter(ParameterName("bias"), Value.Zeros(DType.Float32, Outputs * Pieces), ParameterRole.Bias),
    ];
}
