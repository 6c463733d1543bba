using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Gradients;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Elementwise;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Schedules;

namespace Toolkit.Modeling.Tests.Optimizers;

public sealed class OptimizerTests
{
    private static readonly double[] Start = [1.0, -2.0, 0.5];

    [Fact]
    public void Sgd_follows_algorithm_8_1() => Check(
        new Sgd { LearningRate = new StepDecay(0.1, 0.5, 2) },
        (theta, gradient, t, _) => theta - (0.1 * Math.Pow(0.5, (t - 1) / 2) * gradient));

    [Fact]
    public void Momentum_follows_algorithm_8_2() => Check(
        new Momentum { LearningRate = 0.05, Decay = 0.8 },
        (theta, gradient, _, memory) => theta + (memory[0] = (0.8 * memory[0]) - (0.05 * gradient)));

    [Fact]
    public void Momentum_may_grow_with_the_steps() => Check(
        new Momentum { LearningRate = 0.05, Decay = new LinearDecay(0.5, 0.9, 4) },
        (theta, gradient, t, memory) => theta + (memory[0] = ((0.5 + (0.1 * Math.Min(t - 1, 4))) * memory[0]) - (0.05 * gradient)));

    [Fact]
    public void Nesterov_follows_algorithm_8_3()
    {
        // The book's form: the gradient at θ + αv, then v ← αv − εg, θ ← θ + v. What is stored is θ + αv.
        double[] theta = [.. Start], velocity = new double[3];
        IReadOnlyList<double[]> found = Steps(new Nesterov { LearningRate = 0.05, Decay = 0.8 });
        foreach (double[] stored in found)
        {
            for (int i = 0; i < 3; i++)
            {
                double gradient = Slope(theta[i] + (0.8 * velocity[i]), i);
                velocity[i] = (0.8 * velocity[i]) - (0.05 * gradient);
                theta[i] += velocity[i];
            }

            Run.Close([.. theta.Zip(velocity, (x, v) => x + (0.8 * v))], stored, 1e-5);
        }
    }

    [Fact]
    public void AdaGrad_follows_algorithm_8_4() => Check(
        new AdaGrad { LearningRate = 0.3 },
        (theta, gradient, _, memory) => theta - (0.3 * gradient / (1e-7 + Math.Sqrt(memory[0] += gradient * gradient))));

    [Fact]
    public void RmsProp_follows_algorithm_8_5() => Check(
        new RmsProp { LearningRate = 0.02, Decay = 0.7 },
        (theta, gradient, _, memory) =>
            theta - (0.02 * gradient / Math.Sqrt(1e-6 + (memory[0] = (0.7 * memory[0]) + (0.3 * gradient * gradient)))));

    [Fact]
    public void Adam_follows_algorithm_8_7() => Check(
        new Adam { LearningRate = 0.1, FirstDecay = 0.8, SecondDecay = 0.99 },
        (theta, gradient, t, memory) =>
        {
            memory[0] = (0.8 * memory[0]) + (0.2 * gradient);
            memory[1] = (0.99 * memory[1]) + (0.01 * gradient * gradient);
            double first = memory[0] / (1 - Math.Pow(0.8, t)), second = memory[1] / (1 - Math.Pow(0.99, t));
            return theta - (0.1 * first / (Math.Sqrt(second) + 1e-8));
        });

    [Fact]
    public void Clipping_shortens_all_gradients_together()
    {
        // At the start the gradients are (2, −8, 0.5·…): longer than 1, so the first step has the length of the limit.
        double[] first = Steps(new ClipByNorm(1.0, new Sgd { LearningRate = 1.0 }))[0];
        double[] gradient = [.. Start.Select(Slope)];
        double norm = Math.Sqrt(gradient.Sum(g => g * g));
        Assert.True(norm > 1);
        Run.Close([.. Start.Zip(gradient, (x, g) => x - (g / norm))], first, 1e-6);
        Assert.Equal(Steps(new Adam())[3], Steps(new ClipByNorm(1e6, new Adam()))[3]);
    }

    [Fact]
    public void Clipping_counts_every_parameter()
    {
        var a = new Parameter("a", Value.Of([0f], 1));
        var b = new Parameter("b", Value.Of([0f], 1));
        IReadOnlyList<Update> updates = new ClipByNorm(5, new Sgd { LearningRate = 1 }).Updates(
            [new(a, Run.Tensor([30], 1)), new(b, Run.Tensor([-40], 1))], new OptimizerState());
        Assert.Equal([-3.0, 4.0], updates.Select(update => Math.Round(Run.Number(update.NewValue), 5)));
    }

    /// <summary>By these names settings can be changed in an exported training step, and what is remembered is found in checkpoints.</summary>
    [Fact]
    public void What_an_optimizer_remembers_and_what_can_be_set_have_names()
    {
        Named(new Sgd(), []);
        Named(new Momentum(), ["velocity"], "momentum");
        Named(new Nesterov(), ["velocity"], "momentum");
        Named(new AdaGrad(), ["squares"], "stabilizer");
        Named(new RmsProp(), ["squares"], "decay", "stabilizer");
        Named(new Adam(), ["first", "second"], "first_decay", "second_decay", "stabilizer");
        Named(new AdamW(), ["first", "second"], "first_decay", "second_decay", "stabilizer", "weight_decay");
        Named(new ClipByNorm(1, new Sgd()), [], "clip_norm");
        Named(new ClipByValue(1, new Sgd()), [], "clip_value");
        Named(new ProximalL1(0.1, new Sgd()), [], "proximal_l1");
        Named(new Averaged(0.9, new Momentum()), ["velocity", "average"], "average_decay", "momentum");

        static void Named(Optimizer optimizer, string[] moments, params string[] settings)
        {
            var state = new OptimizerState();
            var w = new Parameter("dense1.weight", Value.Zeros(DType.Float32, 2));
            IReadOnlyList<Update> updates = optimizer.Updates([new(w, Run.Tensor([1, 2], 2))], state);
            Assert.Equal(["optimizer.step", .. moments.Select(moment => $"optimizer.{moment}.dense1.weight")], state.Parameters.Select(parameter => parameter.Name));
            Assert.All(state.Parameters, parameter => Assert.Equal(ParameterRole.State, parameter.Role));
            Assert.All(moments, moment => Assert.Same(state.Moment(w, moment), state.Moment(w, moment)));
            IEnumerable<string> found = TopologicalOrder.Of(updates.Select(update => update.NewValue)).Select(node => node.Operation).OfType<Hyperparameter>().Select(setting => setting.Key);
            Assert.Equal(settings, found.Distinct().Order(StringComparer.Ordinal));
        }
    }

    [Fact]
    public void Averages_that_are_not_there_or_come_too_early_are_named()
    {
        Assert.StartsWith(
            "Expected parameters of a training with the optimizer Averaged, found no averages.",
            Assert.Throws<ArgumentException>(() => Averaged.Swap([new Parameter("w", Value.Of(1f))])).Message,
            StringComparison.Ordinal);
        var inside = new ProximalL1(0.1, new ClipByValue(1, new ClipByNorm(1, new Averaged(0.9, new Sgd()))));
        Assert.Equal(
            "Expected Averaged around ProximalL1, found it inside: it would average weights before they are shrunken. Write new Averaged(decay, new ProximalL1(strength, …)).",
            Assert.Throws<GraphException>(() => inside.Updates([], new OptimizerState())).Message);
    }

    private static double Slope(double theta, int i) => 2 * (i + 1) * theta;

    /// <summary>Compares five steps on Σ (i + 1)·θᵢ² with a rule for one number.</summary>
    private static void Check(Optimizer optimizer, Func<double, double, int, double[], double> rule)
    {
        double[] theta = [.. Start];
        double[][] memory = [new double[2], new double[2], new double[2]];
        int t = 0;
        foreach (double[] found in Steps(optimizer))
        {
            t++;
            for (int i = 0; i < 3; i++)
                theta[i] = rule(theta[i], Slope(theta[i], i), t, memory[i]);
            Run.Close(theta, found, 2e-6);
        }
    }

    private static List<double[]> Steps(Optimizer optimizer)
    {
        var parameter = new Parameter("theta", Value.Of([.. Start.Select(x => (float)x)], 3));
        var state = new OptimizerState();
        Variable loss = (Run.Tensor([1, 2, 3], 3) * parameter.Variable.Square()).Sum();
        IReadOnlyList<Update> updates = optimizer.Updates([new(parameter, Gradient.Of(loss, parameter.Variable))], state);
        var function = Function.Compile(
            [],
            [optimizer.Rate(state)],
            [.. updates, new Update(state.StepCounter, Ops.Add(state.Step, Variable.Scalar(1, DType.Int64)))]);
        var steps = new List<double[]>();
        for (int i = 0; i < 5; i++)
        {
            function.Run();
            steps.Add(Run.Numbers(parameter.Value));
        }

        return steps;
    }
}
