using Toolkit.Autograd.Operations.Recurrent;

namespace Toolkit.Modeling.Modules;

/// <summary>
/// Layers of gated recurrent units: the update gate z = σ(Wz x + Rz h + bz), the reset gate r = σ(Wr x + Rr h + br), what may come new
/// n = tanh(Wn x + bn + r·(Rn h + cn)), and h ← (1 − z)·n + z·h. Shapes, states and options: <see cref="RecurrentModule"/>. Source: Cho et al. 2014; book section 10.10.2; ONNX <c>GRU</c>.
/// </summary>
public sealed class Gru : RecurrentModule
{
    /// <summary>Layers with random weights.</summary>
    /// <param name="inputs">The number of features of one step, at least 1.</param>
    /// <param name="units">The number of units, at least 1.</param>
    /// <param name="random">Gives the layers a stream of their own; advanced.</param>
    public Gru(int inputs, int units, RandomSource random)
        : base(inputs, units, gates: 3, [State], random)
    {
    }

    /// <summary>Whether the reset gate is applied to the product with the state, which then is one for all gates (the default); false for the form of the book's equation 10.45,
    /// n = tanh(Wn x + bn + Rn (r·h) + cn).</summary>
    public bool LinearBeforeReset { get; init; } = true;

    /// <inheritdoc/>
    protected internal override string Kind => "gru";

    private protected override RecurrentOperation Word(RecurrentOptions options) => new GRU(options, LinearBeforeReset);
}
