using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Gradients;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Optimizers;

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
