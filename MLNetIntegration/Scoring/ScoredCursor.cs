using Microsoft.ML;
using Microsoft.ML.Data;

namespace Toolkit.MLNetIntegration.Scoring;

/// <summary>Moves over scored rows: one cursor runs ahead and fills a batch, the other follows row by row and passes columns through.</summary>
internal sealed class ScoredCursor(
    DataViewSchema schema,
    int passingColumns,
    DataViewRowCursor through,
    DataViewRowCursor? ahead,
    BatchBuffers? buffers,
    OutputColumn?[] active) : DataViewRowCursor
{
    private int rows;
    private bool disposed;

    public override long Position => through.Position;

    public override long Batch => through.Batch;

    public override DataViewSchema Schema => schema;

    public override ValueGetter<DataViewRowId> GetIdGetter() => through.GetIdGetter();

    public override bool IsColumnActive(DataViewSchema.Column column) => column.Index < passingColumns
        ? through.IsColumnActive(through.Schema[column.Index])
        : active[column.Index - passingColumns] is not null;

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        if (column.Index < passingColumns)
        {
            return through.GetGetter<TValue>(through.Schema[column.Index]);
        }

        OutputColumn output = active[column.Index - passingColumns]
            ?? throw new ScoringException($"The column \"{column.Name}\" was not asked for when the cursor was opened.");
        return buffers!.Getter(output) as ValueGetter<TValue>
            ?? throw new ScoringException($"Expected a getter of {output.Type.RawType} for the column \"{column.Name}\", found {typeof(TValue)}.");
    }

    public override bool MoveNext()
    {
        if (!through.MoveNext())
        {
            return false;
        }

        if (ahead is not null && ++buffers!.Row >= rows)
        {
            rows = 0;
            buffers.Row = 0;
            while (rows < buffers.BatchSize && ahead.MoveNext())
            {
                buffers.Read(rows++);
            }

            buffers.Run(rows);
        }

        return true;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && !disposed)
        {
            disposed = true;
            through.Dispose();
            ahead?.Dispose();
            buffers?.Dispose();
        }

        base.Dispose(disposing);
    }
}
