using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Modeling.Modules;

/// <summary>(x − μ)/√(σ² + ε)·γ + β with μ and σ² over the last axis of each example. Source: Ba, Kiros, Hinton, "Layer normalization", 2016; the idea of
/// book section 8.7.1 without the batch.</summary>
/// <remarks>Input [batch, …, size], result of the same shape; γ and β have the shape [size].</remarks>
public sealed class LayerNormalization : Module
{
    /// <summary>A normalizing layer.</summary>
    /// <param name="size">The size of the last axis of the input, at least 2: one number alone would always become 0.</param>
    public LayerNormalization(int size)
    {
        Size = Settings.AtLeast(2, size);
    }

    /// <summary>The size of the last axis of the input.</summary>
    public int Size { get; }

    /// <summary>ε: keeps the division harmless; 10⁻⁵ by default.</summary>
    public double Stabilizer { get; init => field = Settings.Positive(value); } = 1e-5;

    /// <summary>γ.</summary>
    public Parameter Scale => Own[0];

    /// <summary>β.</summary>
    public Parameter Shift => Own[1];

    /// <inheritdoc/>
    protected internal override string Kind => "layernorm";

    /// <inheritdoc/>
    protected override Variable Build(Variable input, ForwardContext context)
    {
        if (input.Shape.Rank < 2 || input.Shape[^1] != Size)
            throw Mismatch($"[batch, …, {Size}]", input);
        Variable apart = input - input.Mean([-1], keepDims: true);
        return (apart / (apart.Square().Mean([-1], keepDims: true) + Stabilizer).Sqrt() * Scale) + Shift;
    }

    /// <inheritdoc/>
    protected override IReadOnlyList<Parameter> CreateParameters() =>
    [
        new Parameter(ParameterName("scale"), Value.Full(1.0, DType.Float32, Size), ParameterRole.Scale),
        new Parameter(ParameterName("shift"), Value.Zeros(DType.Float32, Size), ParameterRole.Bias),
    ];
}
