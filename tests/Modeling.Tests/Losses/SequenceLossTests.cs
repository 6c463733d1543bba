using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Training;

namespace Toolkit.Modeling.Tests.Losses;

public sealed class SequenceLossTests
{
    [Fact]
    public void Positions_count_by_their_weights()
    {
        Variable prediction = DoubleModel.Tensor([1, 2, 3, 4, 5, 6], 1, 6), target = DoubleModel.Tensor([0, 0, 0, 0, 0, 0], 1, 6);
        // Squared errors of the three positions: (1 + 4)/2, (9 + 16)/2, (25 + 36)/2.
        Assert.Equal((2.5 + 12.5 + 30.5) / 3, Run.Number(new SequenceLoss(new MeanSquaredError(), 3).PerExample(prediction, target)), 1e-12);
        var weighted = new SequenceLoss(new MeanSquaredError(), 3) { Weights = [1, 0, 3] };
        Assert.Equal((2.5 + (3 * 30.5)) / 4, Run.Number(weighted.PerExample(prediction, target)), 1e-12);
        Assert.Equal((2.5 + (3 * 30.5)) / 4, Run.Number(weighted.PerExample(DoubleModel.Tensor([1, 2, 3, 4, 5, 6], 1, 3, 2), DoubleModel.Tensor(new double[6], 1, 3, 2))), 1e-12);
        Assert.Contains("found 2", Assert.Throws<ArgumentException>(() => new SequenceLoss(new MeanSquaredError(), 3) { Weights = [1, 2] }).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new SequenceLoss(new MeanSquaredError(), 2) { Weights = [0, 0] });
        Assert.Throws<ArgumentOutOfRangeException>(() => new SequenceLoss(new MeanSquaredError(), 2) { Weights = [1, -1] });
        Assert.Contains("found [1, 6]", Assert.Throws<ShapeException>(() => new SequenceLoss(new MeanSquaredError(), 4).PerExample(prediction, target)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Padding_does_not_count()
    {
        double[] z = [0.3, -1, 2, 0.5, 0.1, 0.9];
        double Nll(int position, int label) => Math.Log(Math.Exp(z[2 * position]) + Math.Exp(z[(2 * position) + 1])) - z[(2 * position) + label];
        var loss = new SequenceLoss(new SoftmaxCrossEntropy(), 3) { Labels = true };
        Assert.Equal((Nll(0, 1) + Nll(2, 0)) / 2, Run.Number(loss.PerExample(DoubleModel.Tensor(z, 1, 6), DoubleModel.Tensor([1, -1, 0], 1, 3))), 1e-12);
        Assert.Equal(0.0, Run.Number(loss.PerExample(DoubleModel.Tensor(z, 1, 6), DoubleModel.Tensor([-1, -1, -1], 1, 3))), 1e-12);
        GradientCheck.ToOrderTwo(x => loss.PerExample(x, DoubleModel.Tensor([1, -1, 0], 1, 3)), z, 1, 6);
        Assert.Contains("one class", Assert.Throws<ShapeException>(
            () => loss.PerExample(DoubleModel.Tensor(z, 1, 6), DoubleModel.Tensor(new double[6], 1, 6))).Message, StringComparison.Ordinal);
    }

    /// <summary>A label and a number as targets of one trunk.</summary>
    [Fact]
    public void A_task_of_labels_goes_with_a_task_of_numbers()
    {
        double[] z = [0.3, -1, 2, 0.5];
        var loss = new MultiTask(new LearningTask(new SoftmaxCrossEntropy(), 3, 1) { IsLabel = true }, new LearningTask(new MeanSquaredError(), 1, 1, 0.5));
        double expected = Math.Log(z.Take(3).Sum(Math.Exp)) - z[2] + (0.5 * Math.Pow(0.5 - 1.5, 2));
        Assert.Equal(expected, Run.Number(loss.PerExample(DoubleModel.Tensor(z, 1, 4), DoubleModel.Tensor([2, 1.5], 1, 2))), 1e-12);
        var wrong = new MultiTask(new LearningTask(new SoftmaxCrossEntropy(), 3, 2) { IsLabel = true });
        Assert.Contains("found 2", Assert.Throws<ShapeException>(
            () => wrong.PerExample(DoubleModel.Tensor([1, 2, 3], 1, 3), DoubleModel.Tensor([2, 1.5], 1, 2))).Message, StringComparison.Ordinal);
    }

    /// <summary>One dense layer at each position: the sign of each number of a sequence, with the last position missing in half of them.</summary>
    [Fact]
    public void A_layer_that_all_positions_share_learns_a_sequence()
    {
        var x = new float[200 * 4];
        new RandomSource(1).FillNormal(x, 0, 1);
        float[] y = [.. x.Select((v, i) => i % 8 == 7 ? -1f : v > 0 ? 1f : 0f)];
        var trainer = new Trainer
        {
            Model = new Sequential(new Reshape(4, 1), new Dense(1, 2, new RandomSource(2))),
            Loss = new SequenceLoss(new SoftmaxCrossEntropy(), 4) { Labels = true },
            Optimizer = new Adam { LearningRate = 0.1 },
        };
        Dataset data = Dataset.FromTargets(x, [4], y, [4]);
        double before = trainer.Evaluate(data).Loss;
        trainer.Fit(data, new() { Epochs = 20, BatchSize = 50 }, TestContext.Current.CancellationToken);
        Assert.True(trainer.Evaluate(data).Loss < 0.3 * before);
    }
}
