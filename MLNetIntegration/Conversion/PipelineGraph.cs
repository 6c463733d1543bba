using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.MLNetIntegration.Scoring;
using Toolkit.MLNetIntegration.Training;

namespace Toolkit.MLNetIntegration.Conversion;

/// <summary>
/// A fitted pipeline with networks as one computation: columns go from transformer to transformer as tensors [batch, n]. Networks bring their own computation, ML.NET's transformers what ML.NET's exporter writes of each. A column that
/// cannot be had is no error until an output needs it: labels are made before a network and read by nobody when it scores.
/// </summary>
internal sealed class PipelineGraph
{
    private const string Batch = "batch", Suffix = ".output";

    // Of texts that a network reads as hashed words or as tokens.
    private const string OwnAdvice =
        "Cut the text before the network instead, with Transforms.Text.TokenizeIntoWords and Transforms.Conversion.MapValueToKey, and name the keys among FeatureColumns; or let the application make the column.";

    private readonly ModelOperationsCatalog catalog;
    private readonly Dictionary<string, GraphColumn> columns = new(StringComparer.Ordinal);
    private readonly List<Variable> inputs = [];
    private readonly HashSet<string> added = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> metadata = new(StringComparer.Ordinal);
    private DataViewSchema schema;
    private bool isBehind;

    private PipelineGraph(ModelOperationsCatalog catalog, DataViewSchema schema)
    {
        (this.catalog, this.schema) = (catalog, schema);
        foreach (DataViewSchema.Column column in schema.Where(column => !column.IsHidden))
        {
            if (TypeOf(ColumnTypes.Item(column.Type)) is not { } type)
            {
                columns[column.Name] = new GraphColumn($"Expected numbers, truth values, keys or texts in the column \"{column.Name}\" of the data, found {column.Type}, which ONNX has no tensors of.");
                continue;
            }

            int length = ColumnTypes.Length(column.Type);
            inputs.Add(Variable.Input(column.Name, type, [Batch, length == 0 ? (Dim)$"{column.Name}.length" : length]));
            columns[column.Name] = new GraphColumn(inputs[^1]);
        }
    }

    /// <summary>Whether a pipeline has a transformer that ML.NET's exporter passes over.</summary>
    public static bool IsNeeded(ITransformer transformer) =>
        transformer is NeuralNetworkTransformer or BatchOnnxTransformer || (transformer is IEnumerable<ITransformer> chain && chain.Any(IsNeeded));

    /// <summary>The computation.</summary>
    /// <param name="catalog">Has ML.NET's exporter.</param>
    /// <param name="pipeline">The pipeline.</param>
    /// <param name="schema">The columns of the data.</param>
    /// <param name="outputs">The columns that become outputs; none for all that the networks and what stands behind them add.</param>
    /// <exception cref="ScoringException">A column is missing or cannot be had.</exception>
    public static Signature Of(ModelOperationsCatalog catalog, ITransformer pipeline, DataViewSchema schema, IReadOnlyList<string> outputs)
    {
        var graph = new PipelineGraph(catalog, schema);
        graph.Walk(pipeline);
        return graph.Whole(outputs);
    }

    /// <summary>A tensor of any shape as [batch, n] for a column.</summary>
    public static Variable Rows(Variable tensor, DataViewType type)
    {
        int length = ColumnTypes.Length(type);
        return tensor.Shape.Rank == 2 && (length == 0 || tensor.Shape[1] == length) ? tensor : tensor.Reshape([tensor.Shape[0], length]);
    }

    private Signature Whole(IReadOnlyList<string> chosen)
    {
        string[] names = chosen.Count > 0 ? [.. chosen.Distinct()] : [.. schema.Where(column => !column.IsHidden && added.Contains(column.Name)).Select(column => column.Name)];
        Output[] outputs = [.. names.Select(name => new Output(name + Suffix, Column(name, chosen.Count == 0)))];
        HashSet<Variable> needed = new(TopologicalOrder.Of(outputs.Select(output => output.Variable)).SelectMany(node => node.Inputs).Concat(outputs.Select(output => output.Variable)), ReferenceEqualityComparer.Instance);
        return new Signature([.. inputs.Where(needed.Contains)], outputs, name: "pipeline") { Metadata = metadata };
    }

    private Variable Column(string name, bool isGiven)
    {
        if (!columns.TryGetValue(name, out GraphColumn? column))
            throw new ScoringException($"Expected a column \"{name}\" to write as ONNX, found {string.Join(", ", columns.Keys.Select(known => $"\"{known}\""))}.");
        return column.Problem is { } problem && isGiven
            ? throw new ScoringException($"{problem} Columns that are not needed can be left out: name the others in outputColumns.")
            : column.Variable;
    }

    /// <param name="transformer">The next part of the pipeline.</param>
    /// <param name="isOwn">Whether it belongs to a network, so that what it makes for its model is no result.</param>
    private void Walk(ITransformer transformer, bool isOwn = false)
    {
        switch (transformer)
        {
            case NeuralNetworkTransformer network:
                Walk(network.Whole(schema), isOwn: true);
                break;
            case IEnumerable<ITransformer> chain:
                foreach (ITransformer part in chain)
                    Walk(part, isOwn);
                break;
            default:
                Apply(transformer, isOwn);
                break;
        }
    }

    private void Apply(ITransformer transformer, bool isOwn)
    {
        DataViewSchema before = schema;
        schema = transformer.GetOutputSchema(before);
        string[] made = [.. Made(before)];
        IEnumerable<(string Name, GraphColumn Column)> results = transformer switch
        {
            BatchOnnxTransformer network => Scores(network, before),
            ColumnSelectingTransformer => [],
            TokenTransformer => made.Select(name => (name, new GraphColumn($"The column \"{name}\" cannot be written as ONNX, which a tokenizer of the network makes. {OwnAdvice}"))),
            _ => new ConvertedTransformer(catalog, transformer, before, schema, isOwn ? OwnAdvice : null).Columns(made, name => columns[name]),
        };
        foreach ((string name, GraphColumn column) in results.ToArray())
            columns[name] = column;
        foreach (string gone in columns.Keys.Where(name => schema.GetColumnOrNull(name) is null).ToArray())
            columns.Remove(gone);
        isBehind |= transformer is BatchOnnxTransformer;
        if (transformer is BatchOnnxTransformer || (isBehind && !isOwn))
            added.UnionWith(made);
    }

    /// <summary>The columns that a transformer has added, or made anew: the former one of a name is then hidden, or of another type.</summary>
    private IEnumerable<string> Made(DataViewSchema before)
    {
        var counts = before.CountBy(column => column.Name, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);
        return from name in schema.Select(column => column.Name).Distinct()
               let count = schema.Count(column => column.Name == name)
               where count > counts.GetValueOrDefault(name) || !schema[name].Type.Equals(before[name].Type)
               select name;
    }

    private IEnumerable<(string Name, GraphColumn Column)> Scores(BatchOnnxTransformer network, DataViewSchema before)
    {
        ModelBinding binding = network.Bind(before);
        // What the network needs and cannot be had is what is wrong with all that it adds.
        if (binding.Sources.Select(source => columns[source.Name].Problem).FirstOrDefault(problem => problem is not null) is { } problem)
            return binding.Columns.Select(column => (column.Name, new GraphColumn(problem)));
        var (signature, scores) = ScoreGraph.Of(network.Content, binding, name => columns[name].Variable);
        foreach ((string key, string text) in signature.Metadata)
            metadata.TryAdd(key, text);
        return scores.Select(score => (score.Name, new GraphColumn(score.Variable)));
    }

    /// <summary>The type of elements; null where ONNX has none.</summary>
    private static DType? TypeOf(DataViewType item) => item switch
    {
        TextDataViewType => DType.String,
        BooleanDataViewType or NumberDataViewType or KeyDataViewType => ServedTypes.Of(item.RawType),
        _ => null,
    };
}
