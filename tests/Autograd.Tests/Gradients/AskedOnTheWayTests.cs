using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Gradients;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Tests.Gradients;

/// <summary>Random expressions of what equal functions are known for, with parts that are used or written more than once: the derivatives by the beginning and by any variables between, asked for together,
/// are those of differences where these variables are inputs.</summary>
public sealed class AskedOnTheWayTests
{
    private const double Step = 1e-5;

    [Fact]
    public void Derivatives_of_random_expressions_are_those_of_differences()
    {
        int compared = 0;
        for (int seed = 0; seed < 400; seed++)
            compared += Compared(new Random(seed), $"seed {seed}");
        Assert.InRange(compared, 1000, int.MaxValue);
    }

    private static int Compared(Random random, string which)
    {
        Variable x = Variable.Input("x", DType.Float64, []), y = Expression(random, x);
        Variable[] between = [.. TopologicalOrder.Of([y]).Select(node => node.Outputs[0]).Where(v => v != y && v is { DType: DType.Float64, Constant: null, Shape.Rank: 0 })];
        Variable[] asked = [x, .. between.OrderBy(_ => random.Next()).Take(3)];
        const double At = 0.7;
        // By the chain rule great numbers would leave nothing of the others, and 0/0 has no derivative.
        if (Function.Compile([x], between).Run(Value.Of(At)).Any(value => !(Math.Abs(value[0]) is > 1e-3 and < 1e3)))
            return 0;
        Value[] values = Function.Compile([x], asked).Run(Value.Of(At)), slopes = Function.Compile([x], Gradient.Of(y, asked)).Run(Value.Of(At));
        int compared = 0;
        foreach ((int i, Variable variable) in asked.Index())
        {
            // As an input it moves by itself.
            Variable free = Variable.Input("free", DType.Float64, []);
            Function moved = Function.Compile([x, free], [new Substitution(new Dictionary<Variable, Variable> { [variable] = free }).Map(y)]);
            double at = values[i][0], step = Step * Math.Max(1, Math.Abs(at)), before = Moved(at - step), after = Moved(at + step), nearer = (Moved(at + (step / 2)) - Moved(at - (step / 2))) / step, slope = (after - before) / (2 * step);
            if (!double.IsFinite(slope) || Math.Abs(slope - nearer) > 1e-4 * Math.Max(1, Math.Abs(slope)))
                continue;
            compared++;
            Assert.True(
                Math.Abs(slopes[i][0] - slope) <= 1e-3 * Math.Max(1, Math.Abs(slope)), $"{which}, asked {i} of {asked.Length}, {variable}: expected {slope}, found {slopes[i][0]} at {at}");

            double Moved(double to) => moved.Run(Value.Of(At), Value.Of(to))[0][0];
        }

        return compared;
    }

    /// <summary>Eight steps, each from what is there: functions of one part, and of two that may be the same or the same written again.</summary>
    private static Variable Expression(Random random, Variable x)
    {
        List<Variable> parts = [x, 2 * x, 0.5 * x];
        for (int step = 0; step < 8; step++)
        {
            Variable a = Any(), b = Any();
            parts.Add(random.Next(16) switch
            {
                0 => Ops.Exp(a),
                1 => Ops.Exp(a) / (Ops.Exp(b) + 1),
                2 => Ops.Exp(a) / (Ops.Exp(Again(a)) + Ops.Exp(b)),
                3 => (Ops.Exp(a) - Ops.Exp(b)) / (Ops.Exp(Again(b)) + Ops.Exp(a)),
                4 => Ops.Log(Ops.Exp(a) + Ops.Exp(b)),
                5 => Ops.Log((a * a * b) + 3),
                6 => Ops.Log(Ops.Sigmoid(a) * Ops.Exp(b)),
                7 => Ops.Log(1 - Ops.Sigmoid(a)),
                8 => Ops.Sqrt((a * a) + (b * b) + 1),
                9 => Ops.Where(Ops.Equal(a, Variable.Scalar(0, DType.Float64)), 1, Ops.Sin(a) / Again(a)),
                10 => Ops.Where(Ops.Equal(a, Variable.Scalar(0, DType.Float64)), 1, Again(a) / Ops.Tanh(a)),
                11 => Ops.Log(Ops.Pow(a, 2) / Ops.Exp(b)),
                12 => Ops.Tanh(a) * b,
                13 => a + b,
                14 => Ops.Exp(a) / (Ops.Exp(b) + Ops.Exp(Again(a))),
                _ => Ops.Sqrt(Ops.Sum(Ops.Concat(0, Ops.Reshape(a, [1]), Ops.Reshape(b, [1])).Square())),
            });
        }

        return parts[^1];

        Variable Any() => Again(parts[random.Next(parts.Count)]);

        // Half of the time the same operation once more, on the same inputs.
        Variable Again(Variable part) => random.Next(2) == 0 && part.Producer is { Outputs.Count: 1 } node ? node.Operation.Apply([.. node.Inputs]) : part;
    }
}
