using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Gradients;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Regularizers;

namespace Toolkit.Modeling.Tests.Regularizers;

public sealed class RegularizerTests
{
    private readonly RandomSource random = new(4);

    [Fact]
    public void Norm_penalties_count_weights_and_leave_biases_alone()
    {
        Dense model = Linear([3, -4], bias: 7);
        Assert.Equal(0.5 * 0.1 * 25, Penalty(model, new L2(0.1)), 1e-6);
        Assert.Equal(0.1 * 7, Penalty(model, new L1(0.1)), 1e-6);
        Run.Close([0.3, -0.4], GradientOf(model, new L2(0.1)), 1e-6);
        Run.Close([0.1, -0.1], GradientOf(model, new L1(0.1)), 1e-6);
    }

    [Fact]
    public void Norm_penalties_count_every_layer_and_stand_still_at_0()
    {
        var model = new Sequential(Linear([0, 2], 0), new Dense(1, 1, random) { WeightInitializer = new Toolkit.Modeling.Initializers.Constant(3) });
        Assert.Equal(0.5 * 13, Penalty(model, new L2(1)), 1e-6);
        Run.Close([0, 1], GradientOf(Linear([0, 2], 0), new L1(1)), 1e-6);
    }

    [Fact]
    public void Double_backpropagation_punishes_the_gradient_of_the_input()
    {
        // J = mean (wx + b − y)², so ∂J/∂x = 2 (wx + b − y) w / n for each example.
        float[] x = [1, 2, -1, 0.5f], y = [1, -2];
        double[] w = [0.5, -1.5];
        double b = 0.25;
        double Expected(double[] w)
        {
            double sum = 0;
            for (int i = 0; i < 2; i++)
            {
                double error = (w[0] * x[2 * i]) + (w[1] * x[(2 * i) + 1]) + b - y[i];
                sum += Math.Pow(2 * error / 2, 2) * ((w[0] * w[0]) + (w[1] * w[1]));
            }

            return 0.3 * sum;
        }

        Dense model = Linear([0.5f, -1.5f], (float)b);
        Assert.Equal(Expected(w), Penalty(model, new DoubleBackprop(0.3), x, y), 1e-5);
        double[] slopes = [.. Enumerable.Range(0, 2).Select(i =>
        {
            double[] up = [.. w], down = [.. w];
            up[i] += 1e-5;
            down[i] -= 1e-5;
            return (Expected(up) - Expected(down)) / 2e-5;
        })];
        Run.Close(slopes, GradientOf(model, new DoubleBackprop(0.3), x, y), 1e-5);
    }

    [Fact]
    public void Adversarial_training_mixes_in_the_loss_of_inputs_moved_against_the_model()
    {
        // For a linear model, the sign of ∂J/∂x is that of error·w.
        float[] x = [1, 2, -1, 0.5f], y = [1, -2];
        double[] w = [0.5, -1.5];
        double clean = 0, moved = 0;
        for (int i = 0; i < 2; i++)
        {
            double error = (w[0] * x[2 * i]) + (w[1] * x[(2 * i) + 1]) - y[i];
            double worse = error + (0.1 * Math.Sign(error) * (Math.Abs(w[0]) + Math.Abs(w[1])));
            clean += error * error / 2;
            moved += worse * worse / 2;
        }

        Dense model = Linear([0.5f, -1.5f], 0);
        Assert.Equal(0.5 * (moved - clean), Penalty(model, new AdversarialTraining(0.1), x, y), 1e-5);
        Assert.Equal(0.9 * (moved - clean), Penalty(model, new AdversarialTraining(0.1) { Share = 0.9 }, x, y), 1e-5);
        Assert.True(moved > clean);
        Assert.Throws<ArgumentOutOfRangeException>(() => new AdversarialTraining(0.1) { Share = 1.1 });
    }

    [Fact]
    public void No_gradient_flows_through_the_adversarial_change()
    {
        // d/dw of ½(J(x̃) − J(x)) with x̃ held: for one example, error·x terms only.
        float[] x = [2], y = [1];
        var model = new Dense(1, 1, random) { UseBias = false, WeightInitializer = new Toolkit.Modeling.Initializers.Constant(1) };
        double moved = 2 + 0.25;
        double expected = 0.5 * ((2 * (moved - 1) * moved) - (2 * (2 - 1) * 2));
        Run.Close([expected], GradientOf(model, new AdversarialTraining(0.25), x, y), 1e-5);
    }

    [Fact]
    public void Hidden_l1_is_the_mean_length_of_a_representation()
    {
        var hidden = new Dense(2, 2, random) { UseBias = false };
        hidden.Weight.Value = Value.Of([1f, 0, 0, -2], 2, 2);
        var model = new Sequential(hidden, new Dense(2, 1, random));
        Assert.Equal(0.1 * ((1 + 4 + 1 + 1) / 2.0), Penalty(model, new HiddenL1(0.1, "dense1"), [1, 2, -1, 0.5f], [0, 0]), 1e-6);
        var error = Assert.Throws<GraphException>(() => Penalty(model, new HiddenL1(0.1, "dense3"), [1, 2], [0]));
        Assert.Equal("There is no hidden representation \"dense3\"; there are: dense1, dense2.", error.Message);
    }

    [Fact]
    public void Applying_the_model_again_leaves_the_first_representations_in_place()
    {
        Dense model = Linear([1, 1], 0);
        Objective objective = Make(model, Run.Tensor([1, 2], 1, 2), Run.Tensor([0], 1));
        Variable other = objective.Apply(Run.Tensor([10, 20], 1, 2));
        Assert.Equal(30.0, Run.Number(other), 1e-5);
        Assert.Equal(900.0, Run.Number(objective.LossAt(Run.Tensor([10, 20], 1, 2))), 1e-3);
        Assert.Same(objective.Output, objective.Hidden[""]);
    }

    private static Objective Make(Module model, Variable input, Variable target) =>
        new(model, new MeanSquaredError(), input, target, new ForwardContext(Mode.Training));

    private Dense Linear(float[] weights, float bias)
    {
        var model = new Dense(weights.Length, 1, random);
        model.Weight.Value = Value.Of(weights, weights.Length, 1);
        model.Bias!.Value = Value.Of([bias], 1);
        return model;
    }

    private static double Penalty(Module model, Regularizer regularizer, float[]? x = null, float[]? y = null) =>
        Run.Number(Build(model, regularizer, x, y).Penalty);

    private static double[] GradientOf(Module model, Regularizer regularizer, float[]? x = null, float[]? y = null) =>
        Run.Numbers(Gradient.Of(Build(model, regularizer, x, y).Penalty, model.Parameters[0].Variable));

    private static (Variable Penalty, Objective Objective) Build(Module model, Regularizer regularizer, float[]? x, float[]? y)
    {
        x ??= [1, 2];
        y ??= [1];
        Objective objective = Make(model, Run.Tensor(x, y.Length, x.Length / y.Length), Run.Tensor(y, y.Length));
        return (regularizer.Penalty(objective), objective);
    }
}
