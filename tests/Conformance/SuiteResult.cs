using Toolkit.OnnxExport.Format;

namespace Toolkit.Conformance;

/// <summary>How all cases ended.</summary>
/// <param name="Settings">What was asked for.</param>
/// <param name="Cases">The cases in the order of their names.</param>
internal sealed record SuiteResult(Settings Settings, IReadOnlyList<CaseResult> Cases)
{
    /// <summary>How many cases our engine passed.</summary>
    public int NativePassed => Cases.Count(found => found.Native is null);

    /// <summary>How many cases ONNX Runtime passed.</summary>
    public int RuntimePassed => Cases.Count(found => found.Runtime is null);

    /// <summary>Runs all cases below the folder.</summary>
    public static SuiteResult Of(Settings settings) => new(settings, [.. SuiteCase.Below(settings.Folder).Select(found => Of(settings, found))]);

    private static CaseResult Of(Settings settings, SuiteCase found)
    {
        ModelProto model = found.ReadModel();
        return new CaseResult(found, ModelNodes.Opset(model), ModelNodes.Operators(model))
        {
            Native = settings.Native ? CaseResult.Failure(found, model.Graph, new NativeEngine()) : null,
            Runtime = settings.Runtime ? CaseResult.Failure(found, model.Graph, new RuntimeEngine()) : null,
            Gradient = settings.Gradients ? GradientCase.Of(found, model) : null,
        };
    }
}
