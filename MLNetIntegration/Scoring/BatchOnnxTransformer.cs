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
/// <c>mlContext.Model.Save</c> writes a pipeline that plain ML.NET with Microsoft.ML.OnnxTransformer loads and scores, row by row, with the same
/// columns.
/// </remarks>
public sealed class BatchOnnxTransformer : ISingleFeaturePredictionTransformer<OnnxSession>, IDisposable
{
    private readonly MLContext context;
    private readonly byte[] model;
    private readonly ScoreOnnxOptions options;
    private readonly Lock gate = new();
    private OnnxSession? rowSession;
    private IReadOnlyList<ClassLabels?>? labels;
    private DataViewSchema? fitted;
    private bool disposed;

    internal BatchOnnxTransformer(MLContext context, byte[] model, OnnxSession session, ScoreOnnxOptions options, IReadOnlyList<ClassLabels?>? labels = null)
    {
        this.context = context;
        this.model = model;
        this.options = options;
        this.labels = labels;
        Session = session;
    }

    /// <summary>The model that scores batches, with its inputs, outputs and active provider.</summary>
    public OnnxSession Session { get; }

    /// <summary>The column that the model reads, whose elements permutation feature importance permutes.</summary>
    /// <exception cref="NotSupportedException">There are several.</exception>
    public string FeatureColumnName => Features()?.Name ?? options.Inputs.Values.Single().Single();

    /// <summary>The type of the column that the model reads.</summary>
    /// <exception cref="NotSupportedException">There are several.</exception>
    public DataViewType FeatureColumnType => Features()?.Type ?? throw new NotSupportedException("Expected a fitted transformer, found one that has not seen a schema.");

    /// <summary>True: each row's outputs depend on that row alone, as far as the model is concerned with rows.</summary>
    public bool IsRowToRowMapper => true;

    /// <summary>How a model is served that scores batches: several run at once, so each operator takes one thread where the options do not say.</summary>
    internal static ServingOptions ForBatches(ServingOptions options) => options.IntraOpThreads == 0 ? options with { IntraOpThreads = 1 } : options;

    OnnxSession IPredictionTransformer<OnnxSession>.Model => Session;

    internal int BatchSize => options.BatchSize;

    /// <summary>The content of the model's file.</summary>
    internal byte[] Content => model;

    /// <summary>The columns of tokens that are made before.</summary>
    internal IReadOnlyList<TokenColumn> Tokens => options.Tokens;

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
            rowSession?.Dispose();
        }
    }

    void ICanSaveModel.Save(ModelSaveContext ctx)
    {
        DataViewSchema schema = fitted ?? throw new ScoringException("Expected a fitted transformer to save, found one without a schema.");
        StockPipeline.Save(context, model, Bind(schema), labels!, schema, ctx);
    }

    internal void Fit(DataViewSchema schema)
    {
        labels ??= [.. options.Predictions.Select(p => ClassLabels.Of(p, schema))];
        Bind(schema);
        fitted = schema;
    }

    internal ModelBinding Bind(DataViewSchema schema) => new(Session, schema, options, labels ?? [.. options.Predictions.Select(_ => (ClassLabels?)null)]);

    /// <summary>Batches of a cursor, scored ahead of it: as many at once as there are cores, unless the options or the caller say how many.</summary>
    internal BatchQueue CreateQueue(
        ModelBinding binding, DataViewRowCursor source, int[] outputs, KeptRows kept, CurrentScores scores, int? batchesAhead)
    {
        lock (gate)
        {
            RequireAlive();
        }

        // A device runs one batch at a time; meanwhile the next one can be read.
        int threads = Math.Max(1, options.Serving.IntraOpThreads);
        int cores = Environment.ProcessorCount;
        int ahead = batchesAhead ?? options.BatchesAhead ?? (Session.ActiveProvider != Provider.Cpu ? 1 : cores == 1 ? 0 : Math.Max(1, cores / threads));
        return new BatchQueue(source, new InputReader(binding, source), kept, () => CreateBuffers(binding, outputs, kept.AddBatch()), ahead, scores);
    }

    /// <summary>Buffers for one row at a time.</summary>
    internal BatchBuffers CreateRowBuffers(ModelBinding binding, int[] outputs)
    {
        lock (gate)
        {
            RequireAlive();
            rowSession ??= options.Serving.IntraOpThreads == 0 && Environment.ProcessorCount > 1 ? OnnxSession.Load(model, options.Serving) : Session;
            return new BatchBuffers(rowSession, binding, 1, outputs);
        }
    }

    private BatchBuffers CreateBuffers(ModelBinding binding, int[] outputs, int number)
    {
        lock (gate)
        {
            RequireAlive();
            return new BatchBuffers(Session, binding, BatchSize, outputs, number);
        }
    }

    /// <summary>The only column that is read; null where the schema is not known and the options name one.</summary>
    private DataViewSchema.Column? Features()
    {
        if (fitted is null && options.Inputs.Values.SelectMany(names => names).Count() == 1)
        {
            return null;
        }

        DataViewSchema.Column[] columns = fitted is null ? [] : [.. Bind(fitted).Sources];
        return columns is [var only] ? only : throw new NotSupportedException(
            $"Expected one column of features, found {(columns.Length == 0 ? "no schema to choose from" : string.Join(", ", columns.Select(c => $"\"{c.Name}\"")))}; "
            + "join them before with Transforms.Concatenate.");
    }

    private void RequireAlive()
    {
        if (disposed)
        {
            throw new ObjectDisposedException(nameof(BatchOnnxTransformer), "Expected a transformer that can score, found it disposed.");
        }
    }
}
