using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Data.Augmentation;
using Toolkit.Modeling.Tests.Training;
using Toolkit.Modeling.Training;

namespace Toolkit.Modeling.Tests.Data;

/// <summary>Batches made beside the training.</summary>
public sealed class PrefetchedSourceTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 2)]
    [InlineData(50, 4)]
    public void Batches_and_training_are_the_same_for_any_queue_and_number_of_threads(int queue, int threads)
    {
        var options = new BatchOptions { Size = 16, ShuffleSeed = 3 };
        for (long epoch = 0; epoch < 2; epoch++)
        {
            (float[], long[])[] expected = Pass(Images(1), options, epoch), found = Pass(new PrefetchedSource(Images(threads), queue), options, epoch);
            Assert.Equal(expected.Length, found.Length);
            for (int i = 0; i < expected.Length; i++)
            {
                Assert.Equal(expected[i].Item1, found[i].Item1);
                Assert.Equal(expected[i].Item2, found[i].Item2);
            }
        }

        Trainer plain = SmallTraining.Trainer(), ahead = SmallTraining.Trainer();
        plain.Fit(SmallTraining.Data(), SmallTraining.Options(3), TestContext.Current.CancellationToken);
        ahead.Fit(new PrefetchedSource(SmallTraining.Data(), queue), SmallTraining.Options(3), TestContext.Current.CancellationToken);
        Assert.Equal(SmallTraining.Bits(plain), SmallTraining.Bits(ahead));
    }

    /// <summary>The source runs ahead of the training, but never further than the queue, one batch in hand and one being made.</summary>
    [Fact]
    public void The_queue_is_bounded()
    {
        var source = new Watched(100);
        int consumed = 0;
        foreach (Batch _ in new PrefetchedSource(source, 3).Batches(new BatchOptions { Size = 1 }))
        {
            consumed++;
            if (consumed == 10)
                Assert.True(SpinWait.SpinUntil(() => source.Made >= consumed + 3, TimeSpan.FromSeconds(20)), "the source does not run ahead");
            Assert.InRange(source.Made, consumed, consumed + 3 + 1);
        }

        Assert.Equal(100, consumed);
    }

    [Fact]
    public void An_exception_comes_up_where_its_batch_would_have_come_and_the_source_is_closed()
    {
        var source = new Watched(100) { FailsAt = 7 };
        int consumed = 0;
        var error = Assert.Throws<DataException>(() =>
        {
            foreach (Batch _ in new PrefetchedSource(source, 2).Batches(new BatchOptions { Size = 1 }))
                consumed++;
        });
        Assert.Equal("batch 7 is broken", error.Message);
        Assert.Equal(7, consumed);
        Assert.Equal(1, source.Closed);
    }

    [Fact]
    public void An_abandoned_pass_ends_its_thread_before_the_enumeration_ends()
    {
        var source = new Watched(int.MaxValue);
        foreach (Batch _ in new PrefetchedSource(source, 2).Batches(new BatchOptions { Size = 1 }))
            break;
        Assert.Equal(1, source.Closed);
        Assert.Throws<InvalidOperationException>(() =>
        {
            foreach (Batch _ in new PrefetchedSource(source, 2).Batches(new BatchOptions { Size = 1 }))
                throw new InvalidOperationException();
        });
        Assert.Equal(2, source.Closed);
    }

    [Fact]
    public void A_cancelled_training_ends_the_thread_and_goes_on_where_it_stood()
    {
        using var cancellation = new CancellationTokenSource();
        Trainer whole = SmallTraining.Trainer(), parts = SmallTraining.Trainer();
        FitOptions options = SmallTraining.Options(2) with { ProgressSteps = 1, Progress = new Report(p => { if (p.Step == 3) cancellation.Cancel(); }) };
        Assert.Equal(StopReason.Cancelled, parts.Fit(new PrefetchedSource(SmallTraining.Data()), options, cancellation.Token).StopReason);
        parts.Fit(new PrefetchedSource(SmallTraining.Data()), SmallTraining.Options(2), TestContext.Current.CancellationToken);
        whole.Fit(SmallTraining.Data(), SmallTraining.Options(2), TestContext.Current.CancellationToken);
        Assert.Equal(SmallTraining.Bits(whole), SmallTraining.Bits(parts));
        Assert.Throws<ArgumentOutOfRangeException>(() => new PrefetchedSource(SmallTraining.Data(), 0));
    }

    [Fact]
    public void An_exception_of_an_augmentation_is_the_same_with_several_threads()
    {
        foreach (int threads in new[] { 1, 3 })
        {
            var source = new PrefetchedSource(new AugmentedSource(Digits(), 1, new Broken()) { Threads = threads });
            Assert.Equal("broken", Assert.Throws<InvalidOperationException>(() => source.Batches(new BatchOptions()).Count()).Message);
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => new AugmentedSource(Digits(), 1, new Broken()) { Threads = 0 });
    }

    private static AugmentedSource Images(int threads) => new(Digits(), 4, new RandomAffine { Shift = 2, Rotation = 10 }, new RandomIntensity(0.1, 0.1)) { Threads = threads };

    private static Dataset Digits()
    {
        var x = new float[70 * 36];
        new RandomSource(2).FillUniform(x, 0, 1);
        return Dataset.FromLabels(x, [6, 6], [.. Enumerable.Range(0, 70).Select(i => (long)(i % 3))], 3);
    }

    private static (float[], long[])[] Pass(IDataSource source, BatchOptions options, long epoch) =>
        [.. source.Batches(options, epoch).Select(batch => (batch.Features.ToArray<float>(), batch.Labels.ToArray()))];

    private sealed record Broken : ImageAugmentation
    {
        public override void Apply(ReadOnlySpan<float> image, Span<float> result, ImageSize size, long label, RandomSource random) =>
            throw new InvalidOperationException("broken");
    }

    /// <summary>Counts the batches that were made and the passes that were closed.</summary>
    private sealed class Watched(int count) : IDataSource
    {
        private int made;

        public int Made => Volatile.Read(ref made);

        public int Closed { get; private set; }

        public int FailsAt { get; init; } = -1;

        public DataLayout Layout { get; } = DataLayout.Labels([1], 2);

        public int? ExampleCount => count;

        public IEnumerable<Batch> Batches(BatchOptions options, long epoch = 0)
        {
            var batch = new Batch(Layout, 1);
            try
            {
                for (int i = 0; i < count; i++)
                {
                    if (i == FailsAt)
                        throw new DataException($"batch {i} is broken");
                    batch.Clear();
                    batch.Add([i], 0, []);
                    Volatile.Write(ref made, i + 1);
                    yield return batch;
                }
            }
            finally
            {
                Closed++;
            }
        }
    }
}
