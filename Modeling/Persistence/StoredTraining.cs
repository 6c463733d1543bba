using Toolkit.Modeling.Data;

namespace Toolkit.Modeling.Persistence;

/// <summary>What a checkpoint says of a training beside its parameters, not yet applied to anything.</summary>
internal sealed record StoredTraining(
    DataLayout Layout,
    (ulong? Seed, int BatchSize, string? BucketBy) Order,
    StoredTotals Totals,
    IReadOnlyList<StoredEpoch> Epochs,
    string Monitor,
    double BestValue,
    int BestEpoch,
    long BestStep,
    int Waited,
    bool ShowsBest,
    IReadOnlyList<StoredParameter>? Best);

/// <summary>The sums of an epoch that was begun.</summary>
internal sealed record StoredTotals(long Steps, long Examples, double Weight, double Penalty, double LearningRate, double[] Sums, double[] Weights, double[][] Observed);

/// <summary>What an epoch has brought.</summary>
internal sealed record StoredEpoch(
    int Epoch,
    double Loss,
    double Objective,
    IReadOnlyDictionary<string, double> Metrics,
    StoredEvaluation? Validation,
    double LearningRate,
    long Examples,
    TimeSpan Elapsed);

/// <summary>What an evaluation has brought.</summary>
internal sealed record StoredEvaluation(double Loss, IReadOnlyDictionary<string, double> Metrics, long Examples);
