using Microsoft.ML.OnnxRuntime;

namespace Toolkit.OnnxExport.Serving;

/// <summary>How a model is served.</summary>
public sealed record ServingOptions
{
    /// <summary>Where the model runs; the default is the CPU.</summary>
    public Provider Provider { get; init; } = Provider.Cpu;

    /// <summary>
    /// Whether the CPU may take over when <see cref="Provider"/> is not available. Without it such a request is an error; with it the session reports the
    /// active provider and the reason.
    /// </summary>
    public bool AllowFallback { get; init; }

    /// <summary>The number of threads inside one operator; 0 leaves ONNX Runtime's default, all cores.</summary>
    public int IntraOpThreads { get; init; }

    /// <summary>Further settings of ONNX Runtime's session, applied last.</summary>
    public Action<SessionOptions>? Configure { get; init; }
}
