using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations.Control;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations;

/// <content>Branches and loops.</content>
public static partial class Ops
{
    /// <summary>A computation repeated for each element along the first axis of some variables, with states that pass from turn to turn.</summary>
    /// <param name="states">What the states are before the first turn.</param>
    /// <param name="inputs">The variables whose elements are read, [T, …], at least one.</param>
    /// <param name="turn">Gives from the states and the elements of a turn the next states, of the same types, and the elements of the outputs. Whatever else it reads is
    /// the same in each turn; what depends on nothing else is computed once, before.</param>
    /// <param name="backward">Whether the elements are read, and those of the outputs written, from the last to the first.</param>
    /// <returns>The states after the last turn, and the outputs [T, …].</returns>
    /// <exception cref="ShapeException">The lengths of the inputs differ, or a state does not keep its type.</exception>
    public static (IReadOnlyList<Variable> States, IReadOnlyList<Variable> Outputs) Scan(
        IReadOnlyList<Variable> states,
        IReadOnlyList<Variable> inputs,
        Func<IReadOnlyList<Variable>, IReadOnlyList<Variable>, (IReadOnlyList<Variable> States, IReadOnlyList<Variable> Outputs)> turn,
        bool backward = false)
    {
        Variable[] before = [.. states.Select((state, i) => Body.Input($"state{i}", state.Type))];
        Variable[] elements = [.. inputs.Select((input, i) => Body.Input($"element{i}", input.Type with { Shape = [.. input.Shape.Skip(1)] }))];
        (IReadOnlyList<Variable> next, IReadOnlyList<Variable> written) = turn(before, elements);
        if (next.Count != before.Length)
            throw new GraphException($"Expected {before.Length} states after a turn, found {next.Count}.");
        (Body body, IReadOnlyList<Variable> captured) = BodyClosing.CloseRepeated([.. before, .. elements], [.. next, .. written]);
        int direction = backward ? 1 : 0;
        IReadOnlyList<Variable> results = new Scan(body, before.Length, [.. elements.Select(_ => direction)], [.. written.Select(_ => direction)])
            .ApplyAll([.. states, .. inputs, .. captured]);
        return ([.. results.Take(before.Length)], [.. results.Skip(before.Length).Take(written.Count)]);
    }

    /// <summary>A computation repeated a number of times, or as long as a condition holds, or both, with values that pass from turn to turn.</summary>
    /// <param name="count">The most turns: int64, one element; null for no bound.</param>
    /// <param name="condition">Whether there is a first turn: bool, one element; null for true.</param>
    /// <param name="initial">The values that are carried into the first turn.</param>
    /// <param name="turn">Gives from the number of a turn, int64 from 0 on, and the carried values whether there is another turn (null for true), the carried values for it, of
    /// the same element types and numbers of axes, and the elements of the outputs. Whatever else it reads is the same in each turn; what depends on nothing else is computed
    /// once, before. It is asked again where the sizes of carried values turn out to change.</param>
    /// <returns>The carried values after the last turn, and the outputs [T, …] of all T turns.</returns>
    /// <exception cref="ShapeException">A carried value changes its number of axes, or a condition or count has not one element.</exception>
    /// <exception cref="DTypeException">A carried value changes its element type, or a condition or count has another.</exception>
    public static (IReadOnlyList<Variable> Carried, IReadOnlyList<Variable> Outputs) Loop(
        Variable? count,
        Variable? condition,
        IReadOnlyList<Variable> initial,
        Func<Variable, IReadOnlyList<Variable>, (Variable? GoesOn, IReadOnlyList<Variable> Carried, IReadOnlyList<Variable> Outputs)> turn)
    {
        (Loop loop, IReadOnlyList<Variable> captured) = LoopBuilding.Of([.. initial.Select(value => value.Type)], condition?.Type ?? LoopBuilding.Truth, types =>
        {
            Variable[] inputs = [.. types.Select((type, i) => Body.Input($"input{i}", type))];
            (Variable? goesOn, IReadOnlyList<Variable> next, IReadOnlyList<Variable> written) = turn(inputs[0], inputs[Control.Loop.First..]);
            if (next.Count != initial.Count)
                throw new GraphException($"Expected {initial.Count} carried values after a turn, found {next.Count}.");
            return BodyClosing.CloseRepeated(inputs, [goesOn ?? Variable.Of(Value.Of(true)), .. next, .. written]);
        });
        if (condition is null && !LoopBuilding.IsTrue(loop.Body.Outputs[0].Constant))
            condition = Variable.Of(Value.Of(true));
        IReadOnlyList<Variable> results = loop.ApplyAll([count, condition, .. initial, .. captured]);
        return ([.. results.Take(initial.Count)], [.. results.Skip(initial.Count).Take(loop.Outputs)]);
    }

    /// <summary>One of two computations, chosen when the graph runs; the other does not run, and no gradient flows through it.</summary>
    /// <param name="condition">A bool with one element.</param>
    /// <param name="arguments">The variables that the branches read; parameters and inputs may be read without being named here.</param>
    /// <param name="then">What is computed from the arguments where the condition is true.</param>
    /// <param name="otherwise">What is computed where it is false: as many results, of the same types.</param>
    /// <returns>The results of the branch that is taken.</returns>
    /// <exception cref="GraphException">The branches give different numbers of results.</exception>
    /// <exception cref="ShapeException">They give different types, or the condition has not one element.</exception>
    /// <exception cref="DTypeException">The condition is no bool.</exception>
    public static IReadOnlyList<Variable> If(
        Variable condition,
        IReadOnlyList<Variable> arguments,
        Func<IReadOnlyList<Variable>, IReadOnlyList<Variable>> then,
        Func<IReadOnlyList<Variable>, IReadOnlyList<Variable>> otherwise)
    {
        Variable[] inputs = [.. arguments.Select((argument, i) => Variable.Formal(argument.Name ?? $"argument{i}", argument.Type, argument.Content))];
        (IReadOnlyList<Body> bodies, IReadOnlyList<Variable> captured) = BodyClosing.Close([(inputs, then(inputs)), (inputs, otherwise(inputs))]);
        return new If(bodies[0], bodies[1]).ApplyAll([condition, .. arguments, .. captured]);
    }

    /// <summary>A function with a gradient that is given beside it, in the place of the one that follows from its operations: <c>Ops.WithGradient(x, v =&gt; new Round().Apply(v), (_, _, g) =&gt; g)</c>
    /// is a straight-through estimator, <c>Ops.WithGradient(x, v =&gt; v, (_, _, g) =&gt; -g)</c> turns gradients round.</summary>
    /// <param name="x">The argument.</param>
    /// <param name="function">The function, of its argument alone.</param>
    /// <param name="gradient">From x, y = f(x) and the gradient at y the gradient at x, of the type and shape of x.</param>
    /// <returns>f(x).</returns>
    /// <exception cref="GraphException">The function or the gradient reads something else than its arguments and constants.</exception>
    /// <exception cref="GradientException">The gradient has not the type of x.</exception>
    public static Variable WithGradient(Variable x, Func<Variable, Variable> function, Func<Variable, Variable, Variable, Variable> gradient) =>
        WithGradient([x], given => [function(given[0])], (given, results, gradients) => [gradient(given[0], results[0], gradients[0])])[0];

    /// <summary>A function of several variables with gradients that are given beside it, in the place of those that follow from its operations. They are differentiated like any computation, so that the function has all
    /// derivatives.</summary>
    /// <param name="arguments">The arguments; parameters that the function reads among them.</param>
    /// <param name="function">The results, from the arguments alone.</param>
    /// <param name="gradient">From the arguments, the results and the gradients at the results (zeros for one of which nothing depends) the gradient at each argument, of its type and shape; null for zero.</param>
    /// <returns>The results of the function.</returns>
    /// <exception cref="GraphException">The function or the gradient reads something else than its arguments and constants.</exception>
    /// <exception cref="GradientException">There is not one gradient for each argument, or one has not the type of its argument.</exception>
    public static IReadOnlyList<Variable> WithGradient(
        IReadOnlyList<Variable> arguments,
        Func<IReadOnlyList<Variable>, IReadOnlyList<Variable>> function,
        Func<IReadOnlyList<Variable>, IReadOnlyList<Variable>, IReadOnlyList<Variable>, IReadOnlyList<Variable?>> gradient)
    {
        IReadOnlyList<Variable> given = Formals(arguments);
        var computed = new Body(given, function(given));
        (IReadOnlyList<Variable> again, IReadOnlyList<Variable> results, IReadOnlyList<Variable> incoming) = (Formals(arguments), Formals(computed.Outputs), Formals(computed.Outputs));
        IReadOnlyList<Variable?> found = gradient(again, results, incoming);
        if (found.Count != arguments.Count || found.Zip(again).Any(pair => pair.First is { } one && one.Type != pair.Second.Type))
        {
            throw new GradientException(
                $"Expected a gradient of the type of each argument, {string.Join(", ", arguments.Select(argument => argument.Type))}, found {string.Join(", ", found.Select(one => $"{one?.Type}"))}.");
        }

        int[] reached = [.. Enumerable.Range(0, found.Count).Where(i => found[i] is not null)];
        var rule = new Body([.. again, .. results, .. incoming], [.. reached.Select(i => found[i]!)]);
        return new CustomGradient(computed, rule, [.. reached]).ApplyAll([.. arguments]);

        static IReadOnlyList<Variable> Formals(IReadOnlyList<Variable> variables) =>
            [.. variables.Select((variable, i) => Body.Input(variable.Name ?? $"value{i}", variable.Type, variable.Content))];
    }

    /// <summary>The value itself, where a condition is what it must be when the graph runs; an error otherwise.</summary>
    /// <remarks>ONNX has no such operator: it is written as <c>Identity</c>.</remarks>
    /// <param name="x">The value.</param>
    /// <param name="condition">A bool with one element.</param>
    /// <param name="expected">What the condition must be.</param>
    /// <param name="reason">Why it must be so, as a sentence for the error, which is a <see cref="ShapeException"/>.</param>
    /// <exception cref="DTypeException">The condition is no bool.</exception>
    public static Variable Checked(Variable x, Variable condition, bool expected, string reason) => new Checked(expected, reason).Apply(x, condition);
}
