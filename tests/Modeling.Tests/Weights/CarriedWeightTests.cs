using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Data.Augmentation;
using Toolkit.Modeling.Encoders;
using Toolkit.Modeling.Ensembles;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Persistence;
using Toolkit.Modeling.Training;
using Example = Toolkit.Modeling.Data.Example;

namespace Toolkit.Modeling.Tests.Weights;

/// <summary>Every source, cut and sample of weighted examples takes the weights along, and refuses wrong ones.</summary>
public sealed class CarriedWeightTests
{
    private const int Count = 11;

    // Row i has the features i, the label i modulo 3 and the weight i/4, so that each shows what belongs to it.
    private static Dataset Data => Dataset.FromLabels(
        [.. Enumerable.Range(0, Count * 4).Select(i => (float)(i / 4))], [1, 2, 2], [.. Enumerable.Range(0, Count).Select(i => (long)(i % 3))], 3).WithWeights(Quarters);

    private static float[] Quarters => [.. Enumerable.Range(0, Count).Select(i => i / 4f)];

    public static TheoryData<string> Sources =>
        ["plain", "taken", "skipped", "selected", "split", "reshaped", "reconstruction", "augmented", "prefetched", "fixed order", "with replacement", "stream", "generated"];

    [Theory]
    [MemberData(nameof(Sources))]
    public void Weights_stay_with_their_examples(string name)
    {
        IDataSource source = name switch
        {
            "taken" => Data.Take(5),
            "skipped" => Data.Skip(5),
            "selected" => Data.Select([3, 3, 0, 10]),
            "split" => Data.Split(0.4, new RandomSource(1)).Second,
            "reshaped" => Data.Reshape(4),
            "reconstruction" => Data.AsReconstruction(),
            "augmented" => new AugmentedSource(Data, 1, new RandomFlip(0, 1, 2)) { Threads = 2 },
            "prefetched" => new PrefetchedSource(Data),
            "fixed order" => new SampledSource(Data, Sampling.FixedOrder),
            "with replacement" => new SampledSource(Data, Sampling.WithReplacement),
            "stream" => new StreamSource(Data.Layout, () => Enumerable.Range(0, Count).Select(Of)) { ShuffleBuffer = 4 },
            "generated" => new GeneratedSource(Data.Layout, Count, random => Of(random.NextInt32(Count))),
            _ => Data,
        };
        Assert.True(source.Layout.HasWeights);
        foreach (ulong? shuffle in new ulong?[] { null, 3 })
        {
            int seen = 0;
            foreach (Batch batch in source.Batches(new BatchOptions { Size = 3, ShuffleSeed = shuffle }))
            {
                Assert.Equal([batch.Count], batch.Weights!.Shape.Select(d => d.Size));
                for (int i = 0; i < batch.Count; i++)
                    Assert.Equal(batch.Features[i * 4] / 4, batch.Weights[i]);
                Assert.Equal(Enumerable.Range(0, batch.Count).Sum(i => batch.Weights[i]), batch.TotalWeight(), 1e-12);
                seen += batch.Count;
            }

            Assert.Equal(source.ExampleCount ?? Count, seen);
        }

        static Example Of(int i) => new(Enumerable.Repeat((float)i, 4).ToArray(), i % 3) { Weight = i / 4f };
    }

    [Fact]
    public void Weights_that_are_none_are_refused_with_their_row()
    {
        foreach (float wrong in new[] { -0.5f, float.NaN, float.PositiveInfinity })
        {
            float[] weights = Quarters;
            weights[7] = wrong;
            Assert.Contains("Row 7", Assert.Throws<DataException>(() => Data.WithWeights(weights)).Message);
            Assert.Contains("Row 2", Assert.Throws<DataException>(() => new StreamSource(Data.Layout, () =>
                [One(1), One(0), One(wrong)]).Batches(new BatchOptions()).Count()).Message);
            Assert.Throws<DataException>(() => new Batch(Data.Layout, 1).Add(new float[4], 0, [], wrong));
        }

        Assert.Throws<ArgumentException>(() => Data.WithWeights(new float[3]));
        var without = DataLayout.Labels([1, 2, 2], 3);
        Assert.Contains("WithWeights", Assert.Throws<DataException>(() => new Batch(without, 1).Add(new float[4], 0, [], 2f)).Message);
        Assert.Contains("WithWeights", Assert.Throws<DataException>(() => new StreamSource(without, () => [One(2)]).Batches(new BatchOptions()).Count()).Message);
        Assert.Null(Assert.Single(Dataset.FromLabels(new float[2], [1], [0, 1], 2).Batches(new BatchOptions())).Weights);
        Assert.Equal("[1, 2, 2] → label of 3 classes, weighted", Data.Layout.ToString());

        static Example One(float weight) => new(new float[4], 0) { Weight = weight };
    }

    [Fact]
    public void Balanced_classes_count_the_same_whatever_their_weights()
    {
        float[] weights = [1, 100, 0, 3, 300, 0, 1, 100, 0, 0, 50];
        var source = new BalancedSource(Data.WithWeights(weights), seed: 2);
        var totals = new double[3];
        for (int epoch = 0; epoch < 600; epoch++)
        {
            foreach (Batch batch in source.Batches(new BatchOptions { Size = 4 }, epoch))
            {
                for (int i = 0; i < batch.Count; i++)
                    totals[batch.Labels[i]] += batch.Weights![i];
            }
        }

        Assert.Equal(0.0, totals[2]);
        Assert.Equal(1.0, totals[0] / totals[1], 0.05);
    }

    [Fact]
    public void Boosting_begins_with_the_weights_of_the_examples()
    {
        var found = new List<double[]>();
        Module first = new Activation(x => Ops.Concat(1, 0.0 * x, x));
        Dataset data = Dataset.FromLabels([-1, 1, -2, 2], [1], [0, 1, 1, 1], 2).WithWeights([2, 1, 1, 0]);
        Boosted boosted = new AdaBoost { Rounds = 2 }.Fit(data, (_, weights) =>
        {
            found.Add([.. weights]);
            return first;
        });
        Run.Close([0.5, 0.25, 0.25, 0], found[0], 1e-12);
        Assert.Equal(0.25, boosted.Rounds[0].Error, 1e-12);
        Assert.Throws<DataException>(() => new AdaBoost().Fit(data.WithWeights(new float[4]), (_, _) => first));
        // NaN is no vote, not even for class 0.
        Assert.Throws<InvalidOperationException>(() => new AdaBoost().Fit(
            Dataset.FromLabels([0, 0], [1], [0, 0], 2), (_, _) => new Activation(x => Ops.Concat(1, x / x, x))));
    }

    [Fact]
    public void Principal_components_and_dictionaries_count_weights_like_copies()
    {
        float[] features = [.. Enumerable.Range(0, 40).Select(i => (float)Math.Sin(i * i * 0.37))];
        float[] weights = [2, 0, 1, 3, 1, 0, 1, 2, 4, 1];
        Dataset data = Dataset.FromLabels(features, [4], new long[10], 1);
        PrincipalComponents weighted = PrincipalComponents.Fit(data.WithWeights(weights), 4), copied = PrincipalComponents.Fit(Copies.Repeated(data, weights), 4);
        Run.Close([.. copied.Mean], [.. weighted.Mean], 1e-12);
        Run.Close([.. copied.Variances], [.. weighted.Variances], 1e-12);
        FeatureScaling scaled = FeatureScaling.Fit(data.WithWeights(weights)), expectedScaling = FeatureScaling.Fit(Copies.Repeated(data, weights));
        Run.Close([.. expectedScaling.Mean.Select(v => (double)v)], [.. scaled.Mean.Select(v => (double)v)], 1e-7);
        Run.Close([.. expectedScaling.Deviation.Select(v => (double)v)], [.. scaled.Deviation.Select(v => (double)v)], 1e-7);
        var learning = new DictionaryLearning(3) { NonZeros = 1, Iterations = 4 };
        float[] some = [.. weights.Select(w => w > 0 ? 2.5f : 0f)];
        CancellationToken token = TestContext.Current.CancellationToken;
        SparseDictionary found = learning.Fit(data.WithWeights(some), token);
        SparseDictionary expected = learning.Fit(data.Select([.. Enumerable.Range(0, 10).Where(i => some[i] > 0)]), token);
        Run.Close([.. expected.Errors], [.. found.Errors], 1e-12);
        Assert.NotEqual(found.Errors[^1], learning.Fit(data.WithWeights([.. weights.Select(w => w * w)]), token).Errors[^1], 1e-6);
    }

    [Fact]
    public void A_weighted_training_goes_on_within_an_epoch_as_if_it_had_never_stopped()
    {
        using var folder = new TemporaryFolder();
        string path = Path.Combine(folder.Path, "half");
        Dataset data = Data.Reshape(4);
        Trainer whole = Make();
        History expected = whole.Fit(data, new() { Epochs = 3, BatchSize = 4 }, TestContext.Current.CancellationToken);
        Trainer stopped = Make();
        using var cancel = new CancellationTokenSource();
        stopped.Fit(data, new() { Epochs = 3, BatchSize = 4, ProgressSteps = 1, Progress = new Stop(cancel) }, cancel.Token);
        Assert.Equal(1, stopped.EpochsDone);
        Checkpoint.Save(path, stopped);
        Trainer resumed = Make();
        Checkpoint.Load(path, resumed);
        History found = resumed.Fit(data, new() { Epochs = 3, BatchSize = 4 }, TestContext.Current.CancellationToken);
        Assert.Equal(expected.Epochs.Select(e => e.Loss), found.Epochs.Select(e => e.Loss));
        Assert.Equal(whole.Parameters.SelectMany(p => Run.Numbers(p.Value)), resumed.Parameters.SelectMany(p => Run.Numbers(p.Value)));

        static Trainer Make()
        {
            var random = new RandomSource(4);
            return new()
            {
                Model = new Sequential(new Dense(4, 5, random), new BatchNormalization(5), new Dense(5, 3, random)),
                Loss = new SoftmaxCrossEntropy(),
                Optimizer = new Adam(),
            };
        }
    }

    private sealed class Stop(CancellationTokenSource cancel) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value)
        {
            if (value is { Epoch: 2, Step: 1 })
                cancel.Cancel();
        }
    }
}
