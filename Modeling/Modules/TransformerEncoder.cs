using Toolkit.Autograd.Graph;

namespace Toolkit.Modeling.Modules;

/// <summary>
/// Layers in which each step of a sequence sees the others: attention of the sequence to itself, then the network of each step. With <see cref="Causal"/> it is what language models
/// call a decoder without encoder. Shapes, options and source: <see cref="TransformerModule"/>.
/// </summary>
public sealed class TransformerEncoder : TransformerModule
{
    /// <summary>Layers with random weights.</summary>
    /// <param name="width">The number of features of one step, at least 2.</param>
    /// <param name="heads">The number of heads, a divisor of the width as a rule.</param>
    /// <param name="random">Gives the layers a stream of their own; advanced.</param>
    public TransformerEncoder(int width, int heads, RandomSource random)
        : base(width, heads, random)
    {
    }

    /// <summary>Whether a step sees no later one; false by default.</summary>
    public bool Causal { get; init; }

    /// <inheritdoc/>
    protected internal override string Kind => "encoder";

    private protected override bool IsCausal => Causal;

    /// <inheritdoc/>
    protected override Variable Build(Variable input, ForwardContext context)
    {
        Check(input);
        return Through(input, null, context);
    }
}
