using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Training;

namespace Toolkit.Modeling.Tests.Values;

/// <summary>The numbers that an optimizer changes, side by side: two weights, a bias and a scale, or two weights and a bias.</summary>
internal sealed class Steps(double[] theta, bool[] weights)
{
    private const int All = 6, Rows = 5;

    private static readonly double[] Start = [0.9, -0.6, 0.4, 1.1];

    private static readonly float[] X = [0.5f, -1.2f, 0.8f, 0.3f, 1.5f, -0.7f, -0.2f, 0.9f, 1.1f, 0.4f], Y = [1f, -0.5f, 0.7f, 2f, -1.3f];

    private readonly Dictionary<string, double[]> memories = new(StringComparer.Ordinal);

    public double[] Theta { get; } = [.. theta];

    public double[] Gradient { get; private set; } = new double[theta.Length];

    /// <summary>The number of steps that are done.</summary>
    public int Step { get; private set; }

    public int Count => Theta.Length;

    public bool IsWeight(int i) => weights[i];

    /// <summary>What is remembered from step to step: 0 at first.</summary>
    public double[] Memory(string name) => memories.TryGetValue(name, out double[]? found) ? found : memories[name] = new double[Count];

    public void Each(Action<int> change)
    {
        for (int i = 0; i < Count; i++)
            change(i);
    }

    /// <summary>An optimizer in float64 with gradients that change size and sign from step to step, and are 0 at one of them; and a trainer of a linear model with it,
    /// in float32: both against one rule in plain numbers.</summary>
    /// <param name="optimizer">The optimizer.</param>
    /// <param name="rule">Changes the numbers by one step.</param>
    /// <param name="moment">What the optimizer remembers that is compared, too.</param>
    public static Setting Of(Optimizer optimizer, Action<Steps> rule, string? moment = null) =>
        new(optimizer, () => Found(optimizer, moment), () => Expected(rule, moment))
        {
            AtWork = new Setting(optimizer, () => Trained(optimizer), () => Descended(rule), 2e-5),
        };

    private static double[] Pull(int step) => step == 2 ? [0, 0, 0, 0] : [.. Start.Select((_, i) => (1 + step) * Math.Sin((2.1 * step) + (1.3 * i) + 0.4))];

    private static double[] Found(Optimizer optimizer, string? moment)
    {
        Parameter weight = new("w", Value.Of(Start[..2], 2), ParameterRole.Weight), bias = new("b", Value.Of(Start[2..3], 1), ParameterRole.Bias);
        var scale = new Parameter("s", Value.Of(Start[3..], 1), ParameterRole.Scale);
        Parameter[] parameters = [weight, bias, scale];
        Variable[] inputs = [.. parameters.Select(p => Variable.Input(p.Name, DType.Float64, p.Shape))];
        var state = new OptimizerState();
        List<Update> updates = [.. optimizer.Updates([.. parameters.Zip(inputs, (p, g) => new ParameterGradient(p, g))], state)];
        updates.Add(new Update(state.StepCounter, Autograd.Operations.Ops.Add(state.Step, Variable.Of(Value.Of(1L)))));
        var function = Function.Compile(inputs, [optimizer.Rate(state)], updates, new ExecutionOptions { Threads = 1 });
        var numbers = new List<double>();
        for (int step = 0; step < All; step++)
        {
            double[] g = Pull(step);
            function.Run(Value.Of(g[..2], 2), Value.Of(g[2..3], 1), Value.Of(g[3..], 1));
            numbers.AddRange(parameters.SelectMany(p => Run.Numbers(p.Value)));
            if (moment is not null)
                numbers.AddRange(parameters.SelectMany(p => Run.Numbers(state.Moment(p, moment).Value)));
        }

        return [.. numbers];
    }

    private static double[] Expected(Action<Steps> rule, string? moment)
    {
        var steps = new Steps(Start, [true, true, false, false]);
        var numbers = new List<double>();
        for (int step = 0; step < All; step++)
        {
            steps.Take(Pull(step), rule);
            numbers.AddRange(steps.Theta);
            if (moment is not null)
                numbers.AddRange(steps.Memory(moment));
        }

        return [.. numbers];
    }

    /// <summary>Two weights and a bias after six steps of a trainer on all examples, whose squared errors change the gradients from step to step.</summary>
    private static double[] Trained(Optimizer optimizer)
    {
        var dense = new Dense(2, 1, new RandomSource(1));
        dense.Weight.Value = Value.Of([(float)Start[0], (float)Start[1]], 2, 1);
        dense.Bias!.Value = Value.Of([(float)Start[2]], 1);
        new Trainer { Model = dense, Loss = new MeanSquaredError(), Optimizer = optimizer }
            .Fit(Dataset.FromTargets(X, [2], Y, [1]), new FitOptions { Epochs = All, BatchSize = Rows });
        return [.. Run.Numbers(dense.Weight.Value), .. Run.Numbers(dense.Bias.Value)];
    }

    private static double[] Descended(Action<Steps> rule)
    {
        var steps = new Steps(Start[..3], [true, true, false]);
        for (int step = 0; step < All; step++)
        {
            var gradient = new double[3];
            for (int i = 0; i < Rows; i++)
            {
                double error = (steps.Theta[0] * X[2 * i]) + (steps.Theta[1] * X[(2 * i) + 1]) + steps.Theta[2] - Y[i];
                gradient[0] += 2 * error * X[2 * i] / Rows;
                gradient[1] += 2 * error * X[(2 * i) + 1] / Rows;
                gradient[2] += 2 * error / Rows;
            }

            steps.Take(gradient, rule);
        }

        return steps.Theta;
    }

    private void Take(double[] gradient, Action<Steps> rule)
    {
        Gradient = gradient;
        rule(this);
        Step++;
    }
}
