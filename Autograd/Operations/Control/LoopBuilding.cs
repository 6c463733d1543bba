using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations.Elementwise;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Control;

/// <summary>Finds types that carried values have in every turn of a loop, and the body for them.</summary>
internal static class LoopBuilding
{
    /// <summary>The type of the number of a turn.</summary>
    public static TensorType Turn { get; } = new(DType.Int64, []);

    /// <summary>The type of the condition in the body, unless the node has one.</summary>
    public static TensorType Truth { get; } = new(DType.Bool, []);

    /// <summary>The loop over a body: sizes that a turn changes are symbols in it, which have another value in each turn.</summary>
    /// <param name="initial">The types of the initial carried values.</param>
    /// <param name="condition">The type of the condition; null where there is none, so that what the body says of a next turn does not count.</param>
    /// <param name="close">Gives the body for types of its own inputs, and what it captures; it is asked again where the types turn out to change.</param>
    public static (Loop Loop, IReadOnlyList<Variable> Captured) Of(
        IReadOnlyList<TensorType> initial, TensorType? condition, Func<IReadOnlyList<TensorType>, (Body Body, IReadOnlyList<Variable> Captured)> close)
    {
        TensorType[] types = [.. initial];
        var varying = new HashSet<Symbol>();
        while (true)
        {
            (Body body, IReadOnlyList<Variable> captured) = close([Turn, condition ?? Truth, .. types]);
            if (body.Outputs.Count < 1 + types.Length)
                throw new GraphException($"Loop expects a body that gives a condition and {types.Length} carried values, found {body}.");
            int before = varying.Count;
            for (int i = 0; i < types.Length; i++)
                types[i] = Joined(types[i], body.Outputs[1 + i].Type, i, varying);
            if (varying.Count > before)
                continue;
            Body told = condition is null ? Unending(Told(body)) : Told(body);
            return (new Loop(told, types.Length, [.. Enumerable.Range(0, types.Length).Where(i => types[i] == body.Outputs[1 + i].Type)]), captured);
        }
    }

    /// <summary>The same body for a loop in which nothing but the number of turns counts.</summary>
    public static Body Unending(Body body) => IsTrue(body.Outputs[0].Constant) ? body : body.With([Variable.Of(Value.Of(true)), .. body.Outputs.Skip(1)]);

    /// <summary>Whether a value is known and true.</summary>
    public static bool IsTrue(Value? value) => value is { DType: DType.Bool, Count: 1 } && value.Span<bool>()[0];

    /// <summary>The condition in a turn, which holds: without it there would be none.</summary>
    public static Variable True(TensorType type) => Variable.Of(Value.Of(true).Reshape([.. Enumerable.Repeat(1, type.Shape.Rank)]));

    /// <summary>The body told that the condition holds: it would not run otherwise.</summary>
    private static Body Told(Body body)
    {
        var condition = new Substitution(new Dictionary<Variable, Variable> { [body.Inputs[1]] = True(body.Inputs[1].Type) });
        Variable[] outputs = [.. body.Outputs.Select(condition.Map)];
        while (outputs[0].Producer is { Operation: Identity } node)
            outputs[0] = node.Inputs[0];
        return body.With(outputs);
    }

    /// <summary>The type before a turn, with symbols for the sizes that the turn changes.</summary>
    private static TensorType Joined(TensorType before, TensorType after, int carried, HashSet<Symbol> varying)
    {
        if (before.DType != after.DType)
            throw new DTypeException($"Loop expects carried values that keep their element type, found value {carried} of type {before}, which a turn makes {after}.");
        if (before.Shape.Rank != after.Shape.Rank)
            throw new ShapeException($"Loop expects carried values that keep their number of axes, found value {carried} of type {before}, which a turn makes {after}.");
        return before with { Shape = [.. before.Shape.Select((dim, axis) => dim == after.Shape[axis] || (dim.Symbol is { } own && varying.Contains(own)) ? dim : Varied(axis))] };

        Dim Varied(int axis)
        {
            var symbol = Symbol.Fresh($"carried{carried}_dim{axis}");
            varying.Add(symbol);
            return Dim.Of(symbol);
        }
    }
}
