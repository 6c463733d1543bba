using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Persistence;
using Toolkit.Modeling.Training;

namespace Toolkit.Modeling.Tests.Data;

/// <summary>Streams of examples of named fields, and batches of similar lengths from every source.</summary>
public sealed class NamedStreamTests
{
    private const int Count = 230;

    private static readonly Dataset Whole = Create();

    public static TheoryData<string> Sources => ["data", "stream", "prefetched", "fixed", "generated"];

    [Fact]
    public void A_stream_gives_the_batches_of_the_data_set()
    {
        var options = new BatchOptions { Size = 7 };
        StreamSource stream = Stream();
        for (long epoch = 0; epoch < 2; epoch++)
        {
            foreach ((Batch expected, Batch found) in Whole.Batches(options, epoch).Zip(stream.Batches(options, epoch)))
            {
                Assert.Equal(expected.Count, found.Count);
                Assert.Equal(expected.LengthsOf("time").Span<long>().ToArray(), found.LengthsOf("time").Span<long>().ToArray());
                Assert.All(Whole.Layout.Fields, field => Assert.True(expected[field.Name].BitEquals(found[field.Name]), field.Name));
            }
        }

        Assert.Equal(Rows(Whole.Batches(options)).Order(), Rows(stream.Batches(options with { ShuffleSeed = 3 })).Order());
    }

    [Fact]
    public void Examples_that_do_not_fit_are_refused()
    {
        Value ids = Value.Of([1L, 2], 2), marks = Value.Of([0L, 1], 2), price = Value.Of(2f), number = Value.Of(0L);
        Refused("3 fields", ("text", ids), ("marks", marks), ("price", price));
        Refused("\"cost\"", ("text", ids), ("marks", marks), ("cost", price), ("number", number));
        Refused("\"text\" more often", ("text", ids), ("text", ids), ("price", price), ("number", number));
        Refused("\"text\" as Int32 [2]", ("text", Value.Of([1, 2], 2)), ("marks", marks), ("price", price), ("number", number));
        Refused("\"price\" as Float32 [1]", ("text", ids), ("marks", marks), ("price", Value.Of([2f], 1)), ("number", number));
        Refused("2 and 1 steps", ("text", ids), ("marks", Value.Of([0L], 1)), ("price", price), ("number", number));
        Refused("label 2", ("text", ids), ("marks", Value.Of([0L, 2], 2)), ("price", price), ("number", number));
        Refused("NaN in row 0", ("text", ids), ("marks", marks), ("price", Value.Of(float.NaN)), ("number", number));
        int pass = 0;
        var other = new StreamSource(Whole.Layout, () => [new Example(("number", number), ("text", ids), ("marks", marks), ("price", Value.Of((float)pass++)))]);
        Assert.Single(other.Batches(new()));
        Assert.Contains("other values", Assert.Throws<DataException>(() => other.Batches(new()).Count()).Message, StringComparison.Ordinal);

        static void Refused(string part, params (string, Value)[] fields) => Assert.Contains(
            part, Assert.Throws<DataException>(() => new StreamSource(Whole.Layout, () => [new Example(fields)]).Batches(new()).Count()).Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Sources))]
    public void Buckets_have_every_example_once_and_little_padding(string kind)
    {
        IDataSource source = Source(kind);
        var options = new BatchOptions { Size = 4, ShuffleSeed = 5 };
        string[] sorted = Rows(source.Batches(options with { BucketBy = "time" }));
        Assert.Equal(Rows(Whole.Batches(options)).Order(), sorted.Order());
        Assert.Equal(sorted, Rows(source.Batches(options with { BucketBy = "time" })));
        Assert.Equal(kind == "fixed", sorted.SequenceEqual(Rows(source.Batches(options with { BucketBy = "time" }, 1))));
        Assert.True(Padding(options with { BucketBy = "time" }) < 0.5 * Padding(options));
        Assert.Equal(Count / 4 * 4, Rows(source.Batches(options with { BucketBy = "time", DropLast = true })).Length);
        // Lengths do not rise through the pass: the batches of a stretch come in an order of chance.
        double[] longest = [.. source.Batches(options with { BucketBy = "time" }).Select(batch => (double)batch["text"].Sizes[1])];
        Assert.False(longest.SequenceEqual(longest.Order()));
        Assert.Contains("\"place\"", Assert.Throws<ArgumentException>(() => source.Batches(options with { BucketBy = "place" }).Count()).Message, StringComparison.Ordinal);

        int Padding(BatchOptions given) => source.Batches(given).Sum(batch => (batch["text"].Sizes[1] * batch.Count) - (int)batch.LengthsOf("time").Span<long>().ToArray().Sum());
    }

    [Fact]
    public void An_interrupted_training_on_a_stream_with_buckets_goes_on_bit_for_bit()
    {
        using var folder = new TemporaryFolder();
        string file = folder.PathOf("training");
        var options = new FitOptions { Epochs = 2, BatchSize = 8, Seed = 5, BucketBy = "time" };
        Trainer whole = Marks(), first = Marks(), second = Marks();
        whole.Fit(new PrefetchedSource(Marked()), options, TestContext.Current.CancellationToken);
        first.Fit(new PrefetchedSource(Marked()), options with { Steps = 37 }, TestContext.Current.CancellationToken);
        Checkpoint.Save(file, first);
        Checkpoint.Load(file, second);
        second.Fit(Marked(), options, TestContext.Current.CancellationToken);
        Assert.All(whole.Parameters.Zip(second.Parameters), pair => Assert.True(pair.First.Value.BitEquals(pair.Second.Value), pair.First.Name));
    }

    private static Trainer Marks() => new()
    {
        Model = new Embedding(6, 2, new RandomSource(2)),
        Loss = new SoftmaxCrossEntropy { Target = "marks" },
        Optimizer = new Adam(),
        Execution = new() { Threads = 1 },
    };

    private static StreamSource Marked() => new(
        new DataLayout([.. Whole.Layout.Fields.Take(2)]),
        () => Examples().Select(fields => new Example(fields[0], fields[1])));

    private static IDataSource Source(string kind)
    {
        (string, Value)[][] examples = [.. Examples()];
        return kind switch
        {
            "data" => Whole,
            "stream" => Stream(),
            "prefetched" => new PrefetchedSource(Stream()),
            "fixed" => new SampledSource(Whole, Sampling.FixedOrder),
            _ => new Turned(Whole.Layout, examples),
        };
    }

    private static StreamSource Stream() => new(Whole.Layout, () => Examples().Select(fields => new Example(fields))) { ShuffleBuffer = 50 };

    /// <summary>Each example as text, in order.</summary>
    private static string[] Rows(IEnumerable<Batch> batches) =>
    [
        .. batches.SelectMany(batch => Enumerable.Range(0, batch.Count).Select(i =>
            string.Join(" ", batch["text"].Span<long>().Slice(i * batch["text"].Sizes[1], (int)batch.LengthsOf("time").Span<long>()[i]).ToArray()) + $" {batch["number"].Span<long>()[i]}")),
    ];

    private static IEnumerable<(string Name, Value Value)[]> Examples()
    {
        foreach (Batch batch in Whole.Batches(new() { Size = 1 }))
        {
            int length = (int)batch.LengthsOf("time").Span<long>()[0];
            yield return
            [
                ("text", Value.Of(batch["text"].Span<long>()[..length].ToArray(), length)), ("marks", Value.Of(batch["marks"].Span<long>()[..length].ToArray(), length)),
                ("price", Value.Of(batch["price"].Span<float>()[0])), ("number", Value.Of(batch["number"].Span<long>()[0])),
            ];
        }
    }

    private static Dataset Create()
    {
        var random = new RandomSource(4);
        long[][] text = [.. Enumerable.Range(0, Count).Select(_ => Enumerable.Range(0, 1 + random.NextInt32(30)).Select(_ => (long)random.NextInt32(6)).ToArray())];
        return Dataset.Of(
            Column.Ragged("text", "time", text),
            Column.RaggedLabels("marks", "time", [.. text.Select(ids => ids.Select(id => id % 2).ToArray())], 2),
            Column.Of("price", [.. text.Select(ids => (float)ids.Sum())]),
            Column.Of("number", [.. Enumerable.Range(0, Count).Select(i => (long)i)]));
    }

    /// <summary>A generated source whose draws are the examples in turn.</summary>
    private sealed class Turned(DataLayout layout, (string, Value)[][] examples) : IDataSource
    {
        public DataLayout Layout => layout;

        public int? ExampleCount => examples.Length;

        public IEnumerable<Batch> Batches(BatchOptions options, long epoch = 0)
        {
            int next = 0;
            return new GeneratedSource(layout, examples.Length, _ => new Example(examples[next++ % examples.Length])).Batches(options, epoch);
        }
    }
}
