using Toolkit.Autograd.Operations.Recurrent;

namespace Toolkit.Modeling.Modules;

/// <summary>
/// Layers of long short-term memory: with the cell c, the gates i, o, f = σ(W x + R h + b) of their own weights, c ← f·c + i·tanh(Wc x + Rc h + bc), and h ← o·tanh(c). Shapes,
/// states and options: <see cref="RecurrentModule"/>. Source: Hochreiter, Schmidhuber 1997; book equations 10.40 to 10.44; ONNX <c>LSTM</c>.
/// </summary>
public sealed class Lstm : RecurrentModule
{
    /// <summary>Layers with random weights.</summary>
    /// <param name="inputs">The number of features of one step, at least 1.</param>
    /// <param name="units">The number of units, at least 1.</param>
    /// <param name="random">Gives the layers a stream of their own; advanced.</param>
    public Lstm(int inputs, int units, RandomSource random)
        : base(inputs, units, gates: 4, [State, Cell], random)
    {
    }

    /// <summary>The bias with which the forget gates begin, so that a cell remembers before it has learned what to forget; 1 by default. Source: Gers, Schmidhuber, Cummins 2000;
    /// book section 10.10.2.</summary>
    public double ForgetBias { get; init => field = Settings.Finite(value); } = 1.0;

    /// <inheritdoc/>
    protected internal override string Kind => "lstm";

    private protected override RecurrentOperation Word(RecurrentOptions options) => new LSTM(options);

    // The gates stand in the order i, o, f, c.
    private protected override void BeginBias(Span<float> bias) => bias.Slice(2 * Units, Units).Fill((float)ForgetBias);
}
