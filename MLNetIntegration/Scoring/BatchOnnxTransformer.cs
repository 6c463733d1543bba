using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Toolkit.OnnxExport.Serving;

namespace Toolkit.MLNetIntegration.Scoring;

/// <summary>
/// Adds the outputs of an ONNX model as columns, scored in batches while a cursor moves. All other columns pass through. Nothing runs unless an output is
/// asked for. Several cursors may be open at once. Dispose it to release the model.
/// </summary>
/// <remarks>
/// <c>mlContext.Model.Save</c> writes a pipeline that plain ML.NET with Microsoft.ML.OnnxTransformer loads and scores, row by row; there an output
/// [batch, 1] is a vector of length 1.
/// </remarks>
public sealed class BatchOnnxTransformer : ITransformer, IDisposable
{
    private readonly MLContext context;
    private readonly byte[] model;
    private readonly ScoreOnnxOptions options;
    private DataViewSchema? fitted;

    internal BatchOnnxTransformer(MLContext context, byte[] model, OnnxSession session, ScoreOnnxOptions options)
    {
        this.context = context;
        this.model = model;
        this.options = options;
        Session = session;
        OutputColumns = OutputColumn.Of(session, options);
    }

    /// <summary>The model, with its inputs, outputs and active provider.</summary>
    public OnnxSession Session { get; }

    /// <summary>True: each row's outputs depend on that row alone, as far as the model is concerned with rows.</summary>
    public bool IsRowToRowMapper => true;

    internal IReadOnlyList<OutputColumn> OutputColumns { get; }

    internal int BatchSize => options.BatchSize;

    /// <inheritdoc/>
    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema)
    {
        Match(inputSchema);
        var builder = new DataViewSchema.Builder();
        builder.AddColumns(inputSchema);
        foreach (OutputColumn output in OutputColumns)
        {
            builder.AddColumn(output.Name, output.Type);
        }

        return builder.ToSchema();
    }

    /// <inheritdoc/>
    public IDataView Transform(IDataView input) => new ScoredDataView(this, input);

    /// <inheritdoc/>
    public IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema) => new ScoredRowMapper(this, inputSchema);

    /// <summary>Releases the model. Cursors that are open fail with a clear error at their next batch.</summary>
    public void Dispose() => Session.Dispose();

    void ICanSaveModel.Save(ModelSaveContext ctx) => StockPipeline.Save(
        context, model, options, fitted ?? throw new ScoringException("Only a fitted transformer can be saved."), ctx);

    internal void Fit(DataViewSchema schema)
    {
        Match(schema);
        fitted = schema;
    }

    internal IReadOnlyList<InputColumns> Match(DataViewSchema schema) => InputColumns.Match(Session, schema, options);
}
