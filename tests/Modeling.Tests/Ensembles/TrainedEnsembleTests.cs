using Toolkit.Autograd.Operations;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Ensembles;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Tests.Training;
using Toolkit.Modeling.Training;

namespace Toolkit.Modeling.Tests.Ensembles;

/// <summary>Bagging and boosting of networks (book section 7.11).</summary>
public sealed class TrainedEnsembleTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void A_bagged_model_is_the_mean_of_members_that_differ()
    {
        Dataset data = SmallTraining.Data();
        TrainedEnsemble bagged = new Bagging { Create = Classifier, Members = 3, MemberOutput = z => z.Softmax() }
            .Fit(data, new() { Epochs = 3, BatchSize = 16 }, Token);
        double[][] each = [.. bagged.Members.Select(m => Run.Numbers(m.Predict(data)))];
        double[] mean = [.. Enumerable.Range(0, each[0].Length).Select(i => each.Average(m => m[i]))];
        Run.Close(mean, Run.Numbers(bagged.Model.Predict(data)), 1e-6);
        Assert.True(each[0].Zip(each[1], (a, b) => Math.Abs(a - b)).Max() > 0.01);
        string[] names = [.. bagged.Model.Parameters.Select(p => p.Name)];
        Assert.Equal(names.Length, names.Distinct().Count());
        Assert.Contains("member2.dense1.weight", names);
        Run.Close(each[0], Run.Numbers(bagged.First(1).Predict(data)), 1e-6);
    }

    [Fact]
    public void Members_that_diverge_score_nan_or_have_trained_before_are_refused()
    {
        Dataset data = SmallTraining.Data();
        FitOptions once = new() { Epochs = 1, BatchSize = 16 };
        var bagging = new Bagging { Create = Diverging, Members = 2 };
        Assert.Contains("Member 1", Assert.Throws<InvalidOperationException>(() => bagging.Fit(data, once, Token)).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => new AdaBoost().Fit(data, Diverging, once, Token));
        var nan = new Sequential(new Dense(6, 3, new RandomSource(1)), new Activation(x => ((0.0 * x) - 1.0).Sqrt()));
        Assert.Contains(
            "member 1", Assert.Throws<InvalidOperationException>(() => new AdaBoost().Fit(data, (_, _) => nan)).Message, StringComparison.Ordinal);
        Trainer used = Classifier(new RandomSource(1));
        used.Fit(data, once, Token);
        Assert.Throws<ArgumentException>(() => new Bagging { Create = _ => used, Members = 1 }.Fit(data, once, Token));

        static Trainer Diverging(RandomSource random) => new()
        {
            Model = new Dense(6, 3, random),
            Loss = new SoftmaxCrossEntropy(),
            Optimizer = new Sgd { LearningRate = 3e38 },
        };
    }

    /// <summary>The weights that a learner is given are its own: those of later rounds do not come into them.</summary>
    [Fact]
    public void The_weights_of_a_round_do_not_change_afterwards()
    {
        Dataset data = SmallTraining.Data();
        var seen = new List<IReadOnlyList<double>>();
        Trainer trainer = Classifier(new RandomSource(1));
        trainer.Fit(data, new() { Epochs = 8, BatchSize = 16 }, Token);
        new AdaBoost { Rounds = 2 }.Fit(data, (_, weights) =>
        {
            seen.Add(weights);
            return (Module)trainer.Model;
        });
        Assert.All(seen[0], weight => Assert.Equal(1.0 / data.Count, weight));
        Assert.NotEqual(seen[0], seen[1]);
    }

    [Fact]
    public void The_same_seed_gives_the_same_ensemble()
    {
        Dataset data = SmallTraining.Data();
        double[] Once() => Run.Numbers(new Bagging { Create = Classifier, Members = 2 }.Fit(data, new() { Epochs = 2, BatchSize = 16 }, Token).Model.Predict(data));
        Assert.Equal(Once(), Once());
    }

    /// <summary>A5.1, equations 7.50 and 7.51 on trained networks: the squared error of the mean is v/k + (k − 1)c/k, with v and c measured.</summary>
    [Fact]
    public void The_error_of_a_bagged_regression_follows_equation_7_51()
    {
        const int Members = 5;
        Dataset data = Regression(60, 1), test = Regression(400, 2);
        TrainedEnsemble bagged = new Bagging { Create = Regressor, Members = Members, Seed = 4 }.Fit(data, new() { Epochs = 60, BatchSize = 20 }, Token);
        double[] y = [.. test.Targets.Span.ToArray().Select(v => (double)v)];
        double[][] errors = [.. bagged.Members.Select(m => Run.Numbers(m.Predict(test)).Zip(y, (p, t) => p - t).ToArray())];
        double v = errors.Average(e => e.Average(x => x * x));
        double c = 0;
        for (int i = 0; i < Members; i++)
        {
            for (int j = 0; j < Members; j++)
                c += i == j ? 0 : errors[i].Zip(errors[j], (a, b) => a * b).Average() / (Members * (Members - 1));
        }

        double mean = Run.Numbers(bagged.Model.Predict(test)).Zip(y, (p, t) => (p - t) * (p - t)).Average();
        Assert.Equal((v / Members) + ((Members - 1) * c / Members), mean, 1e-5);
        Assert.True(mean < v, $"mean {mean}, members {v}");
        Assert.True(c < v, $"covariance {c}, variance {v}");
    }

    /// <summary>A5.2.</summary>
    [Fact]
    public void After_reweighting_the_last_member_is_no_better_than_chance()
    {
        var random = new RandomSource(8);
        double[] weights = [.. Enumerable.Range(0, 50).Select(_ => random.NextDouble() + 0.1)];
        double sum = weights.Sum();
        weights = [.. weights.Select(w => w / sum)];
        bool[] wrong = [.. Enumerable.Range(0, 50).Select(i => i % 5 == 0)];
        double error = AdaBoost.Error(weights, wrong);
        AdaBoost.Reweight(weights, wrong, Math.Log((1 - error) / error));
        Assert.Equal(0.5, AdaBoost.Error(weights, wrong), 1e-12);
        Assert.Equal(1.0, weights.Sum(), 1e-12);
    }

    /// <summary>A5.2: the training error is at most ∏ 2√(ε(1 − ε)).</summary>
    [Fact]
    public void Boosted_networks_keep_the_bound_of_the_training_error()
    {
        Dataset data = Rings(120);
        Boosted boosted = new AdaBoost { Rounds = 6, Seed = 3 }.Fit(data, Weak, new() { Epochs = 15, BatchSize = 20 }, Token);
        double bound = boosted.Rounds.Aggregate(1.0, (product, round) => product * 2 * Math.Sqrt(round.Error * (1 - round.Error)));
        Assert.True(boosted.Rounds.Count >= 3, $"{boosted.Rounds.Count} rounds");
        double error = Error(boosted.Ensemble.Model, data);
        Assert.True(error <= bound + 1e-9, $"error {error}, bound {bound}");
        Assert.True(error < boosted.Rounds[0].Error, $"boosted {error}, first {boosted.Rounds[0].Error}");
        Assert.All(Run.Numbers(boosted.Ensemble.Model.Predict(data)).Chunk(2), votes => Assert.Equal(1.0, votes.Sum(), 1e-5));
    }

    [Fact]
    public void What_cannot_be_an_ensemble_is_refused()
    {
        Dataset data = SmallTraining.Data();
        Trainer one = Classifier(new RandomSource(1));
        Assert.Contains("fresh", Assert.Throws<ArgumentException>(() => new Bagging { Create = _ => one, Members = 2 }.Fit(data, new() { Epochs = 1 }, Token)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => new Bagging { Create = Classifier, Members = 0 });
        Assert.Throws<ArgumentException>(() => new Bagging { Create = Classifier }.Fit(data, new() { CheckpointPath = "x" }, Token));
        Assert.Throws<OperationCanceledException>(() => new Bagging { Create = Classifier }.Fit(data, null, new CancellationToken(true)));
        Assert.Contains("labels", Assert.Throws<ArgumentException>(() => new AdaBoost().Fit(Regression(5, 1), Regressor, null, Token)).Message, StringComparison.Ordinal);
        // Always the last class: wrong on most.
        var constant = new Activation(x => (0.0 * x.Slice(1, 0, 3)) + Run.Tensor([0, 0, 1], 1, 3));
        Dataset first = Dataset.FromLabels(new float[12], [3], [0, 0, 1, 1], 3);
        Assert.Contains("chance", Assert.Throws<InvalidOperationException>(() => new AdaBoost().Fit(first, (_, _) => constant)).Message, StringComparison.Ordinal);
    }

    private static Trainer Classifier(RandomSource random) => new()
    {
        Model = new Sequential(new Dense(6, 10, random) { Activation = Ops.Relu }, new Dense(10, 3, random)),
        Loss = new SoftmaxCrossEntropy(),
        Optimizer = new Adam { LearningRate = 0.02 },
    };

    private static Trainer Weak(RandomSource random) => new()
    {
        Model = new Sequential(new Dense(2, 2, random) { Activation = Ops.Tanh }, new Dense(2, 2, random)),
        Loss = new SoftmaxCrossEntropy(),
        Optimizer = new Adam { LearningRate = 0.05 },
    };

    private static Trainer Regressor(RandomSource random) => new()
    {
        Model = new Sequential(new Dense(2, 20, random) { Activation = Ops.Tanh }, new Dense(20, 1, random)),
        Loss = new MeanSquaredError(),
        Optimizer = new Adam { LearningRate = 0.02 },
    };

    private static double Error(Module model, Dataset data)
    {
        double[] scores = Run.Numbers(model.Predict(data));
        return Enumerable.Range(0, data.Count).Average(i => (scores[(2 * i) + 1] > scores[2 * i] ? 1 : 0) == data.Labels.Span[i] ? 0.0 : 1.0);
    }

    private static Dataset Rings(int count)
    {
        var random = new RandomSource(6);
        var x = new float[count * 2];
        random.FillUniform(x, -1, 1);
        return Dataset.FromLabels(x, [2], [.. x.Chunk(2).Select(p => (p[0] * p[0]) + (p[1] * p[1]) < 0.5 ? 1L : 0L)], 2);
    }

    private static Dataset Regression(int count, ulong seed)
    {
        var random = new RandomSource(seed);
        var x = new float[count * 2];
        random.FillUniform(x, -1, 1);
        return Dataset.FromTargets(x, [2], [.. x.Chunk(2).Select(p => (float)(Math.Sin(3 * p[0]) + (p[1] * p[1]) + (0.3 * random.NextNormal())))], [1]);
    }
}
