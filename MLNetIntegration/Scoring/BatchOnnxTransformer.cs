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
    private readonly Lock gate = new();
    private OnnxSession? parallelSession;
    private ClassLabels? labels;
    private DataViewSchema? fitted;
    private bool disposed;

    internal BatchOnnxTransformer(MLContext context, byte[] model, OnnxSession session, ScoreOnnxOptions options, ClassLabels? labels = null)
    {
        this.context = context;
        this.model = model;
        this.options = options;
        this.labels = labels;
        Session = session;
    }

    /// <summary>The model, with its inputs, outputs and active provider.</summary>
    public OnnxSession Session { get; }

    /// <summary>True: each row's outputs depend on that row alone, as far as the model is concerned with rows.</summary>
    public bool IsRowToRowMapper => true;

    internal int BatchSize => options.BatchSize;

    /// <inheritdoc/>
    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => Bind(inputSchema).Schema;

    /// <inheritdoc/>
    public IDataView Transform(IDataView input) => new ScoredDataView(this, input);

    /// <inheritdoc/>
    public IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema) => new ScoredRowMapper(this, inputSchema);

    /// <summary>Releases the model. Cursors and prediction engines that are in use fail with <see cref="ObjectDisposedException"/> at their next batch.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            disposed = true;
            Session.Dispose();
            parallelSession?.Dispose();
        }
    }

    void ICanSaveModel.Save(ModelSaveContext ctx) => StockPipeline.Save(
        context, model, options, labels, fitted ?? throw new ScoringException("Expected a fitted transformer to save, found one without a schema."), ctx);

    internal void Fit(DataViewSchema schema)
    {
        labels ??= ClassLabels.Of(options.Prediction, schema);
        Bind(schema);
        fitted = schema;
    }

    internal ModelBinding Bind(DataViewSchema schema) => new(Session, schema, options, labels);

    /// <summary>
    /// Buffers for a cursor. Cursors of a split data view run at once, one for each core, so they share a session whose operators take one thread each
    /// unless the options say how many.
    /// </summary>
    internal BatchBuffers CreateBuffers(ModelBinding binding, DataViewRow source, int[] outputs, bool parallel, int? batchSize = null)
    {
        OnnxSession session = Session;
        lock (gate)
        {
            if (disposed)
            {
                throw new ObjectDisposedException(nameof(BatchOnnxTransformer), "Expected a transformer that can score, found it disposed.");
            }

            if (parallel && options.Serving.IntraOpThreads == 0)
            {
                session = parallelSession ??= OnnxSession.Load(model, options.Serving with { IntraOpThreads = 1 });
            }
        }

        return new BatchBuffers(session, binding, source, batchSize ?? BatchSize, outputs);
    }
}
