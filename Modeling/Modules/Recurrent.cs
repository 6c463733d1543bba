using Toolkit.Autograd.Operations.Recurrent;

namespace Toolkit.Modeling.Modules;

/// <summary>Simple recurrent layers: h ← g(W x + R h + b), g the tanh by default. Shapes, states and options: <see cref="RecurrentModule"/>. Source: book equations 10.8 and 10.9;
/// ONNX <c>RNN</c>.</summary>
public sealed class Recurrent : RecurrentModule
{
    /// <summary>Layers with random weights.</summary>
    /// <param name="inputs">The number of features of one step, at least 1.</param>
    /// <param name="units">The number of units, at least 1.</param>
    /// <param name="random">Gives the layers a stream of their own; advanced.</param>
    public Recurrent(int inputs, int units, RandomSource random)
        : base(inputs, units, gates: 1, [State], random)
    {
    }

    /// <summary>g, by its name in the standard, such as "Relu"; "Tanh" by default.</summary>
    /// <exception cref="Autograd.Tensors.GraphException">The standard does not have it.</exception>
    public string Activation { get; init => field = RecurrentActivation.Of(value).Name; } = "Tanh";

    /// <inheritdoc/>
    protected internal override string Kind => "recurrent";

    private protected override RecurrentOperation Word(RecurrentOptions options) => new RNN(
        Activation == "Tanh" ? options : options with { Activations = [.. Enumerable.Repeat(RecurrentActivation.Of(Activation), options.Directions)] });
}
