using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Control;

/// <summary>
/// What the gradient of a repeated computation asks of it, in the terms of a Scan: a body that takes states, elements and captured variables and gives states and elements.
/// Inputs and results are counted as the body counts them.
/// </summary>
/// <param name="request">What the operation is asked.</param>
internal abstract class Turns(BpropRequest request)
{
    /// <summary>What the operation is asked.</summary>
    public BpropRequest Request => request;

    /// <summary>What is done in a turn.</summary>
    public abstract Body Body { get; }

    /// <summary>The number of states.</summary>
    public abstract int States { get; }

    /// <summary>For each scanned input 0 where it is read from its first element to the last, 1 where from the last to the first.</summary>
    public abstract IntList InputDirections { get; }

    /// <summary>The same for each output.</summary>
    public abstract IntList OutputDirections { get; }

    /// <summary>The number of inputs of the body that are not captured.</summary>
    public int Own => States + InputDirections.Count;

    /// <summary>The number of results of a turn.</summary>
    public int Results => States + OutputDirections.Count;

    /// <summary>The input of the body for an input of the node; −1 where there is none.</summary>
    public abstract int InputAt(int position);

    /// <summary>What stands at an input of the body: an initial state, what is scanned, or a captured variable.</summary>
    public abstract Variable Input(int input);

    /// <summary>Whether the gradient with respect to that is asked for.</summary>
    public abstract bool Wants(int input);

    /// <summary>The gradient of a last state or an output; null for zero.</summary>
    public Variable? Gradient(int result) => request.Gradient(result);

    /// <summary>What a state was before each turn.</summary>
    public abstract Variable Before(int state);

    /// <summary>The gradient of that; null for zero.</summary>
    public abstract Variable? BeforeGradient(int state);

    /// <summary>Checks that a gradient can flow through a state.</summary>
    /// <exception cref="GradientException">It changes its type.</exception>
    public virtual void RequireState(int state)
    {
    }
}

/// <summary>A Scan.</summary>
internal sealed class ScanTurns(Scan scan, BpropRequest request) : Turns(request)
{
    public override Body Body => scan.Body;

    public override int States => scan.States;

    public override IntList InputDirections => scan.InputDirections;

    public override IntList OutputDirections => scan.OutputDirections;

    public override int InputAt(int position) => position;

    public override Variable Input(int input) => Request[input];

    public override bool Wants(int input) => Request.Wants(input);

    public override Variable Before(int state) => Request.Result(scan.StandardResults + state);

    public override Variable? BeforeGradient(int state) => Request.Gradient(scan.StandardResults + state);
}

/// <summary>A Loop: a Scan over the numbers of its turns.</summary>
internal sealed class LoopTurns : Turns
{
    private readonly Loop loop;

    public LoopTurns(Loop loop, BpropRequest request)
        : base(request)
    {
        this.loop = loop;
        IReadOnlyList<Variable> inputs = loop.Body.Inputs;
        var condition = new Substitution(new Dictionary<Variable, Variable> { [inputs[1]] = LoopBuilding.True(inputs[1].Type) });
        Body = new Body(
            [.. inputs.Skip(Loop.First).Take(loop.Carried), inputs[0], .. inputs.Skip(Loop.First + loop.Carried)], [.. loop.Body.Outputs.Skip(1).Select(condition.Map)]);
        OutputDirections = [.. Enumerable.Repeat(0, loop.Outputs)];
    }

    public override Body Body { get; }

    public override int States => loop.Carried;

    public override IntList InputDirections { get; } = [0];

    public override IntList OutputDirections { get; }

    public override int InputAt(int position) => position < Loop.First ? -1 : position < Loop.First + States ? position - Loop.First : position - 1;

    public override Variable Input(int input) => input == States ? Numbers() : Request[PositionOf(input)];

    public override bool Wants(int input) => input != States && Request.Wants(PositionOf(input));

    public override Variable Before(int state)
    {
        RequireState(state);
        return Request.Result(loop.StandardResults + loop.Kept.ToList().IndexOf(state));
    }

    public override Variable? BeforeGradient(int state) => loop.Kept.Contains(state) ? Request.Gradient(loop.StandardResults + loop.Kept.ToList().IndexOf(state)) : null;

    public override void RequireState(int state)
    {
        if (!loop.Kept.Contains(state))
        {
            throw Request.NotDefined(
                $"its carried value {state} changes its type from turn to turn: it is {loop.Body.Inputs[Loop.First + state].Type} before a turn and {loop.Body.Outputs[1 + state].Type} after it");
        }
    }

    private int PositionOf(int input) => input < States ? input + Loop.First : input + 1;

    /// <summary>The numbers of the turns, as many as any stacked result has elements.</summary>
    private Variable Numbers()
    {
        int counted = Enumerable.Range(States, Request.Results.Count - States).FirstOrDefault(k => Request.Gradient(k) is not null, loop.StandardResults);
        Variable zero = Variable.Of(Value.Of(0L));
        return new Shaping.Range().Apply(zero, Request.Result(counted).ShapeOf().Gather(zero), Variable.Of(Value.Of(1L)));
    }
}
