using Toolkit.Modeling.Data;
using Toolkit.OnnxExport.Serving;

namespace Toolkit.Tables;

/// <summary>Reads one group of rows after the other, for one thread.</summary>
internal abstract class GroupReader : IDisposable
{
    private readonly Table table;
    private readonly bool allowMissing;

    /// <param name="table">The table.</param>
    /// <param name="layout">Which columns are read.</param>
    /// <param name="options">What is done about cells that are missing.</param>
    /// <param name="column">A column of the table, for an input or, with null, for a part.</param>
    protected GroupReader(Table table, ScoreLayout layout, TableScoringOptions options, Func<int, TensorDescription?, TableColumn> column)
    {
        (this.table, allowMissing) = (table, options.AllowMissing);
        Inputs = [.. layout.Inputs.Select(input => input.Columns.Select(place => Fitting(column(place, input.Input), input.Input)).ToArray())];
        Kept = [.. layout.Kept.Select(place => column(place, null))];
    }

    /// <summary>The columns that fill each input.</summary>
    public IReadOnlyList<TableColumn[]> Inputs { get; }

    /// <summary>The columns that stand beside the scores.</summary>
    public IReadOnlyList<TableColumn> Kept { get; }

    /// <summary>The number of the group.</summary>
    public int Group { get; protected set; }

    /// <summary>The number of its rows.</summary>
    public int Rows { get; protected set; }

    /// <summary>Goes on to the next group that is wanted and that no other thread has.</summary>
    /// <returns>Whether there is one.</returns>
    public abstract bool TryNext(Func<int, bool> isWanted);

    /// <summary>Reads its cells.</summary>
    public abstract void Read();

    public abstract void Dispose();

    /// <summary>Where a row of the group stands.</summary>
    public abstract string PlaceOf(int row);

    /// <summary>The error of a cell.</summary>
    public DataException Bad(TableColumn column, int row, string what) => new($"'{table.Path}', {PlaceOf(row)}, column '{column.Name}': {what}.");

    /// <summary>Refuses cells of a column that are missing where they may not.</summary>
    protected void RequirePresent(TableColumn column)
    {
        if (column.FirstMissing() is var row and >= 0 && !(allowMissing && column.SetMissing(row)))
            throw Missing(column, row);
    }

    /// <summary>Notes that a cell is missing.</summary>
    protected void SetMissing(TableColumn column, int row)
    {
        if (!(allowMissing || column.TakesMissing) || !column.SetMissing(row))
            throw Missing(column, row);
    }

    private DataException Missing(TableColumn column, int row) => Bad(column, row, $"the value is missing ({nameof(TableScoringOptions)}.{nameof(TableScoringOptions.AllowMissing)} is {(allowMissing ? "for numbers with a fraction, and texts" : "false")})");

    private static TableColumn Fitting(TableColumn column, TensorDescription input) => column.Fits(input.ElementType)
        ? column
        : throw new ArgumentException($"Expected a column of {input.ElementType} for the input {input}, found \"{column.Name}\" of {(column is TextColumn ? "texts" : column.Field.ClrType.Name)}.", nameof(input));
}
