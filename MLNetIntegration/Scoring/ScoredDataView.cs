using Microsoft.ML;

namespace Toolkit.MLNetIntegration.Scoring;

/// <summary>A data view with the outputs of a model added. Rows are scored while a cursor moves, in order.</summary>
internal sealed class ScoredDataView : IDataView
{
    private readonly BatchOnnxTransformer transformer;
    private readonly IDataView source;
    private readonly IReadOnlyList<InputColumns> inputs;

    public ScoredDataView(BatchOnnxTransformer transformer, IDataView source)
    {
        this.transformer = transformer;
        this.source = source;
        inputs = transformer.Match(source.Schema);
        Schema = transformer.GetOutputSchema(source.Schema);
    }

    public bool CanShuffle => false;

    public DataViewSchema Schema { get; }

    public long? GetRowCount() => source.GetRowCount();

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
    {
        int own = source.Schema.Count;
        DataViewSchema.Column[] needed = [.. columnsNeeded];
        DataViewSchema.Column[] passing = [.. needed.Where(c => c.Index < own).Select(c => source.Schema[c.Index])];
        OutputColumn?[] active = new OutputColumn?[transformer.OutputColumns.Count];
        foreach (DataViewSchema.Column column in needed.Where(c => c.Index >= own))
        {
            active[column.Index - own] = transformer.OutputColumns[column.Index - own];
        }

        DataViewRowCursor through = source.GetRowCursor(passing);
        if (active.All(a => a is null))
        {
            return new ScoredCursor(Schema, own, through, null, null, active);
        }

        // A second cursor over the same rows runs ahead and reads only what the model needs.
        DataViewRowCursor ahead = source.GetRowCursor(inputs.SelectMany(i => i.Columns).Distinct());
        var buffers = new BatchBuffers(transformer.Session, inputs, ahead, transformer.BatchSize);
        return new ScoredCursor(Schema, own, through, ahead, buffers, active);
    }

    // One cursor: batches already keep ONNX Runtime's threads busy, and rows stay in order.
    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) =>
        [GetRowCursor(columnsNeeded, rand)];
}
