using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Initializers;

namespace Toolkit.Modeling.Modules;

/// <summary>
/// Radial basis functions: hᵢ = exp(−‖wᵢ − x‖²/σᵢ²). Source: book section 6.3.3. ∂h/∂x = −2(x − w)h/σ², ∂h/∂σ = 2‖w − x‖²h/σ³. A unit far from all
/// data has a gradient near 0: begin with templates w from the data.
/// </summary>
/// <remarks>Input [batch, …, inputs], result [batch, …, outputs].</remarks>
public sealed class RadialBasis : Module
{
    private readonly RandomSource random;

    /// <summary>A layer of units.</summary>
    /// <param name="inputs">The size of the input.</param>
    /// <param name="outputs">The number of units.</param>
    /// <param name="random">Gives the layer a stream of its own for its initial templates; advanced.</param>
    public RadialBasis(int inputs, int outputs, RandomSource random)
    {
        Inputs = Settings.AtLeastOne(inputs);
        Outputs = Settings.AtLeastOne(outputs);
        this.random = random.Fork();
    }

    /// <summary>The size of the input.</summary>
    public int Inputs { get; }

    /// <summary>The number of units.</summary>
    public int Outputs { get; }

    /// <summary>How the templates begin; standard normal by default.</summary>
    public Initializer TemplateInitializer { get; init; } = new Normal(1.0);

    /// <summary>The width σ to begin with, above 0; 1 by default.</summary>
    public double InitialWidth { get; init => field = Settings.Positive(value); } = 1.0;

    /// <summary>The templates w, of shape [outputs, inputs].</summary>
    public Parameter Templates => Own[0];

    /// <summary>The widths σ, of shape [outputs].</summary>
    public Parameter Widths => Own[1];

    /// <inheritdoc/>
    protected internal override string Kind => "rbf";

    /// <inheritdoc/>
    protected internal override string Description => $"RadialBasis {Inputs} → {Outputs}";

    /// <inheritdoc/>
    protected override Shape? ExpectedInput => [Inputs];

    /// <summary>The function itself.</summary>
    internal static Variable Apply(Variable x, Variable templates, Variable widths)
    {
        Variable apart = x.Reshape([.. x.Shape.SkipLast(1), 1, x.Shape[^1]]) - templates;
        return (-apart.Square().Sum([-1]) / widths.Square()).Exp();
    }

    /// <inheritdoc/>
    protected override Variable Build(Variable input, ForwardContext context)
    {
        RequireFeatures(input, Inputs);
        return Apply(input, Templates, Widths);
    }

    /// <inheritdoc/>
    protected override IReadOnlyList<Parameter> CreateParameters() =>
    [
        TemplateInitializer.Create(ParameterName("templates"), ParameterRole.Bias, [Outputs, Inputs], new Fan(Inputs, Outputs), random.Fork("templates")),
        new Parameter(ParameterName("widths"), Value.Full(InitialWidth, DType.Float32, Outputs), ParameterRole.Scale),
    ];
}
