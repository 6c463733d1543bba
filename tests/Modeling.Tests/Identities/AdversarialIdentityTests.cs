using Toolkit.Autograd.Gradients;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Distances;
using Toolkit.Modeling.Linear;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Regularizers;
using Toolkit.Modeling.Tests.Training;
using Toolkit.Modeling.Training;

namespace Toolkit.Modeling.Tests.Identities;

/// <summary>Worst cases around an example, and distances that ignore some directions.</summary>
public sealed class AdversarialIdentityTests
{
    private static readonly double[] X = [0.5, -1.2, 0.8, 0.3], W = [1.5, -0.7];

    /// <summary>A6.1: the greatest w'x over the box around x is w'x + ε‖w‖₁, reached by the signs of w; the step is ε long in the maximum norm, and an
    /// input without influence does not move, for sign(0) = 0.</summary>
    [Fact]
    public void The_fast_gradient_sign_is_the_worst_corner_of_the_box()
    {
        const double Epsilon = 0.25;
        double[] w = [1.5, -0.7, 0.0], x = [0.4, -0.2, 0.9];
        var seen = new List<Variable>();
        var model = new DoubleModel((input, p, _) => { seen.Add(input); return input.MatMul(p[0]); }, DoubleModel.Weight("w", w, 3, 1));
        Objective o = DoubleModel.Objective(model, new BinaryCrossEntropy(), Wide(x, 1, 3), Run.Labels(0));
        double worst = Run.Number(o.Loss) + Run.Number(new AdversarialTraining(Epsilon) { Share = 1 }.Penalty(o));
        double[] step = [.. Run.Numbers(seen[^1]).Zip(x, (a, b) => a - b)];
        Run.Close([Epsilon, -Epsilon, 0], step, 1e-15);
        double Score(double[] at) => at.Zip(w, (a, b) => a * b).Sum();
        double greatest = Enumerable.Range(0, 8).Max(corner => Score([.. x.Select((v, i) => v + (Epsilon * ((corner >> i & 1) == 0 ? 1 : -1)))]));
        Assert.Equal(greatest, Score(x) + (Epsilon * w.Sum(Math.Abs)), 1e-15);
        Assert.Equal(Math.Log(1 + Math.Exp(greatest)), worst, 1e-14);
    }

    /// <summary>A6.1: training with ε = 0 is bit for bit the clean training.</summary>
    [Fact]
    public void Without_a_step_adversarial_training_is_clean_training()
    {
        Assert.Equal(Weights(), Weights(new AdversarialTraining(0)));
        Assert.NotEqual(Weights(), Weights(new AdversarialTraining(0.1)));

        static float[] Weights(params Regularizer[] regularizers)
        {
            var random = new RandomSource(5);
            var trainer = new Trainer
            {
                Model = new Sequential(new Dense(6, 20, random) { Activation = Ops.Relu }, new Dense(20, 3, random)),
                Loss = new SoftmaxCrossEntropy(),
                Optimizer = new Adam(),
                Regularizers = regularizers,
            };
            trainer.Fit(SmallTraining.Data(), new() { Epochs = 3, BatchSize = 16 }, TestContext.Current.CancellationToken);
            return [.. trainer.Model.Parameters.SelectMany(p => p.Value.ToArray<float>())];
        }
    }

    /// <summary>A6.2: the parameter gradient of ‖∇ₓJ‖² against differences, and in closed form.</summary>
    [Fact]
    public void The_gradient_of_double_backpropagation_is_that_of_its_closed_form()
    {
        Parameter w = DoubleModel.Weight("w", W, 2, 1);
        Objective o = DoubleModel.Objective(new DoubleModel((x, p, _) => x.MatMul(p[0]), w), new BinaryCrossEntropy(), Wide(X[..2], 1, 2), Run.Labels(1));
        double z = (W[0] * X[0]) + (W[1] * X[1]), sigma = 1 / (1 + Math.Exp(-z)), error = sigma - 1, square = (W[0] * W[0]) + (W[1] * W[1]);
        Variable penalty = new DoubleBackprop(1).Penalty(o);
        Assert.Equal(error * error * square, Run.Number(penalty), 1e-14);
        double[] expected = [.. W.Select((v, i) => (2 * error * sigma * (1 - sigma) * X[i] * square) + (2 * error * error * v))];
        Run.Close(expected, DoubleModel.GradientOf(penalty, w), 1e-13);
        Run.Close(DoubleModel.Differences(penalty, w), DoubleModel.GradientOf(penalty, w), 1e-6);
    }

    /// <summary>A6.3: KL(p(x) ‖ p(x + r)) = ½r'Ar + O(r³) with A = W(diag p − pp')W': halving r divides what remains by 8.</summary>
    [Fact]
    public void The_divergence_is_quadratic_up_to_the_third_order()
    {
        double[] w = [1.0, -0.5, 0.2, 0.3, 0.8, -1.1], x = [0.3, -0.2], r = [0.7, 0.4];
        Variable Logits(double step) => Wide([.. x.Zip(r, (a, b) => a + (step * b))], 1, 2).MatMul(Wide(w, 2, 3));
        double[] p = Run.Numbers(Logits(0).Softmax());
        double[] along = [.. Enumerable.Range(0, 3).Select(c => (r[0] * w[c]) + (r[1] * w[3 + c]))];
        double mean = p.Zip(along, (a, b) => a * b).Sum(), curvature = p.Zip(along, (a, b) => a * b * b).Sum() - (mean * mean);
        double Remainder(double step) =>
            Run.Number(VirtualAdversarial.Divergence(Logits(0), Logits(step)).Sum()) - (0.5 * step * step * curvature);
        Assert.Equal(8.0, Remainder(0.02) / Remainder(0.01), 0.1);
    }

    /// <summary>A6.3: the smoothness is differentiated with p(x) and the direction held fixed.</summary>
    [Fact]
    public void The_gradient_of_the_smoothness_holds_the_prediction_fixed()
    {
        double[] w = [1.0, -0.5, 0.2, 0.3, 0.8, -1.1];
        Parameter weight = DoubleModel.Weight("w", w, 2, 3);
        var seen = new List<Variable>();
        var model = new DoubleModel((x, p, _) => { seen.Add(x); return x.MatMul(p[0]); }, weight);
        Objective o = DoubleModel.Objective(model, new SoftmaxCrossEntropy(), Wide([0.3, -0.2, 1.1, 0.4], 2, 2), Run.Labels(0, 2));
        var regularizer = new VirtualAdversarial(0.5) { Strength = 1.3 };
        Variable penalty = regularizer.Penalty(o);
        double[] found = DoubleModel.GradientOf(penalty, weight);
        double[] p = Run.Numbers(o.Output.Softmax()), moved = Run.Numbers(seen[^1]);
        Run.Close([0.5, 0.5], [.. moved.Zip(Run.Numbers(o.Input), (a, b) => a - b).Chunk(2).Select(r => Math.Sqrt((r[0] * r[0]) + (r[1] * r[1])))], 1e-12);
        // The same divergence with numbers in place of p and x + r; the entropy of p is a constant.
        Variable fixedTarget = -1.3 * (Wide(p, 2, 3) * Wide(moved, 2, 2).MatMul(weight).LogSoftmax()).Sum([1]).Mean();
        Run.Close(DoubleModel.GradientOf(fixedTarget, weight), found, 1e-14);
        Assert.True(found.Max(Math.Abs) > 1e-3);
    }

    /// <summary>A6.5: one-sided, the residual of m normal equations; two-sided, of 2m: both as least squares by an independent solver.</summary>
    [Fact]
    public void Tangent_distances_are_residuals_of_least_squares()
    {
        var random = new RandomSource(22);
        double[] Draw() => [.. Enumerable.Range(0, 12).Select(_ => random.NextNormal())];
        double[] x = Draw(), y = Draw();
        double[][] atX = [Draw(), Draw(), Draw()], atY = [Draw(), Draw(), Draw()];
        Assert.Equal(Residual(atY), new TangentDistance().OneSided(x, y, atY), 1e-12);
        Assert.Equal(Residual([.. atX, .. atY]), new TangentDistance().TwoSided(x, y, atX, atY), 1e-12);

        double Residual(double[][] tangents)
        {
            double[] difference = [.. x.Zip(y, (a, b) => a - b)];
            double[] rows = [.. Enumerable.Range(0, 12).SelectMany(r => tangents.Select(t => t[r]))];
            double[] along = new LinearLeastSquares(rows, tangents.Length).PseudoInverse(difference);
            return Math.Sqrt(difference.Select((d, r) => d - tangents.Select((t, k) => along[k] * t[r]).Sum()).Sum(e => e * e));
        }
    }

    private static Variable Wide(double[] content, params int[] sizes) => Variable.Of(Value.Of(content, sizes));
}
