using Google.Protobuf;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.OnnxExport.Checking;
using Toolkit.OnnxExport.Export;
using Toolkit.OnnxExport.Format;
using static Toolkit.OnnxExport.Format.TensorProto.Types;

namespace Toolkit.OnnxExport.Import;

/// <summary>
/// A computation read from an .onnx file: it can be run, differentiated, trained further and written again. Weights become parameters, everything else
/// constants; nothing of the file is kept besides.
/// </summary>
/// <remarks>
/// <para>An initializer or a node <c>Constant</c> becomes a parameter if it holds floating-point numbers, is no scalar, and stands at an input with respect to which the standard
/// defines a derivative. Its role follows from its place: the statistics of a batch normalization are states, vectors are biases, the rest
/// are weights.</para>
/// <para>An initializer that is an input too, together with an output of the same name and <c>_out</c>, is a parameter with an update, as the exporter writes
/// training steps.</para>
/// <para>What the exporter has written is read as the same computation, and written again with <see cref="ExportOptions"/> it gives the same bytes.</para>
/// </remarks>
public sealed class OnnxModel : ISignatureSource
{
    private readonly IReadOnlyDictionary<string, Variable> values;

    internal OnnxModel(Signature signature, OnnxExportOptions exportOptions, IReadOnlyDictionary<string, Variable> values, Signature? trainingForward = null)
    {
        this.values = values;
        Signature = signature;
        ExportOptions = exportOptions;
        TrainingForward = trainingForward;
        Inference = signature.Updates.Count == 0 ? signature : new Signature(signature.Inputs, signature.Outputs, name: signature.Name);
    }

    /// <summary>The computation: the inputs and outputs of the file, and updates if it is a training step.</summary>
    public Signature Signature { get; }

    /// <summary>The computation without updates.</summary>
    public Signature Inference { get; }

    /// <summary>What training applies in the place of <see cref="Inference"/>, of a file that <see cref="OnnxExporter.Save"/> wrote; null of others, and of a model that is the same in both.</summary>
    public Signature? TrainingForward { get; }

    /// <summary>The weights, in the order of their first use.</summary>
    public IReadOnlyList<Parameter> Parameters => Signature.Parameters;

    /// <summary>What the file calls its values: inputs, results of nodes, weights and constants.</summary>
    public IReadOnlyDictionary<string, Variable> Values => values;

    /// <summary>The options with which the model is written as the file was: operator set, producer, descriptions, metadata. An operator set that the
    /// exporter does not write is drawn to the nearest that it does. Of a file with external data tensors as large as its smallest external one are written beside the model again.</summary>
    public OnnxExportOptions ExportOptions { get; }

    /// <summary>Reads a file, with the external data beside it.</summary>
    /// <param name="path">The .onnx file.</param>
    /// <param name="operators">The operators that may occur; null for those of the standard that the engine has.</param>
    /// <param name="cancellation">Ends the work early.</param>
    /// <exception cref="InvalidOnnxModelException">The file is no valid model.</exception>
    /// <exception cref="ImportException">The model has something that the engine does not have; the message lists it.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static OnnxModel Load(string path, OperatorSet? operators = null, CancellationToken cancellation = default)
    {
        string full = Path.GetFullPath(path);
        return Load(ModelCheck.RequireFile(full), Path.GetDirectoryName(full), operators, cancellation);
    }

    /// <summary>Reads a model from a stream, up to its end.</summary>
    /// <param name="stream">The content of an .onnx file; external data are refused, as there is no folder beside it.</param>
    /// <param name="operators">The operators that may occur; null for those of the standard that the engine has.</param>
    /// <param name="cancellation">Ends the work early.</param>
    /// <exception cref="InvalidOnnxModelException">The content is no valid model.</exception>
    /// <exception cref="ImportException">The model has something that the engine does not have; the message lists it.</exception>
    public static OnnxModel Load(Stream stream, OperatorSet? operators = null, CancellationToken cancellation = default)
    {
        using var content = new MemoryStream();
        stream.CopyTo(content);
        return Load(content.ToArray(), operators, cancellation);
    }

    /// <summary>Reads a model from memory.</summary>
    /// <param name="bytes">The content of an .onnx file; external data are refused, as there is no folder beside it.</param>
    /// <param name="operators">The operators that may occur; null for those of the standard that the engine has.</param>
    /// <param name="cancellation">Ends the work early.</param>
    /// <exception cref="InvalidOnnxModelException">The content is no valid model.</exception>
    /// <exception cref="ImportException">The model has something that the engine does not have; the message lists it.</exception>
    public static OnnxModel Load(byte[] bytes, OperatorSet? operators = null, CancellationToken cancellation = default)
    {
        ModelCheck.Require(bytes);
        return Load(bytes, null, operators, cancellation);
    }

    private static OnnxModel Load(byte[] bytes, string? folder, OperatorSet? operators, CancellationToken cancellation)
    {
        ModelProto model = FunctionInlining.Apply(ModelProto.Parser.ParseFrom(bytes));
        var reader = new GraphReader(model, operators ?? OperatorSet.Standard, folder, cancellation);
        Signature signature = reader.Read();
        Signature? training = TrainingReader.Read(model, signature, operators ?? OperatorSet.Standard, folder, cancellation);
        return new OnnxModel(signature, Options(model, signature), reader.Values, training);
    }

    private static OnnxExportOptions Options(ModelProto model, Signature signature) => new()
    {
        Opset = (int)Math.Clamp(
            model.OpsetImport.FirstOrDefault(set => set.Domain is "" or "ai.onnx")?.Version ?? 1, OnnxExportOptions.OldestOpset, OnnxExportOptions.NewestOpset),
        ProducerName = model.ProducerName,
        ProducerVersion = model.ProducerVersion,
        Domain = model.Domain,
        ModelVersion = model.ModelVersion,
        GraphName = model.Graph.Name,
        Description = model.DocString,
        ValueDescriptions = model.Graph.Input.Concat(model.Graph.Output).Where(value => value.DocString.Length > 0)
            .DistinctBy(value => value.Name).ToDictionary(value => value.Name, value => value.DocString, StringComparer.Ordinal),
        Metadata = model.MetadataProps.ExceptBy(WrittenUpdate.KeysOf(signature.Updates), entry => entry.Key)
            .ToDictionary(entry => entry.Key, entry => entry.Value, StringComparer.Ordinal),
        IncludeValueInfo = HasValueInfo(model.Graph),
        ExternalDataThreshold = model.Graph.Initializer.Where(tensor => tensor.DataLocation == DataLocation.External)
            .Min(tensor => (long?)ElementTypes.ByteCount((DataType)tensor.DataType, tensor.Dims.Aggregate(1L, (product, size) => product * size))),
    };

    private static bool HasValueInfo(GraphProto graph) =>
        graph.ValueInfo.Count > 0 || graph.Node.SelectMany(node => node.Attribute).Any(attribute => attribute.G is not null && HasValueInfo(attribute.G));
}
