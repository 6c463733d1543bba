using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Training;

namespace Toolkit.Modeling.Ensembles;

/// <summary>
/// Boosting of classifiers: each member learns from examples that count more the more the members before it got them wrong, and votes with the weight
/// α = ln((1 − ε)/ε) + ln(K − 1). For two classes the weights of wrong examples sum to ½ after each round, and the error on the training set is at most
/// ∏ 2√(ε(1 − ε)). Source: book section 7.11; Freund, Schapire 1996; for K classes Zhu et al., "Multi-class AdaBoost", 2009; of networks by
/// resampling Schwenk, Bengio, "Boosting neural networks", 2000.
/// </summary>
/// <remarks>The ensemble gives the share of the votes of each class, [batch, classes], and exports as one graph.</remarks>
public sealed record AdaBoost
{
    /// <summary>The greatest number of members, at least 1; 10 by default. Boosting ends earlier when a member is no better than chance (it is left out) or makes
    /// no error.</summary>
    public int Rounds { get; init => field = Settings.AtLeastOne(value); } = 10;

    /// <summary>The seed of samples, weights and orders; 0 by default.</summary>
    public ulong Seed { get; init; }

    /// <summary>Boosts networks: each member learns from a sample drawn with the weights of the examples.</summary>
    /// <param name="data">Labelled examples; their weights, if they have any, are those of the first round.</param>
    /// <param name="create">A trainer of a fresh classifier of logits for a member; the random numbers are for its weights and noise.</param>
    /// <param name="options">How long and in what batches; null for the defaults. Without a checkpoint.</param>
    /// <param name="cancellationToken">Ends the training.</param>
    /// <exception cref="OperationCanceledException">The training was cancelled.</exception>
    /// <exception cref="ArgumentException">The examples have no labels, or two members have the same model.</exception>
    /// <exception cref="InvalidOperationException">A member diverged or gives a score that is not finite, or the first one is no better than chance.</exception>
    public Boosted Fit(Dataset data, Func<RandomSource, Trainer> create, FitOptions? options = null, CancellationToken cancellationToken = default)
    {
        var trained = new List<Module>();
        return Fit(data, (round, weights) =>
        {
            RandomSource random = new RandomSource(Seed).Fork("boosting").Fork(round);
            // The draws have used up the weights.
            Dataset sample = data.WithoutWeights().Select(Draw(weights, random.Fork("sample")));
            trained.Add(Member.Train(create, random, round, sample, options, trained, cancellationToken));
            return trained[^1];
        });
    }

    /// <summary>Boosts any classifier.</summary>
    /// <param name="data">Labelled examples.</param>
    /// <param name="learn">Gives the member of a round, from 0, for the weights of the examples, whose sum is 1: a model of logits or scores
    /// [batch, classes].</param>
    /// <exception cref="ArgumentException">The examples have no labels.</exception>
    /// <exception cref="InvalidOperationException">A member gives a score that is not finite, or the first one is no better than chance.</exception>
    public Boosted Fit(Dataset data, Func<int, IReadOnlyList<double>, Module> learn)
    {
        if (!data.Layout.HasLabels)
            throw new ArgumentException("Boosting expects examples with class labels, found targets of real numbers.", nameof(data));
        int classes = data.Layout.ClassCount;
        double[] weights = [.. Enumerable.Range(0, data.Count).Select(row => (double)data.WeightOf(row))];
        double total = data.TotalWeight();
        weights = [.. weights.Select(weight => weight / total)];
        var members = new List<Module>();
        var rounds = new List<BoostingRound>();
        for (int round = 0; round < Rounds; round++)
        {
            Module member = learn(round, [.. weights]);
            bool[] wrong = Wrong(member, data, round);
            double error = Error(weights, wrong);
            if (error >= 1.0 - (1.0 / classes))
                break;
            members.Add(Votes(member, classes));
            // A member without errors would have an infinite weight: its vote alone decides.
            double weight = Math.Log((1.0 - Math.Max(error, 1e-12)) / Math.Max(error, 1e-12)) + Math.Log(classes - 1.0);
            rounds.Add(new BoostingRound(error, weight));
            if (error == 0.0)
                break;
            Reweight(weights, wrong, weight);
        }

        if (members.Count == 0)
        {
            throw new InvalidOperationException(
                $"The first member is no better than chance (an error of at least {1.0 - (1.0 / classes)} on {classes} classes): there is nothing to boost.");
        }

        double sum = rounds.Sum(r => r.Weight);
        double[] shares = [.. rounds.Select(r => r.Weight / sum)];
        return new Boosted(new TrainedEnsemble(new Ensemble(members, shares), members, shares), rounds);
    }

    /// <summary>The weighted share of wrong examples.</summary>
    internal static double Error(double[] weights, bool[] wrong)
    {
        double error = 0;
        for (int i = 0; i < weights.Length; i++)
            error += wrong[i] ? weights[i] : 0;
        return error;
    }

    /// <summary>Multiplies the weights of wrong examples by e^α, and makes the sum 1.</summary>
    internal static void Reweight(double[] weights, bool[] wrong, double weight)
    {
        double sum = 0;
        for (int i = 0; i < weights.Length; i++)
            sum += weights[i] *= wrong[i] ? Math.Exp(weight) : 1;
        for (int i = 0; i < weights.Length; i++)
            weights[i] /= sum;
    }

    private static Sequential Votes(Module member, int classes) =>
        new(member, new Activation(scores => Ops.OneHot(scores.ArgMax(1), classes, scores.DType)));

    private static bool[] Wrong(Module member, Dataset data, int round)
    {
        Shape shape = [.. data.Layout.FeatureShape.Select(size => (Dim)size)];
        Value scores = new Predictor(member, shape).Predict(data);
        if (Finite.Fault("scores", scores) is { } fault)
            throw new InvalidOperationException($"Expected finite scores of member {round + 1}, found that {fault}.");
        int classes = scores.Count / data.Count;
        var wrong = new bool[data.Count];
        for (int i = 0; i < wrong.Length; i++)
        {
            int best = 0;
            for (int c = 1; c < classes; c++)
                best = scores[(i * classes) + c] > scores[(i * classes) + best] ? c : best;
            // NaN is no vote for any class.
            bool broken = Enumerable.Range(i * classes, classes).Any(at => double.IsNaN(scores[at]));
            wrong[i] = broken || best != data.Labels.Span[i];
        }

        return wrong;
    }

    /// <summary>As many rows as there are weights, each drawn with its weight.</summary>
    private static int[] Draw(IReadOnlyList<double> weights, RandomSource random)
    {
        var cumulative = new double[weights.Count];
        double sum = 0;
        for (int i = 0; i < cumulative.Length; i++)
            cumulative[i] = sum += weights[i];
        var rows = new int[cumulative.Length];
        for (int i = 0; i < rows.Length; i++)
        {
            int at = Array.BinarySearch(cumulative, random.NextDouble() * sum);
            rows[i] = Math.Min(at < 0 ? ~at : at + 1, rows.Length - 1);
        }

        return rows;
    }
}
