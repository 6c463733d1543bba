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

/// <summary>Targets that a loss cannot mean anything by are an error with the row, or NaN in the graph; metrics never count them as right.</summary>
public sealed class NotAClassTests
{
    private static readonly SoftmaxCrossEntropy Smooth = new() { Smoothing = 0.1 };

    [Theory]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(-1)]
    [InlineData(-3)]
    [InlineData(long.MaxValue)]
    public void Smoothing_does_not_hide_a_label_that_is_no_class(long wrong)
    {
        double[] losses = Run.Numbers(Smooth.PerExample(Run.Tensor([0.3f, -0.2f, 0.9f, 1, 0.5f, 0.1f], 2, 3), Run.Labels(wrong, 2)));
        Assert.True(double.IsNaN(losses[0]));
        Assert.True(double.IsFinite(losses[1]));
        Assert.Throws<GraphException>(() => Run.Values(new SoftmaxCrossEntropy().PerExample(Run.Tensor(new float[3], 1, 3), Run.Labels(wrong))));
    }

    [Fact]
    public void Probabilities_and_counts_have_their_ranges()
    {
        Variable z = Variable.Of(Value.Of([0.3, -0.2, 0.9, 1.0], 2, 2));
        foreach (double wrong in new[] { -0.1, 1.1, 2, double.NaN, double.NegativeInfinity })
        {
            double[] losses = Run.Numbers(new BinaryCrossEntropy().PerExample(z, Variable.Of(Value.Of([0, wrong, 0.5, 1], 2, 2))));
            Assert.Equal([true, false], losses.Select(double.IsNaN));
        }

        foreach (double wrong in new[] { -1, 0.5, 2.25, -0.0001, double.NaN })
        {
            double[] losses = Run.Numbers(new PoissonLikelihood().PerExample(z, Variable.Of(Value.Of([0, wrong, 3, 1e15], 2, 2))));
            Assert.Equal([true, false], losses.Select(double.IsNaN));
        }

        Assert.Equal([true, false], Run.Numbers(new BinaryCrossEntropy().PerExample(z.Slice(1, 0, 1), Run.Labels(2, 1))).Select(double.IsNaN));
    }

    [Fact]
    public void Data_known_beforehand_are_refused_with_the_row_before_anything_is_learned()
    {
        var sequences = new SequenceLoss(new BinaryCrossEntropy());
        foreach ((Loss loss, int outputs, float[] targets, string[] words) in new (Loss, int, float[], string[])[]
        {
            (sequences, 2, [0, 1, 1, 0, 0.5f, 7], ["row 2 in step 1", "SequenceLoss", "from 0 to 1, found 7"]),
            (new SumOfLosses((1, new MeanSquaredError()), (1, new BinaryCrossEntropy())), 2, [0, 1, 1, -2, 0, 0], ["row 1", "BinaryCrossEntropy", "found -2"]),
            (new BinaryCrossEntropy(), 2, [0, 1, 0.5f, 1, 1, 1.5f], ["row 2", "from 0 to 1, found 1.5"]),
            (new PoissonLikelihood(), 2, [0, 1, 0, -2, 0, 0], ["row 1", "found -2"]),
        })
        {
            var random = new RandomSource(1);
            var trainer = new Trainer { Model = new Dense(1, outputs, random), Loss = loss, Optimizer = new Adam() };
            var data = Dataset.FromTargets([1, 2, 3], [1], targets, [2]);
            double[] before = [.. trainer.Model.Parameters.SelectMany(p => Run.Numbers(p.Value))];
            foreach (Exception error in new Exception[]
            {
                Assert.Throws<DataException>(() => trainer.Fit(data, new() { BatchSize = 1 }, TestContext.Current.CancellationToken)),
                Assert.Throws<DataException>(() => trainer.Evaluate(data)),
                Assert.Throws<DataException>(() => trainer.Fit(
                    new PrefetchedSource(data), new() { BatchSize = 3, Shuffle = false }, TestContext.Current.CancellationToken)),
            })
            {
                foreach (string word in words)
                    Assert.Contains(word, error.Message, StringComparison.Ordinal);
            }

            Assert.Equal(before, trainer.Model.Parameters.SelectMany(p => Run.Numbers(p.Value)));
        }
    }

    [Fact]
    public void A_source_of_ones_own_that_gives_labels_out_of_range_is_refused()
    {
        foreach (long wrong in new long[] { 3, -2 })
        {
            var trainer = new Trainer { Model = new Dense(1, 5, new RandomSource(1)), Loss = new LabelledOnly(Smooth), Optimizer = new Adam() };
            var error = Assert.Throws<DataException>(() => trainer.Fit(new Raw(wrong), null, TestContext.Current.CancellationToken));
            Assert.Contains($"label {wrong}", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Metrics_never_count_NaN_or_what_is_no_class_as_right()
    {
        const float N = float.NaN, I = float.PositiveInfinity;
        MeanMetric[] all = [new Accuracy(), new TopK(1), new TopK(2), new TopK(3), new TopK(9)];
        foreach (MeanMetric metric in all)
        {
            for (long label = 0; label < 3; label++)
                Assert.Equal([0.0, 0, 0], Of(metric, [N, N, N, N, 1, 2, 3, N, 1], 3, label, label, label));
            foreach (long wrong in new long[] { 3, -1, -3, 77 })
                Assert.Equal([0.0, 0], Of(metric, [3, 1, 2, I, 1, -I], 2, wrong, wrong));
            Assert.Equal([1.0, 1], Of(metric, [3, 1, 2, I, 1, -I], 2, 0, 0));
        }

        Assert.Equal([0.0, 1], Of(new TopK(2), [3, 1, 2, I, 1, -I], 2, 1, 1));
        Assert.Equal([0.0, 0, 0, 1], Run.Numbers(new Accuracy().PerExample(Run.Tensor([N, N, 1, -1], 4, 1), Run.Tensor([0, 1, 0.5f, 0], 4))));
        Assert.Equal([0.0, 0, 0], Run.Numbers(new Accuracy().PerExample(Run.Tensor([1, 1, -1], 3), Run.Labels(2, -1, 7))));
    }

    [Fact]
    public void An_embedding_takes_no_other_number_for_a_symbol()
    {
        var layer = new Embedding(4, 3, new RandomSource(2));
        var context = new ForwardContext(Mode.Inference);
        foreach (long wrong in new[] { -1, 4, long.MinValue, long.MaxValue })
            Assert.Throws<ShapeException>(() => Run.Numbers(layer.Forward(Run.Ids([1, wrong], 1, 2), context)));
        Assert.Throws<ShapeException>(() => Run.Numbers(layer.Forward(Variable.Of(Value.Of([1, -1], 1, 2)), context)));
        double[] table = Run.Numbers(layer.Table.Value);
        Run.Close([.. table[9..12], .. table[0..3]], Run.Numbers(layer.Forward(Run.Ids([3, 0], 1, 2), context)), 0);
        Run.Close([.. table[9..12], .. table[0..3]], Run.Numbers(layer.Forward(Variable.Of(Value.Of([3, 0], 1, 2)), context)), 0);
        string refused = Assert.Throws<DTypeException>(() => Run.Forward(layer, Mode.Inference, [3, 0], 1, 2)).Message;
        Assert.Contains("found Float32[1, 2]", refused, StringComparison.Ordinal);
        Assert.Contains("Column.Of(\"input\", ids)", refused, StringComparison.Ordinal);
    }

    private static double[] Of(MeanMetric metric, float[] logits, int rows, params long[] labels) =>
        Run.Numbers(metric.PerExample(Run.Tensor(logits, rows, 3), Run.Labels(labels)));

    private sealed class Raw(long label) : IDataSource
    {
        public DataLayout Layout { get; } = DataLayout.Labels([1], 3);

        public int? ExampleCount => 1;

        public IEnumerable<Batch> Batches(BatchOptions options, long epoch = 0)
        {
            var batch = new Batch(Layout, 1);
            batch.Add([1f], label, []);
            yield return batch;
        }
    }
}
