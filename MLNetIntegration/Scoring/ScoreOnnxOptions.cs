using Toolkit.OnnxExport.Serving;

namespace Toolkit.MLNetIntegration.Scoring;

/// <summary>How an ONNX model scores the rows of a data view.</summary>
public sealed record ScoreOnnxOptions
{
    /// <summary>The number of rows that go through the model at once; the default, 64, captures nearly all of the gain.</summary>
    public int BatchSize { get; init; } = 64;

    /// <summary>
    /// For model inputs: the columns that fill them, joined in this order. An input that is not named here takes the column of its name (case does not
    /// matter), or, if the model has a single input, the only column whose type and length fit.
    /// </summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Inputs { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>For model outputs: the name of the column that receives them. An output that is not named here keeps its own name.</summary>
    public IReadOnlyDictionary<string, string> Outputs { get; init; } = new Dictionary<string, string>();

    /// <summary>Provider, fallback and threads; runtime choices that are not saved with a pipeline.</summary>
    public ServingOptions Serving { get; init; } = new();
}
