using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Metrics;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Training;

namespace Toolkit.Modeling.Tests.Losses;

public sealed class SequenceLossTests
{
    private static readonly Loss Classes = new LabelledOnly(new SoftmaxCrossEntropy());

    [Fact]
    public void Positions_count_by_their_weights()
    {
        Variable prediction = DoubleModel.Tensor([1, 2, 3, 4, 5, 6], 1, 3, 2), target = DoubleModel.Tensor(new double[6], 1, 3, 2);
        // Squared errors of the three positions: (1 + 4)/2, (9 + 16)/2, (25 + 36)/2.
        Assert.Equal((2.5 + 12.5 + 30.5) / 3, Run.Number(new SequenceLoss(new MeanSquaredError()).PerExample(prediction, target)), 1e-12);
        var weighted = new SequenceLoss(new MeanSquaredError()) { Weights = [1, 0, 3] };
        Assert.Equal((2.5 + (3 * 30.5)) / 4, Run.Number(weighted.PerExample(prediction, target)), 1e-12);
        Assert.Contains("2 steps", Assert.Throws<ShapeException>(
            () => new SequenceLoss(new MeanSquaredError()) { Weights = [1, 2] }.PerExample(prediction, target)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new SequenceLoss(new MeanSquaredError()) { Weights = [0, 0] });
        Assert.Throws<ArgumentOutOfRangeException>(() => new SequenceLoss(new MeanSquaredError()) { Weights = [1, -1] });
        Assert.Contains("found [1, 6] and [1, 3, 2]", Assert.Throws<ShapeException>(
            () => new SequenceLoss(new MeanSquaredError()).PerExample(prediction.Reshape([1, 6]), target)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Padding_does_not_count()
    {
        double[] z = [0.3, -1, 2, 0.5, 0.1, 0.9];
        double Nll(int position, int label) => Math.Log(Math.Exp(z[2 * position]) + Math.Exp(z[(2 * position) + 1])) - z[(2 * position) + label];
        var loss = new SequenceLoss(Classes);
        Assert.Equal((Nll(0, 1) + Nll(2, 0)) / 2, Run.Number(loss.PerExample(DoubleModel.Tensor(z, 1, 3, 2), Run.Ids([1, -1, 0], 1, 3))), 1e-12);
        Assert.Equal(0.0, Run.Number(loss.PerExample(DoubleModel.Tensor(z, 1, 3, 2), Run.Ids([-1, -1, -1], 1, 3))), 1e-12);
        Run.CheckGradients(x => loss.PerExample(x, Run.Ids([1, -1, 0], 1, 3)), z, 1, 3, 2);
    }

    /// <summary>The mean over the steps of each sequence, then over the sequences, by hand: lengths, masks and weights are those of named fields.</summary>
    [Theory]
    [InlineData(4)]
    [InlineData(2)]
    [InlineData(1)]
    public void Lengths_masks_and_weights_are_fields(int batchSize)
    {
        float[][] x = [[1, 2, 3], [4], [5, 6], []], y = [[0, 1, -1], [2], [1, 1], []], mask = [[1, 0, 0.5f], [1], [0, 0], []];
        float[] importance = [1, 3, 0.5f, 7];
        var layer = new Dense(1, 1, new RandomSource(1));
        double w = Run.Number(layer.Weight.Variable);
        double[][] squares = [.. x.Zip(y, (a, b) => a.Zip(b, (p, q) => Math.Pow((w * p) - q, 2)).ToArray())];
        Column input = Column.Ragged("x", "time", x, 1), target = Column.Ragged("y", "time", y, 1), steps = Column.Ragged("mask", "time", mask), whole = Column.Of("importance", importance);
        double[] means = [.. squares.Take(3).Select(own => own.Average())];
        Assert.Equal(means.Average(), Of(null, input, target), 1e-5);
        Assert.Equal(((squares[0][0] + (0.5 * squares[0][2])) / 1.5 / 2) + (squares[1][0] / 2), Of("mask", input, target, steps), 1e-5);
        Assert.Equal((means[0] + (3 * means[1]) + (0.5 * means[2])) / 4.5, Of("importance", input, target, whole), 1e-5);
        // Other losses take each step for an example.
        Assert.Equal(squares.SelectMany(own => own).Average(), Evaluate(new MeanSquaredError { Target = "y" }, input, target), 1e-5);

        double Of(string? weight, params Column[] columns) => Evaluate(new SequenceLoss(new MeanSquaredError()) { Target = "y", Weight = weight }, columns);

        double Evaluate(Loss loss, params Column[] columns) =>
            new Trainer { Model = layer, Loss = loss, Optimizer = new Sgd() }.Evaluate(Dataset.Of(columns), batchSize).Loss;
    }

    /// <summary>A label and a number as targets of one trunk.</summary>
    [Fact]
    public void A_task_of_labels_goes_with_a_task_of_numbers()
    {
        double[] z = [0.3, -1, 2];
        var loss = new MultiTask(new LearningTask("kind", new SoftmaxCrossEntropy()), new LearningTask("size", new MeanSquaredError(), 0.5));
        var outputs = new Named(("kind", DoubleModel.Tensor(z, 1, 3)), ("size", DoubleModel.Tensor([0.5], 1, 1)));
        var fields = new Named(("kind", Run.Labels(2)), ("size", DoubleModel.Tensor([1.5], 1)));
        double expected = Math.Log(z.Sum(Math.Exp)) - z[2] + (0.5 * Math.Pow(0.5 - 1.5, 2));
        Assert.Equal(expected, Run.Number(loss.Mean(outputs, fields, new ExampleSymbols(fields))), 1e-12);
    }

    /// <summary>One dense layer at each position: the sign of each number of a sequence, with the last position missing in half of them.</summary>
    [Fact]
    public void A_layer_that_all_positions_share_learns_a_sequence()
    {
        var x = new float[200 * 4];
        new RandomSource(1).FillNormal(x, 0, 1);
        long[] y = [.. x.Select((v, i) => i % 8 == 7 ? -1L : v > 0 ? 1 : 0)];
        var trainer = new Trainer
        {
            Model = new Sequential(new Reshape(4, 1), new Dense(1, 2, new RandomSource(2))),
            Loss = new SequenceLoss(Classes),
            Optimizer = new Adam { LearningRate = 0.1 },
            Metrics = [new Accuracy()],
        };
        Dataset data = Dataset.Of(Column.Of("input", x, 4), Column.Labels("target", y, 2, allowUnlabelled: true, 4));
        double before = trainer.Evaluate(data).Loss;
        trainer.Fit(data, new() { Epochs = 20, BatchSize = 50 }, TestContext.Current.CancellationToken);
        Assert.True(trainer.Evaluate(data).Loss < 0.3 * before);
        Assert.True(trainer.Evaluate(data)["accuracy"] > 0.95);
    }
}
