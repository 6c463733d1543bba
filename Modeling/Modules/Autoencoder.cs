using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Modeling.Modules;

/// <summary>
/// A decoder after an encoder, g(f(x)), to be trained to give back its input (<see cref="Toolkit.Modeling.Data.Dataset.AsReconstruction"/>). With the penalty
/// <c>new Contractive(0.1, autoencoder.CodeName)</c> it is a contractive autoencoder: its code changes only along directions in which examples vary. Source: book
/// section 7.14 and chapter 14; Rifai et al., "Contractive auto-encoders", 2011.
/// </summary>
/// <remarks>Squared errors suit real inputs, <see cref="Toolkit.Modeling.Losses.BinaryCrossEntropy"/> on logits suits inputs between 0 and 1. A
/// <see cref="TransposedDense"/> decoder shares the encoder's weights, as Rifai et al. do: without it, the encoder could shrink and the decoder make up for it,
/// and the penalty would mean nothing.</remarks>
public sealed class Autoencoder : Module
{
    /// <summary>An autoencoder.</summary>
    /// <param name="encoder">f.</param>
    /// <param name="decoder">g: its result has the shape of f's input.</param>
    public Autoencoder(Module encoder, Module decoder)
    {
        Encoder = encoder;
        Decoder = decoder;
    }

    /// <summary>f: a model of its own once it is trained.</summary>
    public Module Encoder { get; }

    /// <summary>g.</summary>
    public Module Decoder { get; }

    /// <summary>The name of the code among the hidden representations, for regularizers.</summary>
    public string CodeName
    {
        get
        {
            // Names are settled from the outside in.
            _ = Path;
            return Encoder.Path;
        }
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Module> Children => [Encoder, Decoder];

    /// <inheritdoc/>
    protected internal override string Kind => "autoencoder";

    /// <inheritdoc/>
    protected override Shape? ExpectedInput => Encoder.InputShape;

    /// <inheritdoc/>
    protected override Variable Build(Variable input, ForwardContext context)
    {
        Variable output = Decoder.Forward(Encoder.Forward(input, context), context);
        return output.Shape == input.Shape
            ? output
            : throw new ShapeException($"expected a decoder that gives the shape of the input, {input.Shape}, found {output.Shape}.");
    }
}
