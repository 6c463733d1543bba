using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Metrics;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Regularizers;
using Toolkit.Modeling.Schedules;
using Toolkit.Modeling.Training;

namespace Toolkit.Modeling.Tests.Regularizers;

public sealed class PseudoLabelsTests
{
    private readonly Parameter weight = DoubleModel.Weight("top.weight", [0.7, -1.1, 0.3, 0.5], 2, 2);

    [Fact]
    public void Only_unlabelled_examples_count_with_the_class_that_the_model_prefers()
    {
        double[] x = [0.5, -1.2, 0.8, 0.3, 1.5, -0.7];
        Objective objective = Make(x, 1, -1, -1);
        double[] p = Run.Numbers(objective.Output.Softmax());
        double[] best = [Math.Max(p[2], p[3]), Math.Max(p[4], p[5])];
        Assert.Equal(0.4 * 0.5 * -(Math.Log(best[0]) + Math.Log(best[1])), Run.Number(new PseudoLabels(0.4).Penalty(objective)), 1e-14);
        // Only the surer one passes a threshold between the two.
        var sure = new PseudoLabels(0.4) { Confidence = 0.5 * (best[0] + best[1]) };
        Assert.Equal(-0.4 * Math.Log(best.Max()), Run.Number(sure.Penalty(objective)), 1e-14);
        Assert.Equal(0.0, Run.Number(new PseudoLabels(0.4).Penalty(Make(x, 0, 1, 1))), 1e-14);
    }

    [Fact]
    public void Gradients_agree_with_differences()
    {
        Variable penalty = new PseudoLabels(0.4).Penalty(Make([0.5, -1.2, 0.8, 0.3, 1.5, -0.7], 1, -1, -1));
        double[] gradient = DoubleModel.GradientOf(penalty, weight);
        Assert.True(gradient.Max(Math.Abs) > 1e-3);
        Run.Close(DoubleModel.Differences(penalty, weight), gradient, 1e-6);
    }

    [Fact]
    public void A_loss_without_class_probabilities_is_refused_with_the_reason()
    {
        var model = new DoubleModel((x, p, _) => x.MatMul(p[0]), weight);
        Objective objective = DoubleModel.Objective(model, new MeanSquaredError(), DoubleModel.Tensor([1, 2], 1, 2), DoubleModel.Tensor([1, 2], 1, 2));
        Assert.Contains("found MeanSquaredError", Assert.Throws<GraphException>(() => new PseudoLabels(1).Penalty(objective)).Message, StringComparison.Ordinal);
    }

    /// <summary>Two clusters in 20 dimensions, 3 labels each: the border moves to where there are few examples, while α grows with the steps.</summary>
    [Fact]
    public void Guesses_move_the_border_out_of_the_clusters()
    {
        double without = 0, with = 0;
        for (ulong seed = 1; seed <= 3; seed++)
        {
            without += Error(seed) / 3;
            with += Error(seed, new PseudoLabels(new WarmUp(100, 3.0))) / 3;
        }

        Assert.True(with < 0.7 * without, $"error without {without}, with {with}");
    }

    private static double Error(ulong seed, params Regularizer[] regularizers)
    {
        var random = new RandomSource(seed);
        (float[] x, long[] y) = Draw(306, random);
        Array.Fill(y, -1L, 6, 300);
        (float[] testX, long[] testY) = Draw(1000, random);
        var trainer = new Trainer
        {
            Model = new Dense(20, 2, random),
            Loss = new LabelledOnly(new SoftmaxCrossEntropy()),
            Optimizer = new Adam { LearningRate = 0.02 },
            Regularizers = regularizers,
            Metrics = [new Accuracy()],
        };
        trainer.Fit(
            Dataset.FromLabels(x, [20], y, 2, allowUnlabelled: true),
            new() { Epochs = 300, BatchSize = 306, Shuffle = false },
            TestContext.Current.CancellationToken);
        return 1 - trainer.Evaluate(Dataset.FromLabels(testX, [20], testY, 2))[new Accuracy().Name];
    }

    private static (float[] X, long[] Y) Draw(int count, RandomSource random)
    {
        var x = new float[count * 20];
        for (int i = 0; i < x.Length; i++)
            x[i] = (float)((i / 20 % 2 == 0 ? 0.5 : -0.5) + random.NextNormal());
        return (x, [.. Enumerable.Range(0, count).Select(i => (long)(i % 2))]);
    }

    private Objective Make(double[] x, params long[] labels) => DoubleModel.Objective(
        new DoubleModel((input, p, _) => input.MatMul(p[0]), weight),
        new LabelledOnly(new SoftmaxCrossEntropy()),
        DoubleModel.Tensor(x, x.Length / 2, 2),
        Run.Labels(labels));
}
