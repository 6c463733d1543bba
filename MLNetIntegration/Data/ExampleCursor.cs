using Microsoft.ML;
using Microsoft.ML.Data;
using Toolkit.Modeling.Data;

namespace Toolkit.MLNetIntegration.Data;

/// <summary>Moves over examples, which are asked for some at a time.</summary>
internal sealed class ExampleCursor(ExampleView view, IEnumerable<Batch> batches, HashSet<int> active) : DataViewRowCursor
{
    /// <summary>How many examples are asked for at once.</summary>
    public const int Ahead = 64;

    private readonly IEnumerator<Batch> source = batches.GetEnumerator();
    private long position = -1;
    private int row;
    private bool ended;
    private bool disposed;

    public override long Position => position;

    public override long Batch => 0;

    public override DataViewSchema Schema => view.Schema;

    /// <summary>The examples among which the current one is.</summary>
    public Batch Current => position >= 0 && !ended ? source.Current : throw new InvalidOperationException("The cursor is before the first row or behind the last.");

    /// <summary>The place of the current example among them.</summary>
    public int Row => row;

    public override bool IsColumnActive(DataViewSchema.Column column) => active.Contains(column.Index);

    public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId value) => value = new DataViewRowId((ulong)position, 0);

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) => !IsColumnActive(column)
        ? throw new InvalidOperationException($"The column \"{column.Name}\" was not asked for when the cursor was opened.")
        : view.Columns[column.Index].Getter(this) as ValueGetter<TValue> ?? throw new InvalidOperationException(
            $"Expected values of {column.Type.RawType} from the column \"{column.Name}\", found that {typeof(TValue)} is asked for.");

    public override bool MoveNext()
    {
        if (ended)
            return false;
        if (position < 0 || ++row >= source.Current.Count)
        {
            (row, ended) = (0, !source.MoveNext());
            if (ended)
                return false;
        }

        position++;
        return true;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && !disposed)
        {
            (disposed, ended) = (true, true);
            source.Dispose();
        }

        base.Dispose(disposing);
    }
}
