using Toolkit.Autograd.Operations;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Ensembles;
using Toolkit.Modeling.Initializers;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Training;

namespace Toolkit.Modeling.Tests.Values;

/// <summary>Ensemble methods against plain loops over members, samples and weights.</summary>
public sealed class EnsembleValueTests
{
    private static readonly float[] X = [1, -2, 0.5f, 3, -1, 2], Y = [2, 1, -1, 0.5f, 3, -2];

    private static readonly long[] Classes = [0, 1, 2, 0, 1, 2];

    /// <summary>Classifiers that are wrong on two, three and two of the six examples.</summary>
    private static readonly int[][] Guesses = [[0, 1, 0, 0, 1, 1], [0, 0, 2, 0, 2, 1], [1, 1, 2, 2, 1, 2]];

    [Fact]
    public void Bagging_is_the_mean_of_members_on_their_samples()
    {
        Dataset data = Dataset.FromTargets(X, [1], Y, [1]);
        foreach ((Bagging bagging, double rate) in new[]
        {
            (Make(0.25, 3), 0.25), (Make(0.25, 5), 0.25), (Make(0.25, 3) with { Resample = false }, 0.25), (Make(0.25, 3) with { Seed = 7 }, 0.25),
            (Make(0.25, 3) with { MemberOutput = Ops.Tanh }, 0.25), (Make(0.1, 3), 0.1),
        })
        {
            TrainedEnsemble trained = bagging.Fit(data, new FitOptions { Epochs = 1, BatchSize = X.Length }, TestContext.Current.CancellationToken);
            Assert.Equal(bagging.Members, trained.Members.Count);
            double[] expected = new double[X.Length];
            for (int member = 0; member < bagging.Members; member++)
            {
                Dataset sample = bagging.Resample ? Bootstrap.Sample(data, new RandomSource(bagging.Seed).Fork("bagging").Fork(member).Fork("sample")) : data;
                double slope = 0;
                for (int i = 0; i < X.Length; i++)
                    slope += 2 * rate * sample.Features.Span[i] * sample.Targets.Span[i] / X.Length;
                for (int i = 0; i < X.Length; i++)
                    expected[i] += (bagging.MemberOutput is null ? slope * X[i] : Math.Tanh(slope * X[i])) / bagging.Members;
            }

            Run.Close(expected, Run.Numbers(trained.Model.Predict(data)), 1e-5);
        }
    }

    /// <summary>α = ln((1 − ε)/ε) + ln(K − 1), and wrong examples count e^α times as much.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Boosting_weighs_members_and_examples_by_their_errors(int rounds)
    {
        Dataset data = Dataset.FromLabels(X, [1], Classes, 3);
        var seen = new List<double[]>();
        Boosted boosted = new AdaBoost { Rounds = rounds }.Fit(data, (round, weights) =>
        {
            seen.Add([.. weights]);
            return Guesser(Guesses[round]);
        });
        double[] w = [.. Enumerable.Repeat(1.0 / 6, 6)], alphas = new double[rounds], votes = new double[18];
        for (int round = 0; round < rounds; round++)
        {
            Run.Close(w, seen[round], 1e-12);
            double error = Enumerable.Range(0, 6).Where(i => Guesses[round][i] != Classes[i]).Sum(i => w[i]);
            alphas[round] = Math.Log((1 - error) / error) + Math.Log(2);
            Assert.Equal(error, boosted.Rounds[round].Error, 1e-12);
            Assert.Equal(alphas[round], boosted.Rounds[round].Weight, 1e-12);
            for (int i = 0; i < 6; i++)
            {
                w[i] *= Guesses[round][i] != Classes[i] ? Math.Exp(alphas[round]) : 1;
                votes[(3 * i) + Guesses[round][i]] += alphas[round];
            }

            double sum = w.Sum();
            w = [.. w.Select(v => v / sum)];
        }

        Assert.Equal(rounds, boosted.Rounds.Count);
        Run.Close([.. votes.Select(v => v / alphas.Sum())], Run.Numbers(boosted.Ensemble.Model.Predict(data)), 1e-5);
    }

    [Fact]
    public void The_seed_of_boosting_chooses_samples_and_weights()
    {
        Dataset data = Dataset.FromLabels(X, [1], Classes, 3);
        double[] Fit(ulong seed) => Run.Numbers(new AdaBoost { Rounds = 2, Seed = seed }.Fit(
            data,
            random => new Trainer { Model = new Dense(1, 3, random), Loss = new SoftmaxCrossEntropy(), Optimizer = new Sgd { LearningRate = 0.5 } },
            new FitOptions { Epochs = 30, BatchSize = 6 }, TestContext.Current.CancellationToken).Ensemble.Members[0].Parameters[0].Value);
        Assert.Equal(Fit(1), Fit(1));
        Assert.NotEqual(Fit(1), Fit(2));
    }

    private static Bagging Make(double rate, int members) => new()
    {
        Create = random => new Trainer
        {
            Model = new Dense(1, 1, random) { UseBias = false, WeightInitializer = new Zeros() },
            Loss = new MeanSquaredError(),
            Optimizer = new Sgd { LearningRate = rate },
        },
        Members = members,
    };

    /// <summary>Class scores that depend on the example, which is known by its place.</summary>
    private static Activation Guesser(int[] classes) => new(x => Ops.Concat(1, [.. Enumerable.Range(0, 3).Select(c =>
        Enumerable.Range(0, 6).Where(i => classes[i] == c).Select(i => Ops.Equal(x, Autograd.Graph.Variable.Scalar(X[i], x.DType)).Cast(x.DType)).Aggregate(0.0 * x, (sum, one) => sum + one))]));
}
