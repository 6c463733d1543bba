using Toolkit.Autograd.Tensors;
using Toolkit.OnnxExport.Checking;
using Toolkit.OnnxExport.Format;

namespace Toolkit.Conformance;

/// <summary>How a case ended on each engine: null where it passed or was not run, otherwise why it failed.</summary>
/// <param name="Case">The case.</param>
/// <param name="Opset">The version of the standard operator set.</param>
/// <param name="Operators">The operators that occur.</param>
internal sealed record CaseResult(SuiteCase Case, long Opset, IReadOnlyList<string> Operators)
{
    /// <summary>Why our own engine failed.</summary>
    public string? Native { get; init; }

    /// <summary>Why ONNX Runtime failed.</summary>
    public string? Runtime { get; init; }

    /// <summary>The gradients, where they were asked for and the case has some.</summary>
    public GradientOutcome? Gradient { get; init; }

    /// <summary>Runs a case on an engine.</summary>
    /// <returns>Null if every output of every data set is as expected; otherwise why not.</returns>
    public static string? Failure(SuiteCase suiteCase, GraphProto graph, IEngine engine)
    {
        try
        {
            using ILoadedModel model = engine.Load(suiteCase);
            return suiteCase.DataSets.Select(dataSet => Failure(dataSet, graph, model)).FirstOrDefault(failure => failure is not null);
        }
        catch (NotExpressibleException e)
        {
            return e.Message;
        }
        catch (Exception e) when (e is ToolkitException or InvalidOnnxModelException or Microsoft.ML.OnnxRuntime.OnnxRuntimeException)
        {
            return $"{e.GetType().Name}: {OneLine(e.Message)}";
        }
        catch (OperationCanceledException)
        {
            return "it did not end in time";
        }
        catch (Exception e)
        {
            // What an engine should not throw is a failure too, and told apart by its type.
            return $"crash: {e.GetType().Name}: {OneLine(e.Message)} {OneLine(e.StackTrace?.Split('\n').FirstOrDefault() ?? string.Empty)}";
        }
    }

    private static string? Failure(string dataSet, GraphProto graph, ILoadedModel model)
    {
        Dictionary<string, Datum> inputs = SuiteCase.Read(dataSet, "input", graph.Input), expected = SuiteCase.Read(dataSet, "output", graph.Output);
        if (expected.Count == 0)
            return "the case expects nothing";
        IReadOnlyDictionary<string, Datum> found = model.Run(inputs);
        return expected.Select(output => found.TryGetValue(output.Key, out Datum? datum)
                ? Comparison.Difference(output.Key, output.Value, datum)
                : $"mismatch: the output {output.Key} is missing")
            .FirstOrDefault(difference => difference is not null);
    }

    private static string OneLine(string text) => string.Join(' ', text.Split(['\r', '\n', '\t', ' '], StringSplitOptions.RemoveEmptyEntries));
}
