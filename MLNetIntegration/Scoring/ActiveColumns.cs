using Microsoft.ML;
using Microsoft.ML.Data;

namespace Toolkit.MLNetIntegration.Scoring;

/// <summary>What a reader has asked for of rows with a column added.</summary>
internal sealed class ActiveColumns
{
    private readonly AddedColumn added;
    private readonly HashSet<int> active;
    private readonly int place;

    /// <param name="schema">The columns, the added one last.</param>
    /// <param name="source">The columns of the source.</param>
    /// <param name="added">The added column.</param>
    /// <param name="asked">Those that are asked for.</param>
    public ActiveColumns(DataViewSchema schema, DataViewSchema source, AddedColumn added, IEnumerable<DataViewSchema.Column> asked)
    {
        (Schema, this.added, place) = (schema, added, source.Count);
        active = [.. asked.Select(column => column.Index)];
        IEnumerable<DataViewSchema.Column> passing = active.Where(index => index < place).Select(index => source[index]);
        Read = [.. active.Contains(place) ? passing.Append(added.SourceIn(source)).DistinctBy(column => column.Index) : passing];
    }

    /// <summary>The columns, the added one last.</summary>
    public DataViewSchema Schema { get; }

    /// <summary>The columns of the source that are read.</summary>
    public IReadOnlyList<DataViewSchema.Column> Read { get; }

    /// <summary>Whether a column was asked for.</summary>
    public bool Contains(DataViewSchema.Column column) => active.Contains(column.Index);

    /// <summary>What reads a column of rows of the source.</summary>
    public ValueGetter<TValue> Getter<TValue>(DataViewRow row, DataViewSchema.Column column) => !Contains(column) ? throw ScoredCursor.NotActive(column)
        : column.Index < place ? row.GetGetter<TValue>(row.Schema[column.Index])
        : added.Getter(row) as ValueGetter<TValue>
            ?? throw new ScoringException($"Expected a getter of {column.Type.RawType} for the column \"{column.Name}\", found {typeof(TValue)}.");
}
