using Microsoft.ML;
using Microsoft.ML.Data;

namespace Toolkit.MLNetIntegration.Scoring;

/// <summary>
/// Moves over the scored rows of one split. Another cursor over the same split cannot be had, so the values of columns that pass through are kept for the
/// rows of a batch.
/// </summary>
internal sealed class SplitCursor : DataViewRowCursor
{
    private readonly ModelBinding binding;
    private readonly DataViewRowCursor source;
    private readonly BatchBuffers buffers;
    private readonly PassingColumn?[] passing;
    private readonly ScoreColumn?[] active;
    private readonly ValueGetter<DataViewRowId> id;
    private readonly DataViewRowId[] ids;
    private readonly long[] batches;
    private int rows;
    private bool pending;
    private bool disposed;
    private long position = -1;

    public SplitCursor(ModelBinding binding, DataViewRowCursor source, BatchBuffers buffers, IEnumerable<DataViewSchema.Column> passing, ScoreColumn?[] active)
    {
        this.binding = binding;
        this.source = source;
        this.buffers = buffers;
        this.active = active;
        this.passing = new PassingColumn?[source.Schema.Count];
        foreach (DataViewSchema.Column column in passing)
        {
            this.passing[column.Index] = PassingColumn.Of(source, column, buffers.BatchSize);
        }

        id = source.GetIdGetter();
        ids = new DataViewRowId[buffers.BatchSize];
        batches = new long[buffers.BatchSize];
    }

    public override long Position => position;

    public override long Batch => rows == 0 ? 0 : batches[buffers.Row];

    public override DataViewSchema Schema => binding.Schema;

    public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId value) => value = ids[buffers.Row];

    public override bool IsColumnActive(DataViewSchema.Column column) => column.Index < passing.Length
        ? passing[column.Index] is not null
        : active[column.Index - passing.Length] is not null;

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        if (column.Index >= passing.Length)
        {
            return (active[column.Index - passing.Length] ?? throw ScoredCursor.NotActive(column)).Getter<TValue>(buffers, null);
        }

        return (passing[column.Index] ?? throw ScoredCursor.NotActive(column)).Getter(() => buffers.Row) as ValueGetter<TValue>
            ?? throw new ScoringException($"Expected a getter of {column.Type.RawType} for the column \"{column.Name}\", found {typeof(TValue)}.");
    }

    public override bool MoveNext()
    {
        if (++buffers.Row >= rows)
        {
            ReadBatch();
            if (rows == 0)
            {
                position = -1;
                return false;
            }

            buffers.Run(rows);
        }

        position++;
        return true;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && !disposed)
        {
            disposed = true;
            source.Dispose();
            buffers.Dispose();
        }

        base.Dispose(disposing);
    }

    private void ReadBatch()
    {
        rows = 0;
        buffers.Row = 0;
        while (rows < buffers.BatchSize && (pending || source.MoveNext()))
        {
            pending = !buffers.TryRead(rows, source.Position);
            if (pending)
            {
                break;
            }

            foreach (PassingColumn? column in passing)
            {
                column?.Keep(rows);
            }

            id(ref ids[rows]);
            batches[rows++] = source.Batch;
        }
    }
}
