using System.Runtime.CompilerServices;
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
        ArgumentOutOfRangeException.ThrowIfLessThan(options.BatchSize, 1);
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
        var transformer = new BatchOnnxTransformer(context, model, OnnxSession.Load(model, options.Serving), options);
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
        foreach (OutputColumn output in OutputColumn.Of(session, options))
        {
            SchemaShape.Column.VectorKind kind = output.Type is not VectorDataViewType vector
                ? SchemaShape.Column.VectorKind.Scalar
                : vector.IsKnownSize ? SchemaShape.Column.VectorKind.Vector : SchemaShape.Column.VectorKind.VariableVector;
            columns[output.Name] = CreateColumn(output.Name, kind, output.ItemType, false, null);
        }

        return new SchemaShape(columns.Values);
    }

    // ML.NET offers no public way to describe a column of an estimator of one's own.
    [UnsafeAccessor(UnsafeAccessorKind.Constructor)]
    private static extern SchemaShape.Column CreateColumn(
        string name, SchemaShape.Column.VectorKind kind, DataViewType itemType, bool isKey, SchemaShape? annotations);
}
