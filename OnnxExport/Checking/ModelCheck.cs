using Google.Protobuf;
using Toolkit.Autograd.Files;
using Toolkit.Autograd.Schema;
using Toolkit.OnnxExport.Format;

namespace Toolkit.OnnxExport.Checking;

/// <summary>
/// Checks an ONNX model against the rules of the format: names, order of nodes, single assignment, operators with their counts and
/// attributes, tensors, external data, functions and training information; graphs inside nodes included. Nothing is run.
/// </summary>
/// <remarks>The check takes time and memory in proportion to the file (64 MiB and forty times the file at most: the parts of a node with short names take as much, and a second for each megabyte at the very
/// most), whatever the file says; it lists up to 1,000 problems and counts the others. Operators are checked against the standard operator sets up to <see cref="StandardOperators.NewestVersion"/>; those of newer sets and other domains give warnings. That
/// types and shapes fit each other is what an importer or a runtime finds out; the exporter infers them before it writes.</remarks>
public static class ModelCheck
{
    private const long MostMemory = 64L << 20, MostTimesFile = 40;

    /// <summary>Checks a model file, with the external data that it names.</summary>
    /// <param name="path">The .onnx file.</param>
    /// <returns>The problems in the order in which they were found; empty for a valid model.</returns>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static IReadOnlyList<ModelProblem> Check(string path)
    {
        string full = Path.GetFullPath(path);
        return Check(ReadFile(full), Path.GetDirectoryName(full));
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

    /// <summary>The bytes of a file without errors: those that were checked, whatever the file becomes meanwhile.</summary>
    internal static byte[] RequireFile(string path)
    {
        byte[] bytes = ReadFile(path);
        Require(Check(bytes, Path.GetDirectoryName(path)), Path.GetFileName(path));
        return bytes;
    }

    /// <summary>The bytes of a regular file.</summary>
    internal static byte[] ReadFile(string path) => !File.Exists(path) || RegularFile.Exists(path)
        ? File.ReadAllBytes(path)
        : throw new IOException($"Expected an ONNX model at \"{path}\", found a pipe, a socket or a device.");

    /// <summary>The model, if it has no errors.</summary>
    internal static ModelProto Read(byte[] bytes, string name)
    {
        (ModelProto? model, IReadOnlyList<ModelProblem> problems) = TryParse(bytes);
        Require(model is null ? problems : Check(model), name);
        return model!;
    }

    /// <summary>A model with a graph, not checked any further.</summary>
    internal static ModelProto Parse(byte[] bytes)
    {
        (ModelProto? model, IReadOnlyList<ModelProblem> problems) = TryParse(bytes);
        Require(problems, "the model");
        return model!.Graph is not null
            ? model
            : throw new InvalidOnnxModelException("the model", [new ModelProblem(CheckRule.Model, string.Empty, "Expected a graph, found none.")]);
    }

    internal static IReadOnlyList<ModelProblem> Check(ModelProto model, string? folder = null) => ModelRules.Check(model, folder);

    internal static void Require(ModelProto model) => Require(Check(model), $"the model \"{model.Graph?.Name}\"");

    private static IReadOnlyList<ModelProblem> Check(byte[] bytes, string? folder)
    {
        (ModelProto? model, IReadOnlyList<ModelProblem> problems) = TryParse(bytes);
        return model is null ? problems : Check(model, folder);
    }

    private static (ModelProto? Model, IReadOnlyList<ModelProblem> Problems) TryParse(byte[] bytes)
    {
        long size = ModelSize.Estimate(bytes, ModelProto.Descriptor), most = MostMemory + (MostTimesFile * bytes.Length);
        if (size > most)
        {
            return (null, [new ModelProblem(
                CheckRule.Model,
                string.Empty,
                $"Expected a model whose parts take up to {most} bytes in memory, 64 MiB and {MostTimesFile} times the file, found parts that take {size}.")]);
        }

        try
        {
            return (ModelProto.Parser.ParseFrom(bytes), []);
        }
        catch (InvalidProtocolBufferException e)
        {
            return (null, [new ModelProblem(CheckRule.Model, string.Empty, $"Expected the bytes of an ONNX model: {e.Message}")]);
        }
    }

    private static void Require(IReadOnlyList<ModelProblem> problems, string name)
    {
        if (problems.Any(p => p.Severity == ProblemSeverity.Error))
        {
            throw new InvalidOnnxModelException(name, problems);
        }
    }
}
