using Toolkit.Autograd.Graph;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Training;

namespace Toolkit.Modeling.Ensembles;

/// <summary>
/// Bagging: trains several models, each on a bootstrap sample of the examples, and averages what they give. The expected squared error of the mean of
/// k members is v/k + (k − 1)c/k for errors of variance v and covariance c. Source: book section 7.11, equations 7.50 and 7.51; Breiman, "Bagging
/// predictors", 1994.
/// </summary>
public sealed record Bagging
{
    /// <summary>A trainer of a fresh model for a member; the random numbers are for its weights and noise.</summary>
    public required Func<RandomSource, Trainer> Create { get; init; }

    /// <summary>k, the number of members, at least 1; 10 by default.</summary>
    public int Members { get; init => field = Settings.AtLeastOne(value); } = 10;

    /// <summary>Whether each member learns from a bootstrap sample; otherwise from all examples, and members differ by their initial weights, order and noise
    /// only. True by default.</summary>
    public bool Resample { get; init; } = true;

    /// <summary>What is applied to the output of a member before the mean is taken, such as a softmax for classifiers of logits (the arithmetic mean of
    /// probabilities); null (the default) for nothing.</summary>
    public Func<Variable, Variable>? MemberOutput { get; init; }

    /// <summary>The seed of samples, weights and orders; 0 by default.</summary>
    public ulong Seed { get; init; }

    /// <summary>Trains the members one after the other.</summary>
    /// <param name="data">The examples.</param>
    /// <param name="options">How long and in what batches; null for the defaults. Without a checkpoint, for it would be of one member only.</param>
    /// <param name="cancellationToken">Ends the training.</param>
    /// <exception cref="OperationCanceledException">The training was cancelled.</exception>
    /// <exception cref="ArgumentException">Two members have the same model, or there is a checkpoint path.</exception>
    /// <exception cref="InvalidOperationException">A member diverged.</exception>
    public TrainedEnsemble Fit(Dataset data, FitOptions? options = null, CancellationToken cancellationToken = default)
    {
        var members = new List<Module>();
        for (int i = 0; i < Members; i++)
        {
            RandomSource random = new RandomSource(Seed).Fork("bagging").Fork(i);
            Dataset sample = Resample ? Bootstrap.Sample(data, random.Fork("sample")) : data;
            members.Add(Member.Train(Create, random, i, sample, options, members, cancellationToken));
        }

        Module[] outputs = MemberOutput is { } output ? [.. members.Select(m => new Sequential(m, new Activation(output)))] : [.. members];
        double[] weights = [.. Enumerable.Repeat(1.0 / Members, Members)];
        return new TrainedEnsemble(new Ensemble(outputs, weights), outputs, weights);
    }
}
