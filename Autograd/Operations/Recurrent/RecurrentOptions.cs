using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Recurrent;

/// <summary>In which direction a recurrent operator reads its input.</summary>
public enum RecurrentDirection
{
    /// <summary>From the first element to the last (ONNX <c>forward</c>).</summary>
    Forward,

    /// <summary>From the last element to the first (ONNX <c>reverse</c>).</summary>
    Reverse,

    /// <summary>Both, each with weights of its own (ONNX <c>bidirectional</c>).</summary>
    Bidirectional,
}

/// <summary>The attributes that the recurrent operators have in common.</summary>
/// <param name="HiddenSize">The number of elements of the hidden state, H.</param>
public sealed record RecurrentOptions(int HiddenSize)
{
    /// <summary>The direction.</summary>
    public RecurrentDirection Direction { get; init; }

    /// <summary>The activations, those of the forward direction before those of the reverse one; empty for the operator's defaults.</summary>
    public AttributeList<RecurrentActivation> Activations { get; init; } = [];

    /// <summary>The bound of the sums that go into the activations of gates, which are drawn to between −Clip and Clip; null for none.</summary>
    public float? Clip { get; init; }

    /// <summary>Whether the batch is the first axis (ONNX <c>layout</c> 1): x [batch, time, I], y [batch, time, directions, H], states [batch, directions, H].</summary>
    public bool BatchFirst { get; init; }

    /// <summary>The number of directions, D.</summary>
    public int Directions => Direction == RecurrentDirection.Bidirectional ? 2 : 1;

    /// <summary>Whether a direction reads from the last element to the first.</summary>
    internal bool IsReverse(int direction) => Direction == RecurrentDirection.Reverse || direction == 1;

    /// <summary>Whether each direction has these activations, if the operator's defaults are these or others.</summary>
    /// <param name="defaults">The operator's defaults.</param>
    /// <param name="names">The activations of one direction.</param>
    internal bool HasActivations(string[] defaults, params string[] names) => Activations.Count == 0
        ? defaults.SequenceEqual(names)
        : Activations.Select(activation => activation.Name).SequenceEqual(Enumerable.Repeat(names, Directions).SelectMany(name => name));

    /// <summary>The activations of a direction.</summary>
    /// <param name="operation">The operator, for messages.</param>
    /// <param name="direction">The direction, from 0.</param>
    /// <param name="defaults">The names of the operator's defaults for one direction.</param>
    /// <exception cref="GraphException">Their number is another.</exception>
    internal RecurrentActivation[] ActivationsOf(string operation, int direction, params string[] defaults) =>
        Activations.Count == 0 ? [.. defaults.Select(name => RecurrentActivation.Of(name))]
        : Activations.Count == defaults.Length * Directions ? [.. Activations.Skip(direction * defaults.Length).Take(defaults.Length)]
        : throw new GraphException($"{operation} expects {defaults.Length} activations for each of {Directions} directions, found {Activations.Count}.");
}
