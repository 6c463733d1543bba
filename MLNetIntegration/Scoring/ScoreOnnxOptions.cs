using Toolkit.Autograd.Gradients;
using Toolkit.OnnxExport.Serving;

namespace Toolkit.MLNetIntegration.Scoring;

/// <summary>How an ONNX model scores the rows of a data view. Everything but <see cref="BatchesAhead"/> and
/// <see cref="Serving"/>, which belong to the machine, is saved with a pipeline.</summary>
public sealed record ScoreOnnxOptions
{
    /// <summary>The number of rows that go through the model at once; the default, 64, captures nearly all of the gain.</summary>
    public int BatchSize { get; init; } = 64;

    /// <summary>
    /// The most batches that worker threads score ahead of the one that a cursor reads, at least 0; null (the default) for one per core. The order of the
    /// rows and their scores do not depend on it. Batches that take less than a tenth of a millisecond are scored by the reading thread.
    /// </summary>
    public int? BatchesAhead { get; init; }

    /// <summary>
    /// For model inputs: the columns that fill them, joined in this order. An input that is not named here takes the column of its name (case does not
    /// matter), or, if the model has a single input, the only column whose type and length fit.
    /// </summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Inputs { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>For model outputs: the name of the column that receives them. An output that is not named here keeps its own name.</summary>
    public IReadOnlyDictionary<string, string> Outputs { get; init; } = new Dictionary<string, string>();

    /// <summary>The model outputs that become columns, in this order; null for all.</summary>
    public IReadOnlyList<string>? SelectedOutputs { get; init; }

    /// <summary>
    /// Sizes of the model's dynamic dimensions other than the batch, by their names in the model (an unnamed one is called after its tensor and axis,
    /// "x.2"). Those not named here follow from the columns: a fixed length, or, row by row, the length of a vector of variable length. Rows of equal
    /// sizes that follow each other share a batch.
    /// </summary>
    public IReadOnlyDictionary<string, int> Dimensions { get; init; } = new Dictionary<string, int>();

    /// <summary>For model outputs with a fixed number of elements per row: a name for each element, as ML.NET's SlotNames annotation.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> SlotNames { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>Columns of predicted labels and probabilities made from a score; null for none, or several (<see cref="Predictions"/>).</summary>
    public PredictionOptions? Prediction
    {
        get => Predictions is [var only] ? only : null;
        init => Predictions = value is null ? [] : [value];
    }

    /// <summary>The same for several scores of one model, each the <see cref="PredictionOptions.Output"/> of its own, with columns of their own names; none by default.</summary>
    public IReadOnlyList<PredictionOptions> Predictions { get; init => field = [.. value]; } = [];

    /// <summary>
    /// Explanations of the scores, each a further output of the model and so a column of its <see cref="Attribution.Name"/> as long as the input that it explains; none by default. The model is extended when the estimator is
    /// made, and saved so.
    /// </summary>
    public IReadOnlyList<Attribution> Attributions { get; init => field = [.. value]; } = [];

    /// <summary>What happens to not-a-number in columns of Single and Double that the model reads. Unless it is allowed, a finite number that a float16 or bfloat16 input holds as infinite is an error.</summary>
    public NaNPolicy NaNPolicy { get; init; } = NaNPolicy.Allow;

    /// <summary>What takes the place of not-a-number with <see cref="NaNPolicy.Replace"/>; finite in single precision.</summary>
    public double NaNReplacement { get; init; }

    /// <summary>Whether a number that is infinite in single precision is an error that names column and row: so for a network, which has learned from finite numbers in single precision.</summary>
    internal bool IsFinite { get; init; }

    /// <summary>Whether numbers are looked at on their way into the model.</summary>
    internal bool ChecksNumbers => IsFinite || NaNPolicy != NaNPolicy.Allow;

    /// <summary>
    /// Provider, fallback and threads; runtime choices that are not saved with a pipeline. Where <see cref="ServingOptions.IntraOpThreads"/> is 0, an operator
    /// takes one thread for batches, several of which run at once, and all cores for the single rows of a prediction engine.
    /// </summary>
    public ServingOptions Serving { get; init; } = new();

    /// <summary>The columns of tokens that are made before, in the order of their transformers; they are saved with the options.</summary>
    internal IReadOnlyList<TokenColumn> Tokens { get; init; } = [];

    /// <summary>Checks what no model is needed for.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range, or a choice is none.</exception>
    internal void Check()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(BatchSize, 1, nameof(BatchSize));
        ArgumentOutOfRangeException.ThrowIfNegative(BatchesAhead ?? 0, nameof(BatchesAhead));
        if (!Enum.IsDefined(NaNPolicy))
        {
            throw new ArgumentOutOfRangeException(nameof(NaNPolicy), NaNPolicy, $"Expected one of {string.Join(", ", Enum.GetNames<NaNPolicy>())}.");
        }

        if (NaNPolicy == NaNPolicy.Replace && !float.IsFinite((float)NaNReplacement))
        {
            throw new ArgumentOutOfRangeException(nameof(NaNReplacement), NaNReplacement, "Expected a number that is finite in single precision.");
        }

        if (Predictions.FirstOrDefault(p => !Enum.IsDefined(p.Task) || !(p.Threshold is >= 0 and <= 1)) is { } prediction)
        {
            throw new ArgumentOutOfRangeException(nameof(Prediction), $"Expected a known task and a threshold from 0 to 1, found {prediction.Task} and {prediction.Threshold}.");
        }
    }
}
