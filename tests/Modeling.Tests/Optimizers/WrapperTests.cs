using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Gradients;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Constraints;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Training;

namespace Toolkit.Modeling.Tests.Optimizers;

public sealed class WrapperTests
{
    private static readonly double[] Start = [1.0, -2.0, 0.5];

    /// <summary>A3.1: (1 − εα)w − εg is the gradient step on J + ½α‖w‖².</summary>
    [Fact]
    public void Weight_decay_of_plain_descent_is_the_l2_penalty()
    {
        Parameter a = DoubleModel.Weight("w", Start, 3), b = DoubleModel.Weight("w", Start, 3);
        (_, Function penalized) = Step(new Sgd { LearningRate = 0.1 }, a, Loss(a) + (0.5 * 0.3 * a.Variable.Square().Sum()));
        penalized.Run();
        Run.Close([.. Start.Select((w, i) => ((1 - (0.1 * 0.3)) * w) - (0.1 * 2 * (i + 1) * w))], Run.Numbers(a.Value), 1e-15);
        (_, Function decayed) = Step(new AdamW { LearningRate = 0.1, WeightDecay = 0.3 }, b, Loss(b));
        Parameter c = DoubleModel.Weight("w", Start, 3);
        (_, Function plain) = Step(new Adam { LearningRate = 0.1 }, c, Loss(c));
        decayed.Run();
        plain.Run();
        Run.Close([.. Run.Numbers(c.Value).Select((w, i) => w - (0.1 * 0.3 * Start[i]))], Run.Numbers(b.Value), 1e-15);
    }

    [Fact]
    public void Clipping_by_value_restricts_each_element()
    {
        Parameter w = DoubleModel.Weight("w", Start, 3);
        (_, Function step) = Step(new ClipByValue(2.5, new Sgd { LearningRate = 0.1 }), w, Loss(w));
        step.Run();
        Run.Close([1 - 0.2, -2 + 0.25, 0.5 - 0.25], Run.Numbers(w.Value), 1e-14);
        Assert.Throws<ArgumentOutOfRangeException>(() => Step(new ClipByValue(0, new Sgd()), w, Loss(w)));
    }

    /// <summary>A3.2, equation 7.23: on ½Σ Hᵢ(wᵢ − w*ᵢ)² the limit is the soft threshold of w* at α/Hᵢ, with exact zeros.</summary>
    [Fact]
    public void Proximal_steps_end_at_the_soft_threshold()
    {
        double[] curvature = [1, 2, 4], goal = [0.5, -0.3, 2];
        Parameter w = DoubleModel.Weight("w", [1, 1, 1], 3);
        Variable loss = (0.5 * DoubleModel.Tensor(curvature, 3) * (w - DoubleModel.Tensor(goal, 3)).Square()).Sum();
        (_, Function step) = Step(new ProximalL1(0.7, new Sgd { LearningRate = 0.2 }), w, loss);
        for (int i = 0; i < 400; i++)
            step.Run();
        Run.Close([0, 0, 2 - (0.7 / 4)], Run.Numbers(w.Value), 1e-14);
        Assert.Equal(0.0, w.Value[0]);
        Assert.Throws<ArgumentOutOfRangeException>(() => Step(new ProximalL1(-1, new Sgd()), w, loss));
    }

    [Fact]
    public void Averages_follow_the_parameters_and_can_be_swapped_in()
    {
        Parameter w = DoubleModel.Weight("w", Start, 3);
        (OptimizerState state, Function step) = Step(new Averaged(0.8, new Sgd { LearningRate = 0.1 }), w, Loss(w));
        double[]? expected = null;
        for (int i = 0; i < 4; i++)
        {
            step.Run();
            double[] now = Run.Numbers(w.Value);
            expected = expected is null ? now : [.. expected.Zip(now, (a, b) => (0.8 * a) + (0.2 * b))];
        }

        double[] last = Run.Numbers(w.Value);
        Parameter[] all = [w, .. state.Parameters];
        Averaged.Swap(all);
        Run.Close(expected!, Run.Numbers(w.Value), 1e-14);
        Averaged.Swap(all);
        Assert.Equal(last, Run.Numbers(w.Value));
        Assert.Throws<ArgumentException>(() => Averaged.Swap([w]));
    }

    /// <summary>Decay and shrinking are for weights: a bias and a scale move as they do without.</summary>
    [Theory]
    [InlineData(ParameterRole.Bias)]
    [InlineData(ParameterRole.Scale)]
    public void Biases_and_scales_are_neither_decayed_nor_shrunken(ParameterRole role)
    {
        foreach ((Optimizer with, Optimizer without) in new (Optimizer, Optimizer)[]
        {
            (new AdamW { LearningRate = 0.1, WeightDecay = 0.3 }, new Adam { LearningRate = 0.1 }),
            (new ProximalL1(0.7, new Sgd { LearningRate = 0.1 }), new Sgd { LearningRate = 0.1 }),
        })
        {
            Parameter a = new("p", Value.Of(Start, 3), role), b = new("p", Value.Of(Start, 3), role), w = DoubleModel.Weight("p", Start, 3);
            foreach ((Optimizer optimizer, Parameter p) in new[] { (with, a), (without, b), (with, w) })
            {
                (_, Function step) = Step(optimizer, p, Loss(p));
                step.Run();
                step.Run();
            }

            Assert.Equal(Run.Numbers(b.Value), Run.Numbers(a.Value));
            Assert.NotEqual(Run.Numbers(b.Value), Run.Numbers(w.Value));
        }
    }

    /// <summary>Weights that are projected onto |w|₂ ≤ 1 after each step: the average is of what they become, and so lies in the ball.</summary>
    [Fact]
    public void Averages_are_of_points_after_their_projection()
    {
        var model = new Dense(2, 1, new RandomSource(1)) { UseBias = false };
        (double x, double y) = (0.6, 0.0);
        model.Weight.Value.Span<float>()[0] = 0.6f;
        model.Weight.Value.Span<float>()[1] = 0f;
        Dataset data = Dataset.FromTargets([1, 0, 0, 1], [2], [3, 4], [1]);
        var trainer = new Trainer
        {
            Model = model,
            Loss = new MeanSquaredError(),
            Optimizer = new Averaged(0.5, new Sgd { LearningRate = 0.3 }),
            Constraints = [new L2Ball(1.0)],
        };
        trainer.Fit(data, new() { Epochs = 4, BatchSize = 2 }, TestContext.Current.CancellationToken);
        (double ax, double ay) = (0, 0);
        for (int step = 0; step < 4; step++)
        {
            (x, y) = (x - (0.3 * (x - 3)), y - (0.3 * (y - 4)));
            double norm = Math.Max(1, Math.Sqrt((x * x) + (y * y)));
            (x, y) = (x / norm, y / norm);
            (ax, ay) = step == 0 ? (x, y) : (0.5 * (ax + x), 0.5 * (ay + y));
        }

        Run.Close([x, y], Run.Numbers(model.Weight.Value), 1e-6);
        Averaged.Swap(trainer.Parameters);
        Run.Close([ax, ay], Run.Numbers(model.Weight.Value), 1e-6);
        Assert.True((ax * ax) + (ay * ay) <= 1);
    }

    [Fact]
    public void Averages_inside_what_shrinks_weights_are_refused()
    {
        Parameter w = DoubleModel.Weight("w", Start, 3);
        var error = Assert.Throws<GraphException>(() => Step(new ProximalL1(0.1, new ClipByNorm(1, new Averaged(0.9, new Sgd()))), w, Loss(w)));
        Assert.Contains(nameof(Averaged), error.Message, StringComparison.Ordinal);
        Step(new Averaged(0.9, new ProximalL1(0.1, new Sgd())), w, Loss(w)).Step.Run();
    }

    private static Variable Loss(Parameter w) => (DoubleModel.Tensor([1, 2, 3], 3) * w.Variable.Square()).Sum();

    private static (OptimizerState State, Function Step) Step(Optimizer optimizer, Parameter w, Variable loss)
    {
        var state = new OptimizerState();
        IReadOnlyList<Update> updates = optimizer.Updates([new(w, Gradient.Of(loss, w.Variable))], state);
        var step = Function.Compile(
            [], [loss], [.. updates, new Update(state.StepCounter, Ops.Add(state.Step, Variable.Scalar(1, DType.Int64)))], new ExecutionOptions { Threads = 1 });
        return (state, step);
    }
}
