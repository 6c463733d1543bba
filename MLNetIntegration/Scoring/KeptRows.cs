using Microsoft.ML;
using Microsoft.ML.Data;

namespace Toolkit.MLNetIntegration.Scoring;

/// <summary>
/// What a reader sees of rows beside their scores: identifiers and the columns that pass through, kept while a row waits for the model. The source is
/// read once, so rows and scores belong together even where it gives other rows each time.
/// </summary>
internal sealed class KeptRows
{
    private readonly DataViewRowCursor source;
    private readonly PassingColumn?[] columns;
    private readonly bool[] active;
    private readonly ValueGetter<DataViewRowId> id;
    private readonly List<DataViewRowId[]> ids = [];
    private readonly List<long[]> groups = [];
    private bool begun;

    /// <param name="source">The cursor that is read ahead.</param>
    /// <param name="passing">The columns that a reader may ask for.</param>
    public KeptRows(DataViewRowCursor source, IEnumerable<DataViewSchema.Column> passing)
    {
        this.source = source;
        id = source.GetIdGetter();
        columns = new PassingColumn?[source.Schema.Count];
        active = new bool[source.Schema.Count];
        foreach (DataViewSchema.Column column in passing)
        {
            active[column.Index] = true;
            columns[column.Index] = PassingColumn.Of(source, column);
        }
    }

    public bool IsActive(int column) => active[column];

    /// <summary>Makes room for the rows of one batch more.</summary>
    /// <returns>The number of the batch.</returns>
    public int AddBatch()
    {
        foreach (PassingColumn? column in columns)
        {
            column?.AddBatch();
        }

        ids.Add([]);
        groups.Add([]);
        return ids.Count - 1;
    }

    /// <summary>Keeps the source's current row.</summary>
    public void Keep(int batch, int row)
    {
        begun = true;
        foreach (PassingColumn? column in columns)
        {
            column?.Keep(batch, row);
        }

        if (row >= ids[batch].Length)
        {
            DataViewRowId[] moreIds = ids[batch];
            long[] moreGroups = groups[batch];
            Array.Resize(ref moreIds, Math.Max(64, 2 * row));
            Array.Resize(ref moreGroups, moreIds.Length);
            (ids[batch], groups[batch]) = (moreIds, moreGroups);
        }

        id(ref ids[batch][row]);
        groups[batch][row] = source.Batch;
    }

    /// <summary>ML.NET's own number of the group that a row was split into.</summary>
    public long GroupOf(CurrentScores current) => groups[current.Batch][current.Row];

    public ValueGetter<DataViewRowId> Ids(CurrentScores current) =>
        (ref DataViewRowId value) => value = ids[current.Batch][current.Row];

    public ValueGetter<T> Getter<T>(DataViewSchema.Column column, CurrentScores current)
    {
        if (!active[column.Index])
        {
            throw ScoredCursor.NotActive(column);
        }

        if (columns[column.Index] is null)
        {
            if (begun)
            {
                throw new ScoringException(
                    $"Expected the getter of \"{column.Name}\", whose type {column.Type} is none of ML.NET's own, to be asked for before the first row, found that rows have been read.");
            }

            columns[column.Index] = PassingColumn.OfForeign<T>(source, source.Schema[column.Index]);
        }

        return columns[column.Index]!.Getter(current) as ValueGetter<T>
            ?? throw new ScoringException($"Expected a getter of {column.Type.RawType} for the column \"{column.Name}\", found {typeof(T)}.");
    }
}
