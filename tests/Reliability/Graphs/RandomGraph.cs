using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Autograd.Tests.Operations;

namespace Toolkit.Reliability.Graphs;

/// <summary>
/// A graph of random operations of the registry, which grows with it: an operation comes with the inputs of one of its examples, moved a little by what was computed before so that they stay where it is smooth, or takes
/// what was computed before wherever its shapes and types fit. Branches and loops have random chains of operations as bodies.
/// </summary>
internal sealed class RandomGraph
{
    private static readonly (RegisteredOperation Operation, OperationExample Example)[] Shown =
        [.. OperationRegistry.All.Where(o => !ExampleValues.HasTexts(o)).SelectMany(o => o.Examples.Select(example => (o, example)))];

    // Those that take any numbers near zero.
    private static readonly OperationExample[] Free =
        [.. Shown.Select(s => s.Example).Where(e => e.Inputs.All(i => i is { DType: DType.Float32, Separation: 0, Margin: 0, Low: <= -2, High: >= 2, IsConstant: false, IsLeftOut: false, Numbers: null, Factors: null }))];

    private readonly Random random;
    private readonly DType floating;
    private readonly bool isSmooth;
    private readonly List<(OperationExample Example, int Seed)> drawn = [];
    private readonly List<Variable> inputs = [];
    private readonly List<Variable> pool = [];

    /// <summary>Makes the graph of a number.</summary>
    /// <param name="number">The number; graphs of the same number differ in the type alone.</param>
    /// <param name="floating">The floating-point type of the graph.</param>
    public RandomGraph(int number, DType floating)
    {
        random = new Random(number);
        this.floating = floating;
        isSmooth = random.Next(2) == 0;
        int steps = 3 + random.Next(6);
        for (int i = 0; i < steps; i++)
        {
            if (pool.Count == 0 || random.Next(5) < 2)
                AddExample();
            else
                AddFree();
        }

        var seen = new HashSet<Variable>(ReferenceEqualityComparer.Instance);
        Variable[] chosen = [.. pool.AsEnumerable().Reverse().Where((_, i) => i < 3 || random.Next(4) == 0).Where(seen.Add).Take(6)];
        Signature = new Signature(inputs, [.. chosen.Select((variable, i) => new Output($"y{i}", variable))], name: $"graph{number}");
    }

    /// <summary>The computation.</summary>
    public Signature Signature { get; }

    /// <summary>Whether every operation has derivatives.</summary>
    public bool IsSmooth => isSmooth;

    /// <summary>Numbers for the inputs.</summary>
    /// <param name="size">The size of every symbol.</param>
    public Value[] Values(int size) => [.. drawn.SelectMany(d => ExampleValues.Draw(d.Example, floating, d.Seed, size))];

    private void AddExample()
    {
        OperationExample example;
        do
        {
            example = Shown[random.Next(Shown.Length)].Example;
        }
        while (isSmooth && example.Smoothness == 0);
        Variable[] arguments = ExampleValues.Variables(example, floating);
        for (int i = 0; i < arguments.Length; i++)
        {
            if (arguments[i] is not { IsInput: true } input)
                continue;
            Variable renamed = Variable.Input($"x{inputs.Count}", input.DType, input.Shape);
            inputs.Add(renamed);

            // A common factor near 1 keeps signs, order and distances. Numbers that are given say where something is.
            arguments[i] = input.DType == floating && example.Inputs[i] is { DType: DType.Float32, Numbers: null, Factors: null } && Floating() is { } earlier && random.Next(3) > 0
                ? renamed * (1 + (0.05 * Ops.Tanh(Ops.Sum(earlier) * 0.1)))
                : renamed;
        }

        drawn.Add((example, random.Next()));
        Operation operation = example.For(floating);
        IReadOnlyList<Variable> results = operation.ApplyAll(arguments);
        pool.AddRange(results.Take(operation is IHasOwnResults own ? own.StandardResults : results.Count));
    }

    private void AddFree()
    {
        if (Floating() is not { } x)
            return;
        switch (random.Next(9))
        {
            case 0:
                pool.Add(Ops.If(Ops.Greater(Ops.Sum(x), 0.1), [x], a => [Chain(a[0], 3)], a => [Chain(a[0], 2)])[0]);
                break;
            case 1 when x.Shape.Rank > 0:
                pool.AddRange(Scan(x));
                break;
            case 2:
                pool.Add(Chain(x, 4));
                break;
            case 3:
                pool.AddRange(Loop(x));
                break;
            default:
                if (Applied([.. pool.Where(v => v.DType == floating)], Bounded(x), false) is { } results)
                    pool.AddRange(results);
                break;
        }
    }

    /// <summary>A state that takes in each element, and an output for each.</summary>
    private IEnumerable<Variable> Scan(Variable x)
    {
        Variable start = Ops.Sum(Ops.Tanh(x), [0]);
        (IReadOnlyList<Variable> states, IReadOnlyList<Variable> outputs) = Ops.Scan(
            [start], [x], (s, e) => ([Ops.Tanh((0.5 * s[0]) + Chain(e[0], 2))], [Chain(e[0] * s[0], 2)]), backward: random.Next(2) == 0);
        return [.. states, .. outputs];
    }

    /// <summary>A state that passes through one to three turns, the last of which depends on it, and an output for each.</summary>
    private IEnumerable<Variable> Loop(Variable x)
    {
        bool isBounded = random.Next(2) == 0;
        (IReadOnlyList<Variable> states, IReadOnlyList<Variable> outputs) = Ops.Loop(
            Variable.Of(Value.Of(1L + random.Next(3))),
            null,
            [x],
            (_, s) => (isBounded ? null : Ops.Less(Ops.Sum(s[0]), 0.3), [Ops.Tanh((0.5 * s[0]) + Chain(s[0], 2))], [Chain(s[0], 2)]));
        return [.. states, .. outputs];
    }

    /// <summary>Operations one after the other that keep the type.</summary>
    private Variable Chain(Variable x, int length)
    {
        Variable result = x;
        for (int i = 0; i < length; i++)
            result = Applied([result, x], Bounded(result), true)?[0] ?? result;
        return result;
    }

    /// <summary>A free operation on a variable and others; null where it does not take them, or must keep the type and does not.</summary>
    private Variable[]? Applied(Variable[] others, Variable x, bool keepsType)
    {
        OperationExample example = Free[random.Next(Free.Length)];
        if (isSmooth && example.Smoothness == 0)
            return null;
        Variable[] alike = [.. others.Where(o => o.Shape == x.Shape)];
        Variable[] from = alike.Length > 0 && random.Next(4) > 0 ? alike : others;
        var arguments = new Variable[example.Inputs.Length];
        arguments[0] = x;
        for (int i = 1; i < arguments.Length; i++)
            arguments[i] = Bounded(from[random.Next(from.Length)]);
        try
        {
            Operation operation = example.For(floating);
            IReadOnlyList<Variable> results = operation.ApplyAll(arguments);
            Variable[] standard = [.. results.Take(operation is IHasOwnResults own ? own.StandardResults : results.Count)];
            return keepsType && standard[0].Type != x.Type ? null : standard;
        }
        catch (Exception e) when (e is ShapeException or GraphException or DTypeException)
        {
            return null;
        }
    }

    /// <summary>Numbers between −2 and 2.</summary>
    private Variable Bounded(Variable x) => random.Next(3) switch
    {
        0 => 2 * Ops.Tanh(0.5 * x),
        1 => Ops.Sin(x),
        _ => x / (1 + (0.25 * x * x)),
    };

    private Variable? Floating()
    {
        Variable[] all = [.. pool.Where(v => v.DType == floating)];
        return all.Length == 0 ? null : all[random.Next(all.Length)];
    }
}
