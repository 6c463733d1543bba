using Toolkit.OnnxExport.Format;

namespace Toolkit.OnnxExport.Checking;

/// <summary>
/// What an .onnx file says of itself: who wrote it, what goes in and comes out, which operators it has and how many numbers it holds. Nothing is run and nothing is built, so files with
/// operators that nobody knows have one, too; whether a file is valid is what <see cref="ModelCheck"/> says.
/// </summary>
public sealed record OnnxSummary
{
    /// <summary>The program that wrote it, with its version, such as "pytorch 2.0.0"; empty if it says nothing.</summary>
    public required string Producer { get; init; }

    /// <summary>The version of the file format.</summary>
    public required long FormatVersion { get; init; }

    /// <summary>The version of each operator set by its domain; the standard one is "ai.onnx".</summary>
    public required IReadOnlyDictionary<string, long> OperatorSets { get; init; }

    /// <summary>The name of the graph.</summary>
    public required string Graph { get; init; }

    /// <summary>What the model is, in words; empty if it says nothing.</summary>
    public required string Description { get; init; }

    /// <summary>What a caller gives: the inputs of the graph for which the file has no values.</summary>
    public required IReadOnlyList<OnnxValue> Inputs { get; init; }

    /// <summary>What comes out.</summary>
    public required IReadOnlyList<OnnxValue> Outputs { get; init; }

    /// <summary>How often each operator occurs, in graphs inside nodes and in functions as well, the most frequent first.</summary>
    public required IReadOnlyList<OnnxOperator> Operators { get; init; }

    /// <summary>The tensors that the file holds (its initializers, those of graphs inside nodes as well), in their order.</summary>
    public required IReadOnlyList<OnnxTensor> Tensors { get; init; }

    /// <summary>Metadata by key.</summary>
    public required IReadOnlyDictionary<string, string> Metadata { get; init; }

    /// <summary>The number of nodes, those of graphs inside nodes and of functions as well.</summary>
    public int Nodes => Operators.Sum(each => each.Count);

    /// <summary>The number of elements of all <see cref="Tensors"/>.</summary>
    public double Elements => Tensors.Sum(tensor => (double)tensor.Elements);

    /// <summary>The size of all <see cref="Tensors"/> in bytes, texts aside.</summary>
    public double Bytes => Tensors.Sum(tensor => (double)tensor.Bytes);

    /// <summary>Reads the summary of a file. External data are not read.</summary>
    /// <param name="path">The .onnx file.</param>
    /// <exception cref="InvalidOnnxModelException">The file is no ONNX model with a graph.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static OnnxSummary Of(string path) => Of(ModelCheck.ReadFile(Path.GetFullPath(path)));

    /// <summary>Reads the summary of a model in memory.</summary>
    /// <param name="model">The content of an .onnx file.</param>
    /// <exception cref="InvalidOnnxModelException">The content is no ONNX model with a graph.</exception>
    public static OnnxSummary Of(byte[] model) => Of(ModelCheck.Parse(model));

    private static OnnxSummary Of(ModelProto model)
    {
        GraphProto[] graphs = [.. Within(model.Graph), .. model.Functions.SelectMany(function => function.Node.SelectMany(Within))];
        HashSet<string> given = [.. GraphRules.Initializers(model.Graph).Select(tensor => tensor.Name)];
        return new OnnxSummary
        {
            Producer = $"{model.ProducerName} {model.ProducerVersion}".Trim(),
            FormatVersion = model.IrVersion,
            OperatorSets = model.OpsetImport.GroupBy(set => CheckContext.NameOf(set.Domain)).ToDictionary(same => same.Key, same => same.Max(set => set.Version), StringComparer.Ordinal),
            Graph = model.Graph.Name,
            Description = model.DocString,
            Inputs = [.. model.Graph.Input.Where(input => !given.Contains(input.Name)).Select(OnnxValue.Of)],
            Outputs = [.. model.Graph.Output.Select(OnnxValue.Of)],
            Operators =
            [
                .. graphs.SelectMany(graph => graph.Node).Concat(model.Functions.SelectMany(function => function.Node)).CountBy(node => (Domain: CheckContext.NameOf(node.Domain), node.OpType))
                    .Select(each => new OnnxOperator(each.Key.Domain, each.Key.OpType, each.Value))
                    .OrderByDescending(each => each.Count).ThenBy(each => each.Domain, StringComparer.Ordinal).ThenBy(each => each.Name, StringComparer.Ordinal),
            ],
            Tensors = [.. graphs.SelectMany(GraphRules.Initializers).Select(OnnxTensor.Of)],
            Metadata = model.MetadataProps.GroupBy(entry => entry.Key).ToDictionary(same => same.Key, same => same.Last().Value, StringComparer.Ordinal),
        };
    }

    private static IEnumerable<GraphProto> Within(GraphProto graph) => graph.Node.SelectMany(Within).Prepend(graph);

    private static IEnumerable<GraphProto> Within(NodeProto node) =>
        node.Attribute.SelectMany(attribute => attribute.G is null ? attribute.Graphs : attribute.Graphs.Prepend(attribute.G)).SelectMany(Within);
}
