using Microsoft.ML;
using Toolkit.Modeling.Data;

namespace Toolkit.MLNetIntegration.Data;

/// <summary>Examples as rows of ML.NET.</summary>
internal sealed class ExampleView : IDataView
{
    private readonly IDataSource examples;

    public ExampleView(IDataSource examples)
    {
        this.examples = examples;
        Columns = [.. examples.Layout.Fields.Select(field => ExampleColumn.Of(field, examples.Columns?.FirstOrDefault(column => column.Field.Name == field.Name)?.Names))];
        var builder = new DataViewSchema.Builder();
        foreach (ExampleColumn column in Columns)
            column.AddTo(builder);
        Schema = builder.ToSchema();
    }

    /// <summary>The columns in the order of the schema.</summary>
    public IReadOnlyList<ExampleColumn> Columns { get; }

    public bool CanShuffle => false;

    public DataViewSchema Schema { get; }

    public long? GetRowCount() => examples.ExampleCount;

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null) =>
        new ExampleCursor(this, examples.Batches(new BatchOptions { Size = ExampleCursor.Ahead }), [.. columnsNeeded.Select(column => column.Index)]);

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) => [GetRowCursor(columnsNeeded, rand)];
}
