using System.Runtime.InteropServices;
using CsCheck;
using Toolkit.Modeling.Data;

namespace Toolkit.Modeling.Tests.Data;

public sealed class BatchTests
{
    [Fact]
    public void Every_pass_sees_every_example_once() =>
        Gen.Select(Gen.Int[1, 60], Gen.Int[1, 25], Gen.ULong, Gen.Int[0, 5], Gen.Int[1, 80]).Sample((count, size, seed, epoch, buffer) =>
        {
            Dataset data = DatasetTests.Numbered(count);
            var stream = new StreamSource(data.Layout, () => Examples(data)) { ShuffleBuffer = buffer, ExampleCount = count };
            foreach (IDataSource source in (IDataSource[])[data, stream])
            {
                var options = new BatchOptions { Size = size, ShuffleSeed = seed };
                long[] seen = [.. source.Batches(options, epoch).SelectMany(batch => Checked(batch).Labels.ToArray())];
                Assert.Equal(Enumerable.Range(0, count).Select(i => (long)i), seen.Order());
                long[] full = [.. source.Batches(options with { DropLast = true }, epoch).SelectMany(batch => batch.Labels.ToArray())];
                Assert.Equal(seen.Take(count / size * size), full);
                long[] plain = [.. source.Batches(options with { ShuffleSeed = null }).SelectMany(batch => Checked(batch).Labels.ToArray())];
                Assert.Equal(Enumerable.Range(0, count).Select(i => (long)i), plain);
            }
        });

    /// <summary>Until somebody asks for a field, its rows are those of the data set; from then on they are the batch's own.</summary>
    [Theory]
    [InlineData(null)]
    [InlineData(3UL)]
    public void A_field_is_copied_when_somebody_asks_for_it(ulong? seed)
    {
        float[] features = [.. Enumerable.Range(0, 10).Select(i => (float)i)];
        Dataset data = Dataset.FromLabels(features, [1], [.. Enumerable.Range(0, 10).Select(i => (long)(i % 2))], 2);
        int batches = 0;
        foreach (Batch batch in data.Batches(new() { Size = 4, ShuffleSeed = seed }))
        {
            int[] rows = [.. Enumerable.Range(0, batch.Count).Select(slot => (int)Number(batch, slot) % 100)];
            Array.ForEach(rows, row => features[row] += 100f);
            Assert.Equal(rows.Select(row => row + 100f), Enumerable.Range(0, batch.Count).Select(slot => Number(batch, slot)));
            Assert.Equal(rows.Select(row => row + 100f), batch.Features.ToArray<float>());
            Array.ForEach(rows, row => features[row] += 100f);
            Assert.Equal(rows.Select(row => row + 100f), batch.Features.ToArray<float>());
            Assert.Equal(rows.Select(row => row + 100f), Enumerable.Range(0, batch.Count).Select(slot => Number(batch, slot)));
            Assert.Equal(rows.Select(row => (long)(row % 2)), batch.Labels.ToArray());
            batches++;
        }

        Assert.Equal(3, batches);

        static float Number(Batch batch, int slot) => MemoryMarshal.Read<float>(batch.Row(DataLayout.Input, slot));
    }

    /// <summary>Examples may be put behind those of a data set that nobody has asked for, and a batch may be emptied first.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Examples_can_be_put_behind_those_of_a_data_set(bool clear)
    {
        Dataset data = DatasetTests.Numbered(6);
        foreach (Batch batch in data.Batches(new() { Size = 4 }).Skip(1))
        {
            if (clear)
                batch.Clear();
            batch.Add([7f, 8f], 3, []);
            Assert.Equal(clear ? [3L] : [4L, 5L, 3L], batch.Labels.ToArray());
            Assert.Equal(clear ? [7f, 8f] : [8f, 8.5f, 10f, 10.5f, 7f, 8f], batch.Features.ToArray<float>());
        }
    }

    [Fact]
    public void Batch_sizes_are_full_but_for_the_last() => Assert.Equal(
        [4, 4, 2], DatasetTests.Numbered(10).Batches(new() { Size = 4, ShuffleSeed = 1 }).Select(batch => batch.Count));

    /// <summary>The last batch of each pass lies in the same memory, and holds what was put into it.</summary>
    [Fact]
    public void Incomplete_batches_take_memory_once()
    {
        const int Length = 1 << 16;
        var batch = new Batch(DataLayout.Labels([Length], 9), 4);
        var row = new float[Length];
        long before = 0;
        for (int pass = 0; pass < 5; pass++)
        {
            batch.Clear();
            for (int i = 0; i < 3; i++)
            {
                row[^1] = (10 * pass) + i;
                batch.Add(row, i + pass, []);
            }

            Assert.Equal([10f * pass, (10 * pass) + 1, (10 * pass) + 2], Enumerable.Range(1, 3).Select(i => batch.Features.Span<float>()[(i * Length) - 1]));
            Assert.Equal([pass, pass + 1, pass + 2], batch.Labels.ToArray());
            if (pass == 0)
                before = GC.GetAllocatedBytesForCurrentThread();
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, Length);
    }

    [Fact]
    public void The_order_follows_from_seed_and_epoch_alone()
    {
        Dataset data = DatasetTests.Numbered(100);
        long[] third = Order(data, 8, 3);
        Assert.Equal(third, Order(data, 8, 3));
        Assert.NotEqual(third, Order(data, 8, 2));
        Assert.NotEqual(third, Order(data, 9, 3));
        Assert.NotEqual(third, third.Order());
        // Enumerating other epochs in between, or at the same time, changes nothing.
        using IEnumerator<Batch> other = data.Batches(new() { Size = 7, ShuffleSeed = 8 }, 1).GetEnumerator();
        other.MoveNext();
        Assert.Equal(third, Order(data, 8, 3));
    }

    [Fact]
    public void Batches_reuse_their_buffers_and_cost_no_memory_each()
    {
        Dataset data = DatasetTests.Numbered(1000);
        long few = Allocated(data.Take(200)), many = Allocated(data);
        Assert.Equal(few, many);

        static long Allocated(Dataset data)
        {
            var options = new BatchOptions { Size = 10 };
            long best = long.MaxValue;
            for (int attempt = 0; attempt < 3; attempt++)
            {
                long before = GC.GetAllocatedBytesForCurrentThread();
                foreach (Batch batch in data.Batches(options))
                    Assert.True(batch.Count == 10);
                best = Math.Min(best, GC.GetAllocatedBytesForCurrentThread() - before);
            }

            return best;
        }
    }

    [Fact]
    public void A_batch_of_no_examples_cannot_be_asked_for() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new BatchOptions { Size = 0 });

    [Fact]
    public void Targets_travel_with_their_features()
    {
        float[] features = [.. Enumerable.Range(0, 30).Select(i => (float)i)];
        float[] targets = [.. features.Select(x => -x)];
        var data = Dataset.FromTargets(features, [3], targets, [3]);
        foreach (Batch batch in data.Batches(new() { Size = 4, ShuffleSeed = 2 }))
        {
            Assert.Equal(batch.Features.ToArray<float>().Select(x => -x), batch.Target.ToArray<float>());
            Assert.Equal([batch.Count, 3], batch.Target.Sizes.ToArray());
        }
    }

    [Fact]
    public void A_stream_is_shuffled_within_its_buffer_only()
    {
        Dataset data = DatasetTests.Numbered(500);
        var stream = new StreamSource(data.Layout, () => Examples(data)) { ShuffleBuffer = 50 };
        long[] order = Order(stream, 3, 0);
        Assert.NotEqual(order, order.Order());
        Assert.All(order.Select((row, place) => row - place), early => Assert.True(early <= 50));
        Assert.NotEqual(order, Order(stream, 3, 1));
        Assert.Equal(order, Order(stream, 3, 0));
    }

    [Fact]
    public void A_stream_names_the_example_that_does_not_fit()
    {
        DataLayout layout = DataLayout.Labels([2], 3);
        Assert.Contains("Example 1 of the stream", Fails(layout, new(new float[2], 0L), new(new float[3], 0L)));
        Assert.Contains("has 3 features; expected 2, shape [2]", Fails(layout, new(new float[2], 0L), new(new float[3], 0L)));
        Assert.Contains("Row 0 (counted from 0) has the label 3", Fails(layout, new Example(new float[2], 3L)));
        Assert.Contains("NaN in row 0, column 1", Fails(layout, new Example(new float[] { 0, float.NaN }, 0L)));
        Assert.Contains("has 2 target values; expected 1", Fails(DataLayout.Values([2], []), new Example(new float[2], new float[2])));
        Assert.Contains("empty", Fails(layout));

        static string Fails(DataLayout layout, params Example[] examples)
        {
            var source = new StreamSource(layout, () => examples);
            return Assert.Throws<DataException>(() => source.Batches(new()).Count()).Message;
        }
    }

    [Fact]
    public void A_stream_of_another_length_than_announced_fails()
    {
        Dataset data = DatasetTests.Numbered(5);
        var stream = new StreamSource(data.Layout, () => Examples(data)) { ExampleCount = 6 };
        Assert.Contains("5 examples; expected 6", Assert.Throws<DataException>(() => stream.Batches(new()).Count()).Message);
    }

    [Fact]
    public void A_great_batch_takes_the_memory_of_the_rows_there_are()
    {
        Dataset data = DatasetTests.Numbered(5);
        IDataSource[] sources = [data, new StreamSource(data.Layout, () => Examples(data)) { ShuffleBuffer = 10_000_000 }, new SampledSource(data, Sampling.FixedOrder)];
        foreach (IDataSource source in sources)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            Batch batch = Assert.Single(source.Batches(new BatchOptions { Size = 100_000_000, ShuffleSeed = 1 }).ToArray());
            Assert.Equal(5, batch.Count);
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(200)]
    [InlineData(300)]
    public void A_batch_that_grows_keeps_its_examples(int size)
    {
        Dataset data = DatasetTests.Numbered(300);
        var stream = new StreamSource(data.Layout, () => Examples(data)) { ShuffleBuffer = 90 };
        foreach (IDataSource source in (IDataSource[])[stream, new PrefetchedSource(stream)])
        {
            Assert.Equal(Enumerable.Range(0, 300).Select(i => (long)i), source.Batches(new() { Size = size }).SelectMany(batch => Checked(batch).Labels.ToArray()));
            long[] shuffled = [.. source.Batches(new() { Size = size, ShuffleSeed = 2 }).SelectMany(batch => Checked(batch).Labels.ToArray())];
            Assert.Equal(Enumerable.Range(0, 300).Select(i => (long)i), shuffled.Order());
            Assert.NotEqual(shuffled.Order(), shuffled);
        }
    }

    private static long[] Order(IDataSource source, ulong seed, long epoch) =>
        [.. source.Batches(new() { Size = 16, ShuffleSeed = seed }, epoch).SelectMany(batch => batch.Labels.ToArray())];

    private static Batch Checked(Batch batch)
    {
        for (int i = 0; i < batch.Count; i++)
        {
            Assert.Equal(2f * batch.Labels[i], batch.Features.Span<float>()[2 * i]);
            Assert.Equal((2f * batch.Labels[i]) + 0.5f, batch.Features.Span<float>()[(2 * i) + 1]);
        }

        return batch;
    }

    /// <summary>The examples of a data set, all in the same buffer, as a reader of a file would hand them out.</summary>
    private static IEnumerable<Example> Examples(Dataset data)
    {
        float[] features = new float[data.Layout.FeatureLength];
        for (int row = 0; row < data.Count; row++)
        {
            data.Features.Span.Slice(row * features.Length, features.Length).CopyTo(features);
            yield return new Example(features, data.Labels.Span[row]);
        }
    }
}
