using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Recurrent;

/// <summary>
/// A layer of gated recurrent units (ONNX <c>GRU</c>; Cho et al. 2014, book section 10.10.2). The update gate z = f(Wz x + Rz h + bz), the reset gate
/// r = f(Wr x + Rr h + br), what may come new n = g(Wh x + Wbh + Rh (r·h) + Rbh), and h ← (1 − z)·n + z·h; f is the sigmoid and g the tanh by default. The gates stand in the
/// order z, r, h.
/// </summary>
/// <param name="Options">The attributes.</param>
/// <param name="LinearBeforeReset">Whether the reset gate is applied after the product: n = g(Wh x + Wbh + r·(Rh h + Rbh)).</param>
public sealed record GRU(RecurrentOptions Options, bool LinearBeforeReset = false) : RecurrentOperation(Options), IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples =>
    [
        .. RecurrentExamples.For(options => new GRU(options), gates: 3, states: 1, activations: 2),
        .. RecurrentExamples.For(options => new GRU(options, LinearBeforeReset: true), gates: 3, states: 1, activations: 2).Take(2),
    ];

    internal override int Gates => 3;

    private protected override string[] Defaults => ["Sigmoid", "Tanh"];

    private protected override bool IsUsual => Options.Clip is null && Options.HasActivations(Defaults, "Sigmoid", "Tanh");

    private protected override int Blocks => LinearBeforeReset ? 4 : 3;

    private protected override IEnumerable<OnnxAttribute> OwnAttributes => LinearBeforeReset ? [new OnnxAttribute("linear_before_reset", 1L)] : [];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) =>
        new GRU(RecurrentNode.Read(node), node.Knows("linear_before_reset") && node.Flag("linear_before_reset"))
            .ApplyAll([.. Enumerable.Range(0, node.Count).Select(node.Optional)]);

    internal override IReadOnlyList<Variable> Turn(RecurrentTurn turn)
    {
        RecurrentActivation[] activations = Options.ActivationsOf(Name, turn.Direction, Defaults);
        Variable h = turn.States[0];
        Variable input = turn.FromInput();
        Variable state = turn.FromState(h, 0, LinearBeforeReset ? 3 : 2);
        Variable update = turn.Activate(activations[0], turn.Gate(input, 0) + turn.Gate(state, 0));
        Variable reset = turn.Activate(activations[0], turn.Gate(input, 1) + turn.Gate(state, 1));
        Variable fresh = turn.Activate(
            activations[1], turn.Gate(input, 2) + (LinearBeforeReset ? reset * turn.Gate(state, 2) : turn.FromState(reset * h, 2, 1)));
        Variable next = ((1 - update) * fresh) + (update * h);
        return LinearBeforeReset ? [next, fresh, update, reset, turn.Gate(state, 2)] : [next, update, reset, fresh];
    }
}
