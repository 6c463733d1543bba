using System.Text.RegularExpressions;
using Microsoft.ML.OnnxRuntime;

namespace Toolkit.OnnxExport.Serving;

/// <summary>Says in the terms of a user why ONNX Runtime does not load a model; ONNX Runtime's own words are kept.</summary>
internal static partial class LoadFailure
{
    public static ServingException Of(OnnxRuntimeException error, string what)
    {
        string version = OrtEnv.Instance().GetVersionString();
        string reason =
            Opset().Match(error.Message) is { Success: true } opset
                ? $"Expected operators of {opset.Groups[2].Value} up to opset {opset.Groups[3].Value}, the newest that the installed ONNX Runtime {version} has, " +
                    $"found opset {opset.Groups[1].Value}; export with an older opset or install a newer ONNX Runtime. "
            : Format().Match(error.Message) is { Success: true } format
                ? $"Expected a file format up to IR version {format.Groups[2].Value}, the newest that the installed ONNX Runtime {version} reads, " +
                    $"found IR version {format.Groups[1].Value}; export with an older one or install a newer ONNX Runtime. "
            : error.Message.Contains("protobuf", StringComparison.OrdinalIgnoreCase)
                ? "Expected an ONNX model, found something else. "
            : string.Empty;
        return new ServingException($"ONNX Runtime cannot load the model of {what}. {reason}It says: {error.Message}", error);
    }

    [GeneratedRegex(@"Opset (\d+) is under development.*official support for domain (\S+) is till opset (\d+)", RegexOptions.Singleline)]
    private static partial Regex Opset();

    [GeneratedRegex(@"Unsupported model IR version: (\d+), max supported IR version: (\d+)")]
    private static partial Regex Format();
}
