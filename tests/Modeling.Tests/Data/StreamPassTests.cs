using Toolkit.Modeling.Data;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Persistence;
using Toolkit.Modeling.Training;

namespace Toolkit.Modeling.Tests.Data;

/// <summary>A stream is read once per epoch: whether each pass sees the same examples.</summary>
public sealed class StreamPassTests
{
    private static readonly DataLayout Layout = DataLayout.Values([2], [1]).WithWeights();
    private static readonly BatchOptions Options = new() { Size = 2, ShuffleSeed = 3 };

    /// <summary>Features (x, −x), targets and weights of five examples.</summary>
    private static readonly Example[] All = [.. Enumerable.Range(0, 5).Select(i => Of(i, 10 * i, 1))];

    public static TheoryData<string, int> Others => new()
    {
        { "found 4 ", 0 }, { "found 6 ", 1 }, { "as many with other values", 2 }, { "as many with other values", 3 }, { "as many with other values", 4 },
    };

    [Theory]
    [MemberData(nameof(Others))]
    public void A_pass_with_other_examples_fails_at_its_end(string found, int which)
    {
        foreach (int buffer in new[] { 1, 3, 50 })
        {
            StreamSource source = Source(buffer, All, Other(which));
            Assert.Equal(5, source.Batches(Options).Sum(batch => batch.Count));
            int handed = 0;
            DataException error = Assert.Throws<DataException>(() =>
            {
                foreach (Batch batch in source.Batches(Options, 1))
                    handed += batch.Count;
            });
            Assert.Contains("the same 5 examples in each pass", error.Message, StringComparison.Ordinal);
            Assert.Contains(found, error.Message, StringComparison.Ordinal);
            Assert.InRange(handed, 4, Other(which).Length);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public void Passes_may_differ_where_that_is_asked_for(int which)
    {
        var free = new StreamSource(Layout, Opened(All, Other(which))) { PassesDiffer = true };
        Assert.Equal(5, free.Batches(Options).Sum(batch => batch.Count));
        Assert.Equal(Other(which).Length, free.Batches(Options, 1).Sum(batch => batch.Count));
    }

    [Fact]
    public void Another_order_is_no_other_pass_and_an_abandoned_one_tells_nothing()
    {
        Example[] turned = [.. All.Reverse()];
        StreamSource source = Source(3, All[..3], All, turned, All);
        Assert.Equal(2, source.Batches(Options).First().Count);
        for (int pass = 0; pass < 3; pass++)
            Assert.Equal(5, source.Batches(Options, pass).Sum(batch => batch.Count));
    }

    /// <summary>A training ends with the error, and what it has saved is from before.</summary>
    [Fact]
    public void A_training_on_passes_that_differ_fails_and_saves_nothing_of_the_second()
    {
        using var folder = new TemporaryFolder();
        string path = folder.PathOf("training.ckpt");
        Trainer Make() => new() { Model = new Dense(2, 1, new RandomSource(1)), Loss = new MeanSquaredError(), Optimizer = new Sgd { LearningRate = 0.01 } };
        Trainer trainer = Make(), same = Make();
        var options = new FitOptions { Epochs = 3, BatchSize = 2, CheckpointPath = path };
        Assert.Throws<DataException>(() => trainer.Fit(Source(3, All, Other(3)), options, TestContext.Current.CancellationToken));
        same.Fit(Source(3, All), options with { Epochs = 1, CheckpointPath = null }, TestContext.Current.CancellationToken);
        Trainer saved = Make();
        saved.Prepare(Layout);
        Checkpoint.Load(path, saved);
        Assert.Equal(same.Model.Parameters.Select(p => Run.Numbers(p.Value)), saved.Model.Parameters.Select(p => Run.Numbers(p.Value)));
    }

    private static Example Of(float x, float target, float weight) => new(new[] { x, -x }, new[] { target }) { Weight = weight };

    private static Example[] Other(int which) => which switch
    {
        0 => All[..4],
        1 => [.. All, All[0]],
        2 => [.. All[..4], Of(5, 40, 1)],
        3 => [Of(0, 10, 1), Of(1, 0, 1), .. All[2..]],
        _ => [.. All[..4], Of(4, 40, 2)],
    };

    private static StreamSource Source(int buffer, params Example[][] passes) => new(Layout, Opened(passes)) { ShuffleBuffer = buffer };

    /// <summary>One pass after the other; the last again and again.</summary>
    private static Func<IEnumerable<Example>> Opened(params Example[][] passes)
    {
        int pass = 0;
        return () => passes[Math.Min(pass++, passes.Length - 1)];
    }
}
