using Microsoft.ML;
using Microsoft.ML.Data;
using Toolkit.Autograd.Graph;
using Toolkit.MLNetIntegration.Scoring;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Training;

namespace Toolkit.MLNetIntegration.Training;

/// <summary>
/// A trained network as a transformer: scores rows in batches with ONNX Runtime. <c>mlContext.Model.Save</c> writes it as ML.NET's own ONNX transformer,
/// which plain ML.NET loads; <see cref="OnnxScoringCatalog.LoadBatched"/> gives the batched one back. Dispose it to release the model.
/// </summary>
public sealed class NeuralNetworkTransformer : ISingleFeaturePredictionTransformer<Model>, ISignatureSource, IDisposable
{
    private readonly ITransformer? preparation;
    private readonly bool isJoin;
    private readonly BatchOnnxTransformer scoring;

    internal NeuralNetworkTransformer(ITransformer? preparation, bool isJoin, BatchOnnxTransformer scoring, Model network, Signature inference, History history)
    {
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

    /// <inheritdoc/>
    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => Whole(inputSchema).GetOutputSchema(inputSchema);

    /// <inheritdoc/>
    public IDataView Transform(IDataView input) => Whole(input.Schema).Transform(input);

    /// <inheritdoc/>
    public IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema) => Whole(inputSchema).GetRowToRowMapper(inputSchema);

    /// <summary>Releases the model. Cursors and prediction engines that are in use fail with <see cref="ObjectDisposedException"/> at their next batch.</summary>
    public void Dispose() => scoring.Dispose();

    void ICanSaveModel.Save(ModelSaveContext ctx) => ((ICanSaveModel)(preparation is null ? scoring : new TransformerChain<ITransformer>(preparation, scoring))).Save(ctx);

    private ITransformer Whole(DataViewSchema schema) =>
        preparation is null || (isJoin && schema.GetColumnOrNull(FeatureColumnName) is not null) ? scoring : new TransformerChain<ITransformer>(preparation, scoring);
}
