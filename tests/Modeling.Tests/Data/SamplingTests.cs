using Toolkit.Modeling.Data;

namespace Toolkit.Modeling.Tests.Data;

/// <summary>How minibatches are drawn (book section 8.1.3).</summary>
public sealed class SamplingTests
{
    [Fact]
    public void One_order_for_all_epochs_or_a_fresh_one_for_each()
    {
        Dataset data = Numbered(50);
        var options = new BatchOptions { Size = 8, ShuffleSeed = 1 };
        var same = new SampledSource(data, Sampling.FixedOrder, 3);
        long[] first = Pass(same, options, 0);
        Assert.Equal(first, Pass(same, options, 1));
        Assert.NotEqual(Pass(data, options, 0), Pass(data, options, 1));
        foreach (long[] pass in new[] { first, Pass(data, options, 0) })
            Assert.Equal(Enumerable.Range(0, 50).Select(i => (long)i), pass.Order());
        Assert.NotEqual(Enumerable.Range(0, 50).Select(i => (long)i), first);
    }

    /// <summary>However examples are drawn, features, labels and weights stay together, in each batch and across the end of a pass.</summary>
    [Theory]
    [InlineData(Sampling.FixedOrder)]
    [InlineData(Sampling.WithReplacement)]
    public void What_belongs_to_an_example_stays_with_it(Sampling sampling)
    {
        Dataset data = Dataset.FromLabels([.. Enumerable.Range(0, 60).Select(i => i / 2 * 1.5f)], [2], [.. Enumerable.Range(0, 30).Select(i => (long)i)], 30)
            .WithWeights([.. Enumerable.Range(0, 30).Select(i => 1f + i)]);
        var source = new SampledSource(data, sampling, 8);
        Assert.Equal(30, source.ExampleCount);
        int rows = 0;
        foreach (Batch batch in new[] { 0L, 1 }.SelectMany(epoch => source.Batches(new BatchOptions { Size = 7 }, epoch)))
        {
            float[] features = batch.Features.ToArray<float>(), weights = batch["weight"].ToArray<float>();
            for (int row = 0; row < batch.Count; row++, rows++)
            {
                long label = batch.Labels.ToArray()[row];
                Assert.Equal([label * 1.5f, label * 1.5f], features[(2 * row)..((2 * row) + 2)]);
                Assert.Equal(1f + label, weights[row]);
            }
        }

        Assert.Equal(60, rows);
    }

    /// <summary>Each place is uniform over all examples: counts follow the binomial distribution, and 1 − 1/e of the examples occur in a pass.</summary>
    [Fact]
    public void With_replacement_each_draw_is_from_all_examples()
    {
        const int Count = 40, Passes = 500;
        var source = new SampledSource(Numbered(Count), Sampling.WithReplacement, 5);
        long[][] passes = [.. Enumerable.Range(0, Passes).Select(e => Pass(source, new BatchOptions { Size = 16 }, e))];
        Assert.All(passes, pass => Assert.Equal(Count, pass.Length));
        Assert.Equal(1 - Math.Pow(1 - (1.0 / Count), Count), passes.Average(pass => pass.Distinct().Count() / (double)Count), 0.01);
        int[] counts = [.. Enumerable.Range(0, Count).Select(i => passes.Sum(pass => pass.Count(label => label == i)))];
        Assert.All(counts, count => Assert.Equal(Passes, count, 5 * Math.Sqrt(Passes)));
        Assert.Equal(passes[3], Pass(source, new BatchOptions { Size = 7 }, 3));
    }

    /// <summary>Equations 8.7 to 8.9: for y = xᵀw* + noise the gradient of the generalization error of w is w − w*; minibatches of new examples give it on average.</summary>
    [Fact]
    public void Gradients_of_examples_that_are_seen_once_estimate_that_of_the_generalization_error()
    {
        double[] w = [0.5, -1, 2], best = [1, 0, 1.5];
        var source = new GeneratedSource(DataLayout.Values([3], []), 2000, random =>
        {
            float[] x = [(float)random.NextNormal(), (float)random.NextNormal(), (float)random.NextNormal()];
            return new Example(x, new[] { (float)(x.Select((v, i) => v * best[i]).Sum() + (0.5 * random.NextNormal())) });
        });
        var sum = new double[3];
        int batches = 0;
        var seen = new HashSet<float>();
        for (int epoch = 0; epoch < 5; epoch++)
        {
            foreach (Batch batch in source.Batches(new BatchOptions { Size = 100, ShuffleSeed = 1 }, epoch))
            {
                float[] x = batch.Features.ToArray<float>(), y = batch.Target.ToArray<float>();
                for (int row = 0; row < batch.Count; row++)
                {
                    seen.Add(x[3 * row]);
                    double error = Enumerable.Range(0, 3).Sum(i => x[(3 * row) + i] * w[i]) - y[row];
                    for (int i = 0; i < 3; i++)
                        sum[i] += error * x[(3 * row) + i] / batch.Count;
                }

                batches++;
            }
        }

        // The variance of one example's gradient is about ‖w − w*‖² + noise² = 1.75, and up to three times that.
        Run.Close([.. w.Zip(best, (a, b) => a - b)], [.. sum.Select(s => s / batches)], 4 * Math.Sqrt(3 * 1.75 / 10_000));
        // Examples are rounded to float32, so a few of 10,000 may coincide by chance.
        Assert.InRange(seen.Count, 9_980, 10_000);
        Assert.Contains("expected 3", Assert.Throws<DataException>(
            () => new GeneratedSource(DataLayout.Labels([3], 2), 1, _ => new Example(new float[2], 0)).Batches(new BatchOptions()).Count()).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => new GeneratedSource(DataLayout.Labels([3], 2), 0, _ => default));
    }

    private static Dataset Numbered(int count) => Dataset.FromLabels(new float[count], [1], [.. Enumerable.Range(0, count).Select(i => (long)i)], count);

    private static long[] Pass(IDataSource source, BatchOptions options, long epoch) => [.. source.Batches(options, epoch).SelectMany(batch => batch.Labels.ToArray())];
}
