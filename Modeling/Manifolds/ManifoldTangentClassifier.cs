using Toolkit.Autograd.Execution;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Regularizers;
using Toolkit.Modeling.Training;

namespace Toolkit.Modeling.Manifolds;

/// <summary>
/// The manifold tangent classifier, three steps: 1. an autoencoder learns from all examples, labelled or not, with the contractive penalty; 2. the first singular
/// vectors of its encoder's Jacobian are the tangents of each labelled example; 3. a classifier of the encoder and a layer on its code learns from the labelled
/// examples, with tangent prop along their tangents. Nothing need be known of the data: tangents are learned. Source: book section 7.14; Rifai, Dauphin, Vincent,
/// Bengio, Muller, "The manifold tangent classifier", 2011.
/// </summary>
public sealed record ManifoldTangentClassifier
{
    /// <summary>A fresh autoencoder; the random numbers are for its weights.</summary>
    public required Func<RandomSource, Autoencoder> Autoencoder { get; init; }

    /// <summary>A fresh module that makes class logits of a code; the random numbers are for its weights.</summary>
    public required Func<RandomSource, Module> Top { get; init; }

    /// <summary>λ of <see cref="Regularizers.Contractive"/>, at least 0; 0.1 by default.</summary>
    public double Contraction { get; init => field = Settings.NotNegative(value); } = 0.1;

    /// <summary>The number of random directions that the contractive penalty is estimated from in each step, at least 0; 0 (the default) for the exact penalty,
    /// which costs a gradient for each unit of the code.</summary>
    public int Projections { get; init => field = Settings.AtLeastZero(value); }

    /// <summary>d: the number of tangents of each example, at least 1; 5 by default.</summary>
    public int Tangents { get; init => field = Settings.AtLeastOne(value); } = 5;

    /// <summary>β of <see cref="TangentProp"/>, at least 0; 0.1 by default.</summary>
    public double TangentStrength { get; init => field = Settings.NotNegative(value); } = 0.1;

    /// <summary>What the autoencoder makes small; squared errors by default.</summary>
    public Loss ReconstructionLoss { get; init; } = new MeanSquaredError();

    /// <summary>How the autoencoder learns; Adam by default.</summary>
    public Optimizer ReconstructionOptimizer { get; init; } = new Adam();

    /// <summary>What the classifier makes small; softmax cross-entropy by default.</summary>
    public Loss Loss { get; init; } = new SoftmaxCrossEntropy();

    /// <summary>How the classifier learns; Adam by default.</summary>
    public Optimizer Optimizer { get; init; } = new Adam();

    /// <summary>More penalties of the classifier; none by default.</summary>
    public IReadOnlyList<Regularizer> Regularizers { get; init => field = [.. value]; } = [];

    /// <summary>Threads and compiler switches of both trainings.</summary>
    public ExecutionOptions Execution { get; init; } = new();

    /// <summary>The seed of weights and directions; 0 by default.</summary>
    public ulong Seed { get; init; }

    /// <summary>Trains.</summary>
    /// <param name="examples">All examples, for the autoencoder; labels are not looked at.</param>
    /// <param name="labelled">The labelled examples.</param>
    /// <param name="pretraining">How long and in what batches the autoencoder learns; null for the defaults.</param>
    /// <param name="fineTuning">How long and in what batches the classifier learns; null for the defaults.</param>
    /// <param name="cancellationToken">Ends the training.</param>
    /// <exception cref="OperationCanceledException">The training was cancelled.</exception>
    /// <exception cref="InvalidOperationException">A training diverged.</exception>
    public TrainedTangentClassifier Fit(
        Dataset examples,
        Dataset labelled,
        FitOptions? pretraining = null,
        FitOptions? fineTuning = null,
        CancellationToken cancellationToken = default)
    {
        RandomSource random = new RandomSource(Seed).Fork("manifold tangent classifier");
        Autoencoder autoencoder = Autoencoder(random.Fork("autoencoder"));
        var first = new Trainer
        {
            Model = autoencoder,
            Loss = ReconstructionLoss,
            Optimizer = ReconstructionOptimizer,
            Execution = Execution,
            Regularizers = [new Contractive(Contraction, autoencoder.CodeName) { Projections = Projections }],
        };
        Completed(first.Fit(examples.AsReconstruction(), pretraining, cancellationToken), "autoencoder", cancellationToken);
        ManifoldTangents tangents = ManifoldTangents.Of(autoencoder.Encoder, labelled, Tangents, seed: Seed);
        var classifier = new Sequential(autoencoder.Encoder, Top(random.Fork("top")));
        var second = new Trainer
        {
            Model = classifier,
            Loss = Loss,
            Optimizer = Optimizer,
            Execution = Execution,
            Regularizers = [new TangentProp(TangentStrength, "tangents"), .. Regularizers],
        };
        Completed(second.Fit(TangentData.Attach(labelled, tangents), fineTuning, cancellationToken), "classifier", cancellationToken);
        return new TrainedTangentClassifier(classifier, autoencoder, tangents);
    }

    private static void Completed(History history, string what, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (history.StopReason == StopReason.Diverged)
            throw new InvalidOperationException($"The training of the {what} diverged: {history.StopMessage}");
    }
}
