using Microsoft.ML;

namespace Toolkit.MLNetIntegration.Scoring;

/// <summary>A data view with the outputs of a model added. Rows are scored while a cursor moves, in order.</summary>
internal sealed class ScoredDataView(BatchOnnxTransformer transformer, IDataView source) : IDataView
{
    private readonly ModelBinding binding = transformer.Bind(source.Schema);

    public bool CanShuffle => false;

    public DataViewSchema Schema => binding.Schema;

    public long? GetRowCount() => source.GetRowCount();

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
    {
        (DataViewSchema.Column[] passing, ScoreColumn?[] active, int[] outputs) = Needed(columnsNeeded);
        DataViewRowCursor through = source.GetRowCursor(passing);
        if (outputs.Length == 0)
        {
            return new ScoredCursor(binding, through, null, new CurrentScores([]), active);
        }

        // A second cursor over the same rows runs ahead and reads only what the model needs.
        DataViewRowCursor? ahead = null;
        try
        {
            ahead = source.GetRowCursor(binding.Sources);
            var scores = new CurrentScores(outputs);
            return new ScoredCursor(binding, through, transformer.CreateQueue(binding, ahead, outputs, scores), scores, active);
        }
        catch
        {
            ahead?.Dispose();
            through.Dispose();
            throw;
        }
    }

    /// <summary>
    /// One cursor for each split that the source gives, each with batches of its own. Which rows are in a split is settled while it is read, so each split
    /// is read once, and its passing columns are kept for the rows of a batch.
    /// </summary>
    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null)
    {
        DataViewSchema.Column[] needed = [.. columnsNeeded];
        (DataViewSchema.Column[] passing, ScoreColumn?[] active, int[] outputs) = Needed(needed);
        if (n < 2 || passing.Any(c => !PassingColumn.CanKeep(c)))
        {
            return [GetRowCursor(needed, rand)];
        }

        if (outputs.Length == 0)
        {
            return [.. source.GetRowCursorSet(passing, n).Select(c => new ScoredCursor(binding, c, null, new CurrentScores([]), active))];
        }

        DataViewRowCursor[] splits = source.GetRowCursorSet(passing.Concat(binding.Sources).DistinctBy(c => c.Index), n);
        try
        {
            if (splits.Length > 1)
            {
                return [.. splits.Select(s => new SplitCursor(
                    binding, s, transformer.CreateBuffers(binding, outputs), new CurrentScores(outputs), passing, active))];
            }
        }
        catch
        {
            Close(splits);
            throw;
        }

        // A source that cannot be split is read by one cursor, which looks ahead.
        Close(splits);
        return [GetRowCursor(needed, rand)];
    }

    private static void Close(DataViewRowCursor[] cursors)
    {
        foreach (DataViewRowCursor cursor in cursors)
        {
            cursor.Dispose();
        }
    }

    private (DataViewSchema.Column[] Passing, ScoreColumn?[] Active, int[] Outputs) Needed(IEnumerable<DataViewSchema.Column> columnsNeeded)
    {
        int own = source.Schema.Count;
        var passing = new List<DataViewSchema.Column>();
        var active = new ScoreColumn?[binding.Columns.Count];
        foreach (DataViewSchema.Column column in columnsNeeded.DistinctBy(c => c.Index))
        {
            if (column.Index < own)
            {
                passing.Add(source.Schema[column.Index]);
            }
            else
            {
                active[column.Index - own] = binding.Columns[column.Index - own];
            }
        }

        return ([.. passing], active, [.. active.OfType<ScoreColumn>().Select(c => c.Output).Distinct().Order()]);
    }
}
