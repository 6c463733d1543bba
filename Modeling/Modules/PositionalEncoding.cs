using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Modeling.Modules;

/// <summary>
/// Tells the steps of a sequence apart: adds to feature j of step t the number sin(t·ω) where j is even and cos(t·ω) where it is odd, ω = base^(−2⌊j/2⌋/features). Nothing is
/// learned, and a sequence may be of any length. Source: Vaswani et al., "Attention is all you need", 2017, section 3.5.
/// </summary>
/// <remarks>Input [batch, steps, features], the number of features known; result of the same shape.</remarks>
public sealed class PositionalEncoding : Module
{
    /// <summary>The base of the frequencies, above 0: the slowest wave is about 2π times as long; 10,000 by default.</summary>
    public double Base { get; init => field = Settings.Positive(value); } = 10_000;

    /// <inheritdoc/>
    protected internal override string Kind => "positions";

    /// <inheritdoc/>
    protected override Variable Build(Variable input, ForwardContext context)
    {
        if (input.Shape.Rank != 3 || !input.Shape[2].IsStatic)
            throw Mismatch("[batch, steps, features]", input);
        int features = input.Shape[2].Size;
        // A cosine is a sine a quarter of a turn later.
        double[] rates = [.. Enumerable.Range(0, features).Select(j => Math.Pow(Base, -2.0 * (j / 2) / features))];
        double[] phases = [.. Enumerable.Range(0, features).Select(j => j % 2 * (Math.PI / 2))];
        Variable step = Positions.Of(input.Shape[1], input).Cast(DType.Float64).Reshape([input.Shape[1], 1]);
        Variable angles = (step * Variable.Of(Value.Of(rates, features))) + Variable.Of(Value.Of(phases, features));
        return input + angles.Sin().Cast(input.DType);
    }
}
