using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations.Elementwise;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Modeling.Modules;

/// <summary>PReLU: max(0, z) + a·min(0, z) with a learned slope a for each unit or channel; ∂/∂a = min(0, z), ∂/∂z at 0 is a. Source: book section 6.3.1, equation
/// 6.36; He et al., "Delving deep into rectifiers", 2015.</summary>
/// <remarks>Input [batch, channels, …], result of the same shape.</remarks>
public sealed class ParametricRelu : Module
{
    /// <summary>A layer of rectifiers.</summary>
    /// <param name="channels">The size of axis 1 of the input.</param>
    public ParametricRelu(int channels)
    {
        Channels = Settings.AtLeastOne(channels);
    }

    /// <summary>The size of axis 1 of the input.</summary>
    public int Channels { get; }

    /// <summary>The slope to begin with; ¼ by default.</summary>
    public double InitialSlope { get; init => field = Settings.Finite(value); } = 0.25;

    /// <summary>a, of shape [channels].</summary>
    public Parameter Slope => Own[0];

    /// <inheritdoc/>
    protected internal override string Kind => "prelu";

    /// <inheritdoc/>
    protected override Variable Build(Variable input, ForwardContext context) =>
        new PRelu().Apply(input, ChannelAxis.Spread(this, Slope, input, Channels));

    /// <inheritdoc/>
    protected override IReadOnlyList<Parameter> CreateParameters() =>
        [new Parameter(ParameterName("slope"), Value.Full(InitialSlope, DType.Float32, Channels), ParameterRole.Scale)];
}
