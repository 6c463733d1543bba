using Microsoft.ML;
using Microsoft.ML.Data;

namespace Toolkit.Tool.Data;

/// <summary>Encoded rows as ML.NET reads them from a file: numbers as Single, categories and classes as texts, an empty one where it is missing.</summary>
internal sealed class TableView : IDataView
{
    private readonly EncodedRows rows;
    private readonly Func<int, ReadOnlyMemory<char>>[] texts;
    private readonly float[][] numbers;

    /// <param name="rows">The rows; without labels, the column of the label is there and empty.</param>
    /// <param name="data">What they mean.</param>
    public TableView(EncodedRows rows, ModelData data)
    {
        this.rows = rows;
        (TableColumn Column, float[] Cells)[] columns =
        [
            .. data.Columns.Zip(rows.Columns),
            (new TableColumn(data.Label!, data.Classes), [.. (rows.Labels ?? new float[rows.Count]).Select(label => data.Classes is null ? label : label + 1)]),
        ];
        var builder = new DataViewSchema.Builder();
        foreach ((TableColumn column, _) in columns)
            builder.AddColumn(column.Name, column.Names is null ? NumberDataViewType.Single : TextDataViewType.Instance);
        Schema = builder.ToSchema();
        numbers = [.. columns.Select(column => column.Cells)];
        texts = [.. columns.Select(column => (Func<int, ReadOnlyMemory<char>>)(row => (int)column.Cells[row] is > 0 and var key ? column.Column.Names![key - 1].AsMemory() : default))];
    }

    public bool CanShuffle => false;

    public DataViewSchema Schema { get; }

    public long? GetRowCount() => rows.Count;

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null) => new Cursor(this, [.. columnsNeeded.Select(column => column.Index)]);

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) => [GetRowCursor(columnsNeeded, rand)];

    private sealed class Cursor(TableView view, HashSet<int> active) : DataViewRowCursor
    {
        private int position = -1;

        public override long Position => position;

        public override long Batch => 0;

        public override DataViewSchema Schema => view.Schema;

        public override bool IsColumnActive(DataViewSchema.Column column) => active.Contains(column.Index);

        public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId value) => value = new DataViewRowId((ulong)position, 0);

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) => Getter(column) as ValueGetter<TValue>
            ?? throw new InvalidOperationException($"Expected values of {column.Type.RawType} from the column \"{column.Name}\", found that {typeof(TValue)} is asked for.");

        private Delegate Getter(DataViewSchema.Column column) => column.Type is TextDataViewType
            ? (ValueGetter<ReadOnlyMemory<char>>)((ref ReadOnlyMemory<char> value) => value = view.texts[column.Index](position))
            : (ValueGetter<float>)((ref float value) => value = view.numbers[column.Index][position]);

        public override bool MoveNext()
        {
            if (position + 1 >= view.rows.Count)
                return false;
            position++;
            return true;
        }
    }
}
