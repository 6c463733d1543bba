using Toolkit.Modeling.Data;

namespace Toolkit.Modeling.Tests.Data;

public sealed class BalancedSourceTests
{
    [Fact]
    public void Each_class_comes_equally_often_and_the_order_follows_from_seed_and_epoch()
    {
        long[] labels = [0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 2];
        Dataset data = Dataset.FromLabels([.. Enumerable.Range(0, 12).Select(i => (float)i)], [1], labels, 3);
        var source = new BalancedSource(data, 7);
        foreach (ulong? seed in new ulong?[] { null, 3 })
        {
            var options = new BatchOptions { Size = 5, ShuffleSeed = seed };
            long[] drawn = [.. source.Batches(options, 4).SelectMany(b => b.Labels.ToArray())];
            Assert.All(Enumerable.Range(0, 3), c => Assert.Equal(4, drawn.Count(l => l == c)));
            float[] Features(long epoch) => [.. source.Batches(options, epoch).SelectMany(b => b.Features.Span<float>().ToArray())];
            Assert.Equal(Features(4), Features(4));
            Assert.NotEqual(Features(4), Features(5));
            // Without replacement within a class that is large enough.
            Assert.Equal(4, Features(4).Where(f => f < 9).Distinct().Count());
        }

        // Each with its own label; of a class of two each comes as often.
        Batch[] batches = [.. source.Batches(new BatchOptions { Size = 12 }, 1)];
        Assert.Equal(12, source.ExampleCount);
        foreach (Batch batch in batches)
            Assert.Equal(batch.Features.ToArray<float>().Select(f => labels[(int)f]), batch.Labels.ToArray());
        Assert.Equal([9f, 9, 10, 10], batches.SelectMany(b => b.Features.ToArray<float>()).Where(f => f is 9 or 10).Order());

        Assert.Contains("class labels", Assert.Throws<ArgumentException>(() => new BalancedSource(Dataset.FromTargets([1f], [1], [1f], [1]))).Message);
    }
}
