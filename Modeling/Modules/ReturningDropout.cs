using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Operation = Toolkit.Autograd.Operations.Random.Dropout;

namespace Toolkit.Modeling.Modules;

/// <summary>
/// The dropout of a computation from elsewhere: files hold it in the form of inference, in which it does nothing; in training it drops again, with the ratio that they name. Each node has masks of
/// its own, a pure function of the seed that it names, its place among the others and a counter that goes up by one with each step.
/// </summary>
/// <param name="counter">The counter, a state.</param>
/// <param name="call">How often the module has been applied before in the same step.</param>
internal sealed class ReturningDropout(Parameter counter, int call)
{
    // Keys that follow from neighbouring numbers are far apart (the golden ratio of 64 bits).
    private const ulong Spread = 0x9E3779B97F4A7C15;

    private const double StandardRatio = 0.5;

    private readonly Dictionary<Node, int> places = new(ReferenceEqualityComparer.Instance);

    /// <summary>The counter of a computation with dropout; none for one without.</summary>
    /// <param name="signature">The computation.</param>
    /// <param name="name">The name of the counter.</param>
    public static IEnumerable<Parameter> StateOf(Signature signature, string name) =>
        signature.Nodes.Any(node => RateOf(node) > 0) ? [new Parameter(name, Value.Of(0UL), ParameterRole.State)] : [];

    /// <summary>The dropout of one application of a model; null where the computation has none.</summary>
    /// <param name="model">The model, which owns the counter behind the parameters of the computation.</param>
    /// <param name="signature">The computation.</param>
    /// <param name="context">What counts applications.</param>
    public static ReturningDropout? Of(Model model, Signature signature, ForwardContext context) =>
        model.Own.Count > signature.Parameters.Count ? new ReturningDropout(model.Own[^1], context.CountCall(model)) : null;

    /// <summary>The probability to drop a number; 0 for a node that is no dropout, or one that trains already.</summary>
    /// <param name="node">A node of the computation.</param>
    public static double RateOf(Node node) => node.Operation is not Operation || (node.Inputs.Optional(2) is { } trains && trains.Constant is not { Count: 1 })
        || (node.Inputs.Optional(2)?.Constant is { } flag && flag[0] != 0) ? 0
        : node.Inputs.Optional(1) is not { } ratio ? StandardRatio
        : ratio.Constant is { Count: 1 } number ? number.Scalar() : 0;

    /// <summary>The numbers with some of them dropped, and which are left.</summary>
    /// <param name="node">A dropout.</param>
    /// <param name="x">What it reads.</param>
    /// <param name="context">Counts up.</param>
    public IReadOnlyList<Variable> Apply(Node node, Variable x, ForwardContext context)
    {
        double rate = RateOf(node);
        if (!places.TryGetValue(node, out int place))
            places.Add(node, place = places.Count);
        ulong key = unchecked((ulong)((Operation)node.Operation).Seed + (Spread * (ulong)(1 + place)) + (Spread * Spread * (ulong)call));
        Variable uniform = Ops.RandomUniform(x.Shape, Variable.Of(Value.Of(key)), counter, DType.Float32, x);
        context.Update(counter, Ops.Add(counter, Variable.Of(Value.Of(1UL))));
        Variable kept = Ops.GreaterOrEqual(uniform, Variable.Scalar(rate, DType.Float32));
        return [Ops.Where(kept, x * (1 / (1 - rate)), 0.0), kept];
    }
}
