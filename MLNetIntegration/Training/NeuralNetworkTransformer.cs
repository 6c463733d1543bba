using Microsoft.ML;
using Microsoft.ML.Data;
using Toolkit.Autograd.Graph;
using Toolkit.MLNetIntegration.Scoring;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Training;

namespace Toolkit.MLNetIntegration.Training;

/// <summary>
/// A trained network as a transformer: scores rows in batches with ONNX Runtime. <c>mlContext.Model.Save</c> writes it as ML.NET's own ONNX transformer,
/// which plain ML.NET loads; <see cref="OnnxCatalog.LoadBatched"/> gives the batched one back. Dispose it to release the model.
/// </summary>
public sealed class NeuralNetworkTransformer : ISingleFeaturePredictionTransformer<Module>, ISignatureSource, IDisposable
{
    private readonly BatchOnnxTransformer scoring;
    private readonly IReadOnlyList<string> featureColumns;

    internal NeuralNetworkTransformer(
        BatchOnnxTransformer scoring, Module network, Signature inference, History history, IReadOnlyList<string> featureColumns, DataViewSchema schema)
    {
        this.scoring = scoring;
        this.featureColumns = featureColumns;
        Network = network;
        Inference = inference;
        History = history;
        FeatureColumnType = schema[featureColumns[0]].Type;
    }

    /// <summary>The trained network, standardization of the features included: [batch, features] to logits or standardized numbers.</summary>
    public Module Network { get; }

    /// <summary>What is exported and scored: the input "Features" and an output for each column that is not made of others. Write it with
    /// <c>OnnxExporter.Export(transformer.Inference, path)</c>.</summary>
    public Signature Inference { get; }

    /// <summary>The course of the training.</summary>
    public History History { get; }

    /// <summary>The column of features, for permutation feature importance.</summary>
    /// <exception cref="NotSupportedException">There are several.</exception>
    public string FeatureColumnName => featureColumns is [var only] ? only : throw new NotSupportedException(
        $"Expected one feature column, found {string.Join(", ", featureColumns.Select(c => $"\"{c}\""))}; join them before with Transforms.Concatenate.");

    /// <summary>The type of the (first) column of features.</summary>
    public DataViewType FeatureColumnType { get; }

    /// <summary>True: each row's outputs depend on that row alone.</summary>
    public bool IsRowToRowMapper => true;

    Module IPredictionTransformer<Module>.Model => Network;

    /// <inheritdoc/>
    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => scoring.GetOutputSchema(inputSchema);

    /// <inheritdoc/>
    public IDataView Transform(IDataView input) => scoring.Transform(input);

    /// <inheritdoc/>
    public IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema) => scoring.GetRowToRowMapper(inputSchema);

    /// <summary>Releases the model. Cursors and prediction engines that are in use fail with <see cref="ObjectDisposedException"/> at their next batch.</summary>
    public void Dispose() => scoring.Dispose();

    void ICanSaveModel.Save(ModelSaveContext ctx) => ((ICanSaveModel)scoring).Save(ctx);
}
