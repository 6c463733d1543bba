using Microsoft.ML;
using Microsoft.ML.Data;
using Toolkit.OnnxExport.Serving;

namespace Toolkit.MLNetIntegration.Scoring;

/// <summary>The estimator of <see cref="BatchOnnxTransformer"/>. Fitting learns nothing; it matches columns to the model and checks their types.</summary>
public sealed class BatchOnnxEstimator : IEstimator<BatchOnnxTransformer>
{
    private readonly MLContext context;
    private readonly byte[] model;
    private readonly ScoreOnnxOptions options;

    internal BatchOnnxEstimator(MLContext context, byte[] model, ScoreOnnxOptions options)
    {
        options.Check();
        this.context = context;
        this.model = model;
        this.options = options;
    }

    /// <summary>Loads the model and matches it to the columns.</summary>
    /// <param name="input">The data; only its schema is looked at.</param>
    /// <exception cref="ScoringException">A column is missing, or its type or length does not fit the model.</exception>
    /// <exception cref="ServingException">The model cannot be loaded.</exception>
    public BatchOnnxTransformer Fit(IDataView input)
    {
        var transformer = new BatchOnnxTransformer(context, model, OnnxSession.Load(model, BatchOnnxTransformer.ForBatches(options.Serving)), options);
        try
        {
            transformer.Fit(input.Schema);
            return transformer;
        }
        catch
        {
            transformer.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        using OnnxSession session = OnnxSession.Load(model, new ServingOptions());
        var columns = inputSchema.ToDictionary(c => c.Name, StringComparer.Ordinal);
        foreach (ScoreColumn output in ScoreColumns.Of(session, options, options.Dimensions, [.. options.Predictions.Select(p => Placeholder(session, p))]))
        {
            SchemaShape.Column.VectorKind kind = output.Type is not VectorDataViewType vector
                ? SchemaShape.Column.VectorKind.Scalar
                : vector.IsKnownSize ? SchemaShape.Column.VectorKind.Vector : SchemaShape.Column.VectorKind.VariableVector;
            bool isKey = output.Type is KeyDataViewType;
            columns[output.Name] = SchemaColumns.Create(
                output.Name, kind, isKey ? NumberDataViewType.UInt32 : ColumnTypes.Item(output.Type), isKey, Annotations(output));
        }

        return new SchemaShape(columns.Values);
    }

    private static SchemaShape? Annotations(ScoreColumn column) => column.Annotations is not { Schema.Count: > 0 } annotations
        ? null
        : new SchemaShape(annotations.Schema.Select(a => SchemaColumns.Create(
            a.Name, SchemaShape.Column.VectorKind.Vector, ColumnTypes.Item(a.Type), false, null)));

    /// <summary>Before the data are seen, names of classes are known by their number alone.</summary>
    private ClassLabels? Placeholder(OnnxSession session, PredictionOptions prediction)
    {
        if (prediction is { Labels: null, LabelColumn: null })
        {
            return null;
        }

        ScoreOnnxOptions plain = options with { Prediction = prediction with { Labels = null, LabelColumn = null, PredictedLabelAsText = false, ProbabilityColumn = "\0" } };
        ProbabilityColumn? scores = ScoreColumns.Of(session, plain, options.Dimensions, [null]).OfType<ProbabilityColumn>().FirstOrDefault();
        return scores?.Type is VectorDataViewType vector
            ? new ClassLabels(prediction.Labels ?? [.. Enumerable.Range(0, vector.Size).Select(i => $"{i}")], typeof(ReadOnlyMemory<char>))
            : null;
    }
}
