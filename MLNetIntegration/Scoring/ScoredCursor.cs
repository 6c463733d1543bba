using Microsoft.ML;
using Microsoft.ML.Data;

namespace Toolkit.MLNetIntegration.Scoring;

/// <summary>Moves over scored rows. The source is read ahead, once; what passes through is kept with the rows of each batch.</summary>
internal sealed class ScoredCursor(ModelBinding binding, BatchQueue queue, KeptRows kept, CurrentScores scores, ScoreColumn?[] active) : DataViewRowCursor
{
    private readonly int passing = binding.Schema.Count - active.Length;
    private long position = -1;
    private long read;
    private bool onRow;
    private bool disposed;

    public override long Position => position;

    public override long Batch => onRow ? kept.GroupOf(scores) : 0;

    public override DataViewSchema Schema => binding.Schema;

    public override ValueGetter<DataViewRowId> GetIdGetter() => OnRow(kept.Ids(scores));

    public override bool IsColumnActive(DataViewSchema.Column column) => column.Index < passing
        ? kept.IsActive(column.Index)
        : active[column.Index - passing] is not null;

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) => OnRow(column.Index < passing
        ? kept.Getter<TValue>(column, scores)
        : (active[column.Index - passing] ?? throw NotActive(column)).Getter<TValue>(scores, null));

    public override bool MoveNext()
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        onRow = false;
        position = read;
        if (!queue.MoveNext())
        {
            position = -1;
            return false;
        }

        onRow = true;
        read++;
        return true;
    }

    internal static ScoringException NotActive(DataViewSchema.Column column) =>
        new($"Expected a column that was asked for when the cursor was opened, found \"{column.Name}\".");

    protected override void Dispose(bool disposing)
    {
        if (disposing && !disposed)
        {
            disposed = true;
            onRow = false;
            queue.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <summary>A getter that is refused where there is no row: before the first, after the last, and once the memory of the scores was released.</summary>
    private ValueGetter<T> OnRow<T>(ValueGetter<T> getter) => (ref T value) =>
    {
        if (!onRow)
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            throw new InvalidOperationException("Expected a cursor on a row, found it before the first or after the last.");
        }

        getter(ref value);
    };
}
