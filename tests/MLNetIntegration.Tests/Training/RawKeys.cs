using Microsoft.ML;
using Microsoft.ML.Data;

namespace Toolkit.MLNetIntegration.Tests.Training;

/// <summary>Rows with the number "Number" and the key "Key" of a known count, whose numbers are given as they are, those above the count, too: ML.NET's own loaders make missing keys of them.</summary>
internal sealed class RawKeys : IDataView
{
    private readonly (uint Key, float Number)[] rows;

    public RawKeys(int count, params (uint Key, float Number)[] rows)
    {
        this.rows = rows;
        var schema = new DataViewSchema.Builder();
        schema.AddColumn("Key", new KeyDataViewType(typeof(uint), count));
        schema.AddColumn("Number", NumberDataViewType.Single);
        Schema = schema.ToSchema();
    }

    public bool CanShuffle => false;

    public DataViewSchema Schema { get; }

    public long? GetRowCount() => rows.Length;

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null) => new Cursor(this);

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) => [new Cursor(this)];

    private sealed class Cursor(RawKeys view) : DataViewRowCursor
    {
        private long position = -1;

        public override long Position => position;

        public override long Batch => 0;

        public override DataViewSchema Schema => view.Schema;

        public override bool IsColumnActive(DataViewSchema.Column column) => true;

        public override bool MoveNext() => ++position < view.rows.Length;

        public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId value) => value = new DataViewRowId((ulong)position, 0);

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
        {
            ValueGetter<uint> key = (ref uint value) => value = view.rows[position].Key;
            ValueGetter<float> number = (ref float value) => value = view.rows[position].Number;
            return (ValueGetter<TValue>)(Delegate)(column.Name == "Key" ? key : number);
        }
    }
}
