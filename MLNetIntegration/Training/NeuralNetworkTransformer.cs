using Microsoft.ML;
using Microsoft.ML.Data;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.MLNetIntegration.Scoring;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Training;
using Toolkit.OnnxExport.Import;

namespace Toolkit.MLNetIntegration.Training;

/// <summary>
/// A trained network as a transformer: scores rows in batches with ONNX Runtime. <c>mlContext.Model.Save</c> writes it as ML.NET's own ONNX transformer,
/// which plain ML.NET loads; <see cref="OnnxScoringCatalog.LoadBatched"/> gives the batched one back. Dispose it to release the model.
/// </summary>
public sealed class NeuralNetworkTransformer : ISingleFeaturePredictionTransformer<Model>, ISignatureSource, IDisposable
{
    private const string Batch = "batch";

    private readonly ITransformer? preparation;
    private readonly bool isJoin;
    private readonly IReadOnlyList<string> features;
    private readonly BatchOnnxTransformer scoring;

    internal NeuralNetworkTransformer(ITransformer? preparation, bool isJoin, BatchOnnxTransformer scoring, Model network, Signature inference, History history, IReadOnlyList<string> features)
    {
        this.features = features;
        this.preparation = preparation;
        this.isJoin = isJoin;
        this.scoring = scoring;
        Network = network;
        Inference = inference;
        History = history;
    }

    /// <summary>The trained network, standardization of the features included: [batch, features], or columns by name, to logits or standardized numbers. What trains it further changes it
    /// and <see cref="Inference"/>, but not what the transformer scores with, which is a copy.</summary>
    public Model Network { get; }

    /// <summary>What is exported and scored: the input "Features", or one for each feature column where they are not all of Single, and an output for each column that is not made of others. An input
    /// has the name of its column (dots are underscores, and "_" stands behind a name that an output or another input has) and its type, keys as their numbers, from 1 and 0 where missing; of a column with several keys or words in a row, it is how often each occurs. Write it with
    /// <c>OnnxExporter.Export(transformer.Inference, path)</c>.</summary>
    public Signature Inference { get; }

    /// <summary>The course of the training.</summary>
    public History History { get; }

    /// <summary>The column of features, whose elements permutation feature importance permutes. Several feature columns are joined to one that is called
    /// after them and the content of the network, "A+B#" and 16 digits, which the transformer adds; data that have it already are scored by it.</summary>
    /// <exception cref="NotSupportedException">There are several that are not joined, as they are not all of Single.</exception>
    public string FeatureColumnName => scoring.FeatureColumnName;

    /// <summary>The type of the column of features.</summary>
    /// <exception cref="NotSupportedException">There are several.</exception>
    public DataViewType FeatureColumnType => scoring.FeatureColumnType;

    /// <summary>True: each row's outputs depend on that row alone.</summary>
    public bool IsRowToRowMapper => true;

    Model IPredictionTransformer<Model>.Model => Network;

    /// <summary>The network behind the transformers before it, which ML.NET's own exporter has written, as one computation: its inputs are the columns that the pipeline reads. (Of a whole pipeline
    /// <see cref="OnnxConversionCatalog"/> writes it at once.)</summary>
    /// <param name="front">What <c>ml.Model.ConvertToOnnx(front, rows, stream)</c> writes of a chain of all transformers before this one: its output "Name.output" is the column "Name". Text that the network reads in words or tokens is none.</param>
    /// <exception cref="ArgumentException">The file has no output for a feature column.</exception>
    /// <exception cref="GraphException">An output does not fit.</exception>
    public Signature Behind(OnnxModel front)
    {
        // The exporter gives the rows of each input a symbol of their own.
        Variable[] inputs = [.. front.Inference.Inputs.Select(input => Variable.Input(input.Name!, input.DType, [Batch, .. input.Shape.Skip(1)]))];
        Signature before = front.Inference.Behind(inputs, inputs.ToDictionary(input => input.Name!));
        bool isJoined = Inference.Inputs is [{ Name: "Features" }] && features.Count > 1;
        Dictionary<string, Variable> sources = isJoined
            ? new() { ["Features"] = Ops.Concat(1, [.. features.Select(Column)]) }
            : Inference.Inputs.Zip(features, (input, name) => (input.Name!, Column(name))).ToDictionary(pair => pair.Item1, pair => pair.Item2);
        HashSet<Variable> needed = new(TopologicalOrder.Of(sources.Values).SelectMany(node => node.Inputs).Concat(sources.Values), ReferenceEqualityComparer.Instance);
        return Inference.Behind([.. inputs.Where(needed.Contains)], sources);

        Variable Column(string name) => before.Outputs.FirstOrDefault(output => output.Name == $"{name}.output")?.Variable ?? throw new ArgumentException(
            $"Expected an output \"{name}.output\" in the file of what stands before the network, found {string.Join(", ", before.Outputs.Select(output => $"\"{output.Name}\""))}.", nameof(front));
    }

    /// <inheritdoc/>
    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => Whole(inputSchema).GetOutputSchema(inputSchema);

    /// <inheritdoc/>
    public IDataView Transform(IDataView input) => Whole(input.Schema).Transform(input);

    /// <inheritdoc/>
    public IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema) => Whole(inputSchema).GetRowToRowMapper(inputSchema);

    /// <summary>Releases the model. Cursors and prediction engines that are in use fail with <see cref="ObjectDisposedException"/> at their next batch.</summary>
    public void Dispose() => scoring.Dispose();

    void ICanSaveModel.Save(ModelSaveContext ctx) => ((ICanSaveModel)(preparation is null ? scoring : new TransformerChain<ITransformer>(preparation, scoring))).Save(ctx);

    /// <summary>What scores rows of a schema: the model, behind what makes its columns where the schema does not have them.</summary>
    internal ITransformer Whole(DataViewSchema schema) =>
        preparation is null || (isJoin && schema.GetColumnOrNull(FeatureColumnName) is not null) ? scoring : new TransformerChain<ITransformer>(preparation, scoring);
}
