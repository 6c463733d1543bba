using System.Runtime.CompilerServices;
using Microsoft.ML;
using Toolkit.Autograd.Execution;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Training;
using Toolkit.OnnxExport.Serving;

namespace Toolkit.MLNetIntegration.Training;

/// <summary>The columns and the course of a training in ML.NET, whatever the network.</summary>
public abstract record TrainingOptions
{
    /// <summary>The column of what is to be predicted; "Label" by default.</summary>
    public string LabelColumn { get; init; } = "Label";

    /// <summary>
    /// The columns that the network sees side by side; "Features" by default. Numbers (Single, Double, whole numbers of any size, Boolean as 0 and 1), alone or in vectors of known length, are read in
    /// single precision. Each key has a learned vector; of several keys in a row (a vector of any length) the mean is taken, and a missing key is 0. Texts are read as their words, without
    /// case, diacritics and punctuation, each a key by its hash; of a vector of texts each is a word. Columns of Single alone are joined in this order to the one input "Features" of the network;
    /// otherwise each column is an input of its own.
    /// </summary>
    public IReadOnlyList<string> FeatureColumns { get; init => field = [.. value]; } = ["Features"];

    /// <summary>For feature columns of keys and texts: how they go into the network; none by default.</summary>
    public IReadOnlyDictionary<string, ColumnOptions> ColumnOptions { get; init => field = new Dictionary<string, ColumnOptions>(value); } = new Dictionary<string, ColumnOptions>();

    /// <summary>A Single column of weights of the rows, at least 0; null (the default) for equal weights. A row of weight w counts like w copies of it, in the loss, in
    /// means and deviations of features and labels, in validation and in batch statistics; one of weight 0 as if it were not there.</summary>
    public string? ExampleWeightColumn { get; init; }

    /// <summary>Whether each class counts the same in the loss, however rare, by weights that are added to those of the rows; false by default. For labels that are
    /// classes. Features are standardized without them.</summary>
    public bool BalanceClasses { get; init; }

    /// <summary>Whether each feature is brought to mean 0 and standard deviation 1 first, as a part of the network; true by default.</summary>
    public bool Standardize { get; init; } = true;

    /// <summary>What is done about NaN in features, when training and when scoring.</summary>
    public MissingFeatures MissingFeatures { get; init; } = MissingFeatures.Error;

    /// <summary>The optimizer; Adam with a learning rate of 0.001 by default.</summary>
    public Optimizer Optimizer { get; init; } = new Adam();

    /// <summary>The most epochs, at least 1; 100 by default.</summary>
    public int Epochs { get; init => field = AtLeastOne(value); } = 100;

    /// <summary>The rows that a step learns from, at least 1; 32 by default.</summary>
    public int BatchSize { get; init => field = AtLeastOne(value); } = 32;

    /// <summary>Rows that are not learned from but watched to stop early (book algorithm 7.1); null for a share of the training rows.</summary>
    public IDataView? Validation { get; init; }

    /// <summary>The share of the training rows that is set aside where <see cref="Validation"/> is null, from 0 (none: all epochs run) to below 1; 0.1 by
    /// default.</summary>
    public double ValidationFraction { get; init => field = Share(value); } = 0.1;

    /// <summary>The epochs without improvement on the validation rows after which training ends with the best weights, at least 1; 10 by default.</summary>
    public int Patience { get; init => field = AtLeastOne(value); } = 10;

    /// <summary>The seed of weights, orders and dropout; null (the default) to draw one from the <see cref="MLContext"/>, so that its seed decides.</summary>
    public ulong? Seed { get; init; }

    /// <summary>A network to start from, whose standardization of features and label and whose order of classes are kept; null (the default) to start at random.</summary>
    public WarmStart? WarmStart { get; init; }

    /// <summary>
    /// The most memory in bytes that a copy of the rows may take, validation rows included; 1 GiB by default. Rows that do not fit, and those that take less than a
    /// quarter without the zeros of their features, as hashed text does, are copied without them if that fits; otherwise rows are read anew in each epoch and shuffled
    /// within a window of at most 8,192 rows, half the budget (or 16 MiB, if that is more). 0 never copies.
    /// </summary>
    public long MemoryBudget { get; init; } = 1L << 30;

    /// <summary>Receives a report after each epoch.</summary>
    public IProgress<TrainingProgress>? Progress { get; init; }

    /// <summary>What is called after each step and each epoch; nothing by default. Epochs, warnings and the end of the training are written to the log of the
    /// <see cref="MLContext"/> in any case.</summary>
    public IReadOnlyList<Callback> Callbacks { get; init => field = [.. value]; } = [];

    /// <summary>Ends the training after the step that is running, with an <see cref="OperationCanceledException"/>.</summary>
    public CancellationToken CancellationToken { get; init; }

    /// <summary>Threads of the training.</summary>
    public ExecutionOptions Execution { get; init; } = new();

    /// <summary>Provider and threads of the scoring.</summary>
    public ServingOptions Serving { get; init; } = new();

    private protected static double Share(double value, [CallerMemberName] string option = "") =>
        value is >= 0 and < 1 ? value : throw new ArgumentOutOfRangeException(option, value, "Expected at least 0 and below 1.");

    private static int AtLeastOne(int value, [CallerMemberName] string option = "") =>
        value >= 1 ? value : throw new ArgumentOutOfRangeException(option, value, "Expected at least 1.");
}
