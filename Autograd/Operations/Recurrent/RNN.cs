using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Recurrent;

/// <summary>A simple recurrent layer (ONNX <c>RNN</c>; book equations 10.8 and 10.9): h ← f(W x + Wb + R h + Rb), f the tanh by default.</summary>
/// <param name="Options">The attributes.</param>
public sealed record RNN(RecurrentOptions Options) : RecurrentOperation(Options), IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples => RecurrentExamples.For(options => new RNN(options), gates: 1, states: 1, activations: 1);

    internal override int Gates => 1;

    private protected override string[] Defaults => ["Tanh"];

    private protected override bool IsUsual => Options.Clip is null && (IsRectified || Options.HasActivations(Defaults, "Tanh"));

    /// <summary>Whether all activations are rectifiers.</summary>
    internal bool IsRectified => Options.HasActivations(Defaults, "Relu");

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => new RNN(RecurrentNode.Read(node)).ApplyAll([.. Enumerable.Range(0, node.Count).Select(node.Optional)]);

    internal override IReadOnlyList<Variable> Turn(RecurrentTurn turn) =>
        [turn.Activate(Options.ActivationsOf(Name, turn.Direction, Defaults)[0], turn.Sums())];
}
