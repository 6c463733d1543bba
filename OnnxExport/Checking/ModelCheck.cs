using Google.Protobuf;
using Toolkit.OnnxExport.Format;

namespace Toolkit.OnnxExport.Checking;

/// <summary>
/// Checks an ONNX model against the rules of the format: names, order of nodes, single assignment, operators with their counts and
/// attributes, tensors, external data, functions and training information; graphs inside nodes included. Nothing is run.
/// </summary>
/// <remarks>Operators are checked against the standard operator sets 1 to 21; those of newer sets and other domains give warnings. That
/// types and shapes fit each other is what an importer or a runtime finds out; the exporter infers them before it writes.</remarks>
public static class ModelCheck
{
    /// <summary>Checks a model file, with the external data that it names.</summary>
    /// <param name="path">The .onnx file.</param>
    /// <returns>The problems in the order in which they were found; empty for a valid model.</returns>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static IReadOnlyList<ModelProblem> Check(string path)
    {
        string full = Path.GetFullPath(path);
        return Check(File.ReadAllBytes(full), Path.GetDirectoryName(full));
    }

    /// <summary>Checks a model in memory. External data are checked only as far as their names go.</summary>
    /// <param name="model">The content of an .onnx file.</param>
    /// <returns>The problems in the order in which they were found; empty for a valid model.</returns>
    public static IReadOnlyList<ModelProblem> Check(byte[] model) => Check(model, null);

    /// <summary>Checks a model file and accepts warnings only.</summary>
    /// <param name="path">The .onnx file.</param>
    /// <exception cref="InvalidOnnxModelException">The model has errors.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static void Require(string path) => Require(Check(path), Path.GetFileName(path));

    /// <summary>Checks a model in memory and accepts warnings only.</summary>
    /// <param name="model">The content of an .onnx file.</param>
    /// <exception cref="InvalidOnnxModelException">The model has errors.</exception>
    public static void Require(byte[] model) => Require(Check(model), "the model");

    internal static IReadOnlyList<ModelProblem> Check(ModelProto model, string? folder = null) => ModelRules.Check(model, folder);

    internal static void Require(ModelProto model) => Require(Check(model), $"the model \"{model.Graph?.Name}\"");

    private static IReadOnlyList<ModelProblem> Check(byte[] bytes, string? folder)
    {
        ModelProto model;
        try
        {
            model = ModelProto.Parser.ParseFrom(bytes);
        }
        catch (InvalidProtocolBufferException e)
        {
            return [new ModelProblem(CheckRule.Model, string.Empty, $"Expected the bytes of an ONNX model: {e.Message}")];
        }

        return Check(model, folder);
    }

    private static void Require(IReadOnlyList<ModelProblem> problems, string name)
    {
        if (problems.Any(p => p.Severity == ProblemSeverity.Error))
        {
            throw new InvalidOnnxModelException(name, problems);
        }
    }
}
