using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Recurrent;

/// <summary>
/// A layer of long short-term memory (ONNX <c>LSTM</c>; Hochreiter and Schmidhuber 1997, book equations 10.40 to 10.44). With the cell c:
/// i = f(Wi x + Ri h + Pi·c + bi), forget f = f(Wf x + Rf h + Pf·c + bf), c ← f·c + i·g(Wc x + Rc h + bc), o = f(Wo x + Ro h + Po·c + bo) with the new cell, and
/// h ← o·h(c); the activations f, g and h are the sigmoid and twice the tanh by default. The gates stand in the order i, o, f, c, the peepholes P in the order i, o, f.
/// </summary>
/// <remarks>Inputs beyond those of all: the initial cell [D, batch, H] after the initial hidden state, and peepholes [D, 3·H]. Results: y, the last hidden state, the last cell.</remarks>
/// <param name="Options">The attributes.</param>
/// <param name="InputForget">Whether the forget gate is 1 − i (ONNX <c>input_forget</c>).</param>
public sealed record LSTM(RecurrentOptions Options, bool InputForget = false) : RecurrentOperation(Options), IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples =>
    [
        .. RecurrentExamples.For(options => new LSTM(options), gates: 4, states: 2, activations: 3),
        .. RecurrentExamples.For(options => new LSTM(options, InputForget: true), gates: 4, states: 2, activations: 3).Take(1),
    ];

    internal override int Gates => 4;

    internal override int States => 2;

    private protected override string[] Defaults => ["Sigmoid", "Tanh", "Tanh"];

    private protected override bool IsUsual => !InputForget && Options.Clip is null && Options.HasActivations(Defaults, "Sigmoid", "Tanh", "Tanh");

    private protected override int Blocks => 5;

    private protected override IEnumerable<OnnxAttribute> OwnAttributes => InputForget ? [new OnnxAttribute("input_forget", 1L)] : [];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) =>
        new LSTM(RecurrentNode.Read(node), node.Flag("input_forget")).ApplyAll([.. Enumerable.Range(0, node.Count).Select(node.Optional)]);

    internal override IReadOnlyList<Variable> Turn(RecurrentTurn turn)
    {
        RecurrentActivation[] activations = Options.ActivationsOf(Name, turn.Direction, Defaults);
        Variable cell = turn.States[1];
        Variable sums = turn.Sums();
        Variable input = turn.Activate(activations[0], turn.Peep(turn.Gate(sums, 0), cell, 0));
        Variable forget = InputForget ? 1 - input : turn.Activate(activations[0], turn.Peep(turn.Gate(sums, 2), cell, 2));
        Variable fresh = turn.Activate(activations[1], turn.Gate(sums, 3));
        Variable next = (forget * cell) + (input * fresh);
        Variable output = turn.Activate(activations[0], turn.Peep(turn.Gate(sums, 1), next, 1));

        // The clip bounds sums of products; the cell passes as it is, as in ONNX Runtime.
        return [output * activations[2].Apply(next), next, input, output, forget, fresh, next];
    }
}
