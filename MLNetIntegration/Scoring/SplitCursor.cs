using System.Runtime.ExceptionServices;
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
    private readonly InputReader reader;
    private readonly CurrentScores scores;
    private readonly PassingColumn?[] passing;
    private readonly ScoreColumn?[] active;
    private readonly ValueGetter<DataViewRowId> id;
    private readonly DataViewRowId[] ids;
    private readonly long[] batches;
    private ExceptionDispatchInfo? failure;
    private bool pending;
    private bool disposed;
    private long position = -1;

    public SplitCursor(
        ModelBinding binding, DataViewRowCursor source, BatchBuffers buffers, CurrentScores scores, IEnumerable<DataViewSchema.Column> passing, ScoreColumn?[] active)
    {
        this.binding = binding;
        this.source = source;
        this.buffers = buffers;
        this.scores = scores;
        reader = new InputReader(binding, source);
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

    public override long Batch => buffers.Rows == 0 ? 0 : batches[scores.Row];

    public override DataViewSchema Schema => binding.Schema;

    public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId value) => value = ids[scores.Row];

    public override bool IsColumnActive(DataViewSchema.Column column) => column.Index < passing.Length
        ? passing[column.Index] is not null
        : active[column.Index - passing.Length] is not null;

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        if (column.Index >= passing.Length)
        {
            return (active[column.Index - passing.Length] ?? throw ScoredCursor.NotActive(column)).Getter<TValue>(scores, null);
        }

        return (passing[column.Index] ?? throw ScoredCursor.NotActive(column)).Getter(() => scores.Row) as ValueGetter<TValue>
            ?? throw new ScoringException($"Expected a getter of {column.Type.RawType} for the column \"{column.Name}\", found {typeof(TValue)}.");
    }

    public override bool MoveNext()
    {
        if (++scores.Row >= buffers.Rows)
        {
            failure?.Throw();
            ReadBatch();
            if (buffers.Rows == 0)
            {
                failure?.Throw();
                position = -1;
                return false;
            }

            buffers.Run();
            scores.Results = buffers.Results;
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

    /// <summary>Reads rows into the batch. The exception of a row that cannot be read waits until the rows before it have been read.</summary>
    private void ReadBatch()
    {
        buffers.Clear();
        scores.Row = 0;
        try
        {
            while (buffers.Rows < buffers.BatchSize && (pending || source.MoveNext()))
            {
                if (!pending)
                {
                    reader.Fetch();
                }

                // What passes is kept first: a row whose values cannot be got must not be scored.
                int row = buffers.Rows;
                foreach (PassingColumn? column in passing)
                {
                    column?.Keep(row);
                }

                id(ref ids[row]);
                batches[row] = source.Batch;
                pending = !buffers.TryAdd(reader);
                if (pending)
                {
                    break;
                }
            }
        }
        catch (Exception e)
        {
            failure = ExceptionDispatchInfo.Capture(e);
        }
    }
}
