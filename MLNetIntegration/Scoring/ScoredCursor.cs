using Microsoft.ML;
using Microsoft.ML.Data;

namespace Toolkit.MLNetIntegration.Scoring;

/// <summary>Moves over scored rows: one cursor runs ahead and fills batches, the other follows row by row and passes columns through.</summary>
internal sealed class ScoredCursor(
    ModelBinding binding,
    DataViewRowCursor through,
    BatchQueue? ahead,
    CurrentScores scores,
    ScoreColumn?[] active) : DataViewRowCursor
{
    private readonly int passing = binding.Schema.Count - active.Length;
    private bool disposed;

    public override long Position => through.Position;

    public override long Batch => through.Batch;

    public override DataViewSchema Schema => binding.Schema;

    public override ValueGetter<DataViewRowId> GetIdGetter() => through.GetIdGetter();

    public override bool IsColumnActive(DataViewSchema.Column column) => column.Index < passing
        ? through.IsColumnActive(through.Schema[column.Index])
        : active[column.Index - passing] is not null;

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) => column.Index < passing
        ? through.GetGetter<TValue>(through.Schema[column.Index])
        : (active[column.Index - passing] ?? throw NotActive(column)).Getter<TValue>(scores, null);

    public override bool MoveNext()
    {
        if (!through.MoveNext())
        {
            return false;
        }

        ahead?.MoveNext();
        return true;
    }

    internal static ScoringException NotActive(DataViewSchema.Column column) =>
        new($"Expected a column that was asked for when the cursor was opened, found \"{column.Name}\".");

    protected override void Dispose(bool disposing)
    {
        if (disposing && !disposed)
        {
            disposed = true;
            through.Dispose();
            ahead?.Dispose();
        }

        base.Dispose(disposing);
    }
}
