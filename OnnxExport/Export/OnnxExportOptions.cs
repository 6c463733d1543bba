using Toolkit.Autograd.Graph;

namespace Toolkit.OnnxExport.Export;

/// <summary>How a computation is written as ONNX. Equal computations and equal options give equal bytes.</summary>
public sealed record OnnxExportOptions
{
    /// <summary>The oldest version of the standard operator set that can be written.</summary>
    public const int OldestOpset = 13;

    /// <summary>The newest version of the standard operator set that can be written.</summary>
    public const int NewestOpset = 21;

    /// <summary>
    /// The version of the standard operator set, <see cref="OldestOpset"/> to <see cref="NewestOpset"/>. The default 17 is read by
    /// nearly every runtime in use; the version of the file format is the lowest that has the operator set.
    /// </summary>
    public int Opset { get; init; } = 17;

    /// <summary>The name of the program that writes the model.</summary>
    public string ProducerName { get; init; } = "Toolkit";

    /// <summary>The version of that program; by default the version of this library.</summary>
    public string ProducerVersion { get; init; } = typeof(OnnxExportOptions).Assembly.GetName().Version?.ToString(3) ?? string.Empty;

    /// <summary>The domain of the model as a reversed host name, for example <c>org.example</c>; empty for none.</summary>
    public string Domain { get; init; } = string.Empty;

    /// <summary>The version of the model.</summary>
    public long ModelVersion { get; init; } = 1;

    /// <summary>The name of the graph; by default the name of the signature.</summary>
    public string? GraphName { get; init; }

    /// <summary>A description of the model, Markdown allowed; empty for none.</summary>
    public string Description { get; init; } = string.Empty;

    /// <summary>Descriptions of inputs and outputs by their names.</summary>
    public IReadOnlyDictionary<string, string> ValueDescriptions { get; init; } = new Dictionary<string, string>();

    /// <summary>Metadata such as <c>author</c> or <c>license</c>, written with that of the computation in the order of their keys.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();

    /// <summary>
    /// Whether arithmetic on parameters and constants alone is done when the model is written, not each time it runs: adapters are added to their weights, scaled weights are
    /// scaled. False by default: the file then has every parameter as it was trained, and can be trained further. A computation with updates is refused.
    /// </summary>
    public bool FoldParameters { get; init; }

    /// <summary>
    /// The training step of the model, which is then written into its <c>training_info</c>: the graph of the step, which reads the model's weights and inputs by their names, and the
    /// binding of each weight to its new value. Runtimes for inference pass over it. None by default.
    /// </summary>
    public Signature? TrainingStep { get; init; }

    /// <summary>
    /// The number of bytes, at least 0, from which a parameter or constant is written to a file beside the model (external data) in place of the model itself. Null by default: the model holds everything, and may
    /// have 2 GiB at most. With 1024 what matters of a large model lies beside it, and models of any size can be written. The second file is called as the first with <c>.data</c> behind it; whoever moves
    /// or renames it must do so with both, as the model names it. Where a model is written to memory, it holds everything.
    /// </summary>
    public long? ExternalDataThreshold
    {
        get;
        init => field = value is null or >= 0 ? value : throw new ArgumentOutOfRangeException(nameof(ExternalDataThreshold), value, "Expected at least 0 bytes, or null for a model that holds everything.");
    }

    /// <summary>Whether the inferred types and shapes of the results of operations are written, for viewers and for importers that infer none.</summary>
    public bool IncludeValueInfo { get; init; } = true;
}
