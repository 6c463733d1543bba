using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Recurrent;

/// <summary>One direction of a recurrent operator as a Scan. What does not depend on the states, the product of the whole input with the weights, is computed before the turns.</summary>
internal sealed class RecurrentScan(RecurrentOperation operation, Arguments inputs, int direction, bool keeps)
{
    private readonly int gates = operation.Gates, states = operation.States;
    private readonly int hidden = operation.Options.HiddenSize;
    private readonly bool isReverse = operation.Options.IsReverse(direction);

    /// <summary>The last states, [batch, H], and of each turn the hidden state, [T, batch, H], and what is kept.</summary>
    public (IReadOnlyList<Variable> Last, IReadOnlyList<Variable> All) Apply()
    {
        Variable x = inputs[0];
        Variable? bias = Of(3), peepholes = inputs.Optional(5 + states) is null ? null : Of(5 + states);
        Variable input = x.MatMul(Of(1)!.Transpose());
        Variable recurrent = Of(2)!.Transpose();
        int width = gates * hidden;
        Variable? inputBias = bias?.Slice(0, 0, width), recurrentBias = bias?.Slice(0, width, 2 * width);
        Variable[] initial = [.. Enumerable.Range(0, states).Select(i => Of(5 + i) ?? Ops.Expand(Variable.Scalar(0, x.DType), [x.Shape[1], hidden], x))];
        Variable? lengths = inputs.Optional(4) is { } given ? given.Cast(DType.Int64).Reshape([given.Shape[0], 1]) : null;
        if (lengths is null)
        {
            return Ops.Scan(initial, [input], (s, e) => Next(s, e[0]) is var next ? ([.. next.Take(states)], Written(next)) : default, isReverse);
        }

        // The place of a turn counts up, or down from the last one.
        Variable first = isReverse ? Ops.Size(x.Shape[0], DType.Int64, x) - 1 : Variable.Of(Value.Of(0L));
        (IReadOnlyList<Variable> ended, IReadOnlyList<Variable> written) = Ops.Scan(
            [.. initial, first],
            [input],
            (s, e) =>
            {
                Variable isRead = Ops.Less(s[^1], lengths);
                IReadOnlyList<Variable> next = Next([.. s.SkipLast(1)], e[0]);
                Variable[] passed = [.. next.Take(states).Select((state, i) => Ops.Where(isRead, state, s[i]))];
                return ([.. passed, s[^1] + (isReverse ? -1 : 1)], [.. Written(next).Select(result => Ops.Where(isRead, result, 0))]);
            },
            isReverse);
        return ([.. ended.SkipLast(1)], written);

        IReadOnlyList<Variable> Next(IReadOnlyList<Variable> s, Variable element) =>
            operation.Turn(new RecurrentTurn(operation.Options, direction, gates, s, element, recurrent, inputBias, recurrentBias, peepholes));

        IReadOnlyList<Variable> Written(IReadOnlyList<Variable> next) => keeps ? [next[0], Ops.Concat(1, [.. next.Skip(states)])] : [next[0]];
    }

    /// <summary>The part of an input that belongs to the direction; null where the input is left out.</summary>
    private Variable? Of(int position) => inputs.Optional(position) is { } all
        ? all.Slice(0, direction, direction + 1).Reshape([.. all.Shape.Skip(1)])
        : null;
}

/// <summary>What one turn of one direction has to work with.</summary>
/// <param name="options">The attributes.</param>
/// <param name="direction">The direction.</param>
/// <param name="gates">The number of gates.</param>
/// <param name="states">The states before the turn, [batch, H].</param>
/// <param name="element">The products of the element with the weights of all gates, [batch, G·H].</param>
/// <param name="recurrent">The recurrent weights, [H, G·H].</param>
/// <param name="inputBias">The biases of the weights; null for none.</param>
/// <param name="recurrentBias">The biases of the recurrent weights; null for none.</param>
/// <param name="peepholes">The peepholes, [3·H]; null for none.</param>
internal sealed class RecurrentTurn(
    RecurrentOptions options,
    int direction,
    int gates,
    IReadOnlyList<Variable> states,
    Variable element,
    Variable recurrent,
    Variable? inputBias,
    Variable? recurrentBias,
    Variable? peepholes)
{
    private readonly int hidden = options.HiddenSize;

    public int Direction => direction;

    public IReadOnlyList<Variable> States => states;

    /// <summary>Wx + Wb + Rh + Rb of all gates, or of some next to each other.</summary>
    public Variable Sums(int first = 0, int? count = null) => FromInput(first, count) + FromState(states[0], first, count);

    /// <summary>Wx + Wb.</summary>
    public Variable FromInput(int first = 0, int? count = null) => Plus(Part(element, 1, first, count), inputBias, first, count);

    /// <summary>Rh + Rb.</summary>
    public Variable FromState(Variable h, int first = 0, int? count = null) => Plus(h.MatMul(Part(recurrent, 1, first, count)), recurrentBias, first, count);

    /// <summary>One gate of sums.</summary>
    public Variable Gate(Variable sums, int gate) => Part(sums, 1, gate, 1);

    /// <summary>A peephole times the cell, added to the sums of a gate; the sums themselves where there are none.</summary>
    public Variable Peep(Variable sums, Variable cell, int peephole) =>
        peepholes is null ? sums : sums + (peepholes.Slice(0, peephole * hidden, (peephole + 1) * hidden) * cell);

    /// <summary>An activation of what goes in, clipped.</summary>
    public Variable Activate(RecurrentActivation activation, Variable x) => activation.Apply(options.Clip is { } clip ? Ops.Clip(x, -clip, clip) : x);

    private Variable Plus(Variable sums, Variable? bias, int first, int? count) => bias is null ? sums : sums + Part(bias, 0, first, count);

    private Variable Part(Variable x, int axis, int first, int? count) =>
        first == 0 && (count ?? gates) == (x.Shape[axis].Size / hidden) ? x : x.Slice(axis, first * hidden, (first + (count ?? gates)) * hidden);
}
