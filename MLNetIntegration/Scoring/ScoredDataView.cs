using Microsoft.ML;

namespace Toolkit.MLNetIntegration.Scoring;

/// <summary>A data view with the outputs of a model added. Rows are scored while a cursor moves, in the order in which its source gives them; the source is read
/// once.</summary>
internal sealed class ScoredDataView(BatchOnnxTransformer transformer, IDataView source) : IDataView
{
    private readonly ModelBinding binding = transformer.Bind(source.Schema);

    public bool CanShuffle => source.CanShuffle;

    public DataViewSchema Schema => binding.Schema;

    public long? GetRowCount() => source.GetRowCount();

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
    {
        var needed = new Needed(columnsNeeded, source, binding);
        return Open(needed, source.GetRowCursor(needed.Read, rand), ahead: null);
    }

    /// <summary>One cursor for each split that the source gives, each with batches of its own.</summary>
    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null)
    {
        var needed = new Needed(columnsNeeded, source, binding);
        DataViewRowCursor[] splits = n < 2 ? [source.GetRowCursor(needed.Read, rand)] : source.GetRowCursorSet(needed.Read, n, rand);
        try
        {
            // Where several threads read, each scores what it reads; a source that cannot be split is read by one cursor, which looks ahead.
            return [.. splits.Select(s => Open(needed, s, splits.Length > 1 ? 0 : null))];
        }
        catch
        {
            foreach (DataViewRowCursor split in splits)
            {
                split.Dispose();
            }

            throw;
        }
    }

    private DataViewRowCursor Open(Needed needed, DataViewRowCursor cursor, int? ahead)
    {
        if (needed.Outputs.Length == 0)
        {
            return new UnscoredCursor(binding, cursor);
        }

        try
        {
            var scores = new CurrentScores(needed.Outputs);
            var kept = new KeptRows(cursor, needed.Passing);
            return new ScoredCursor(binding, transformer.CreateQueue(binding, cursor, needed.Outputs, kept, scores, ahead), kept, scores, needed.Active);
        }
        catch
        {
            cursor.Dispose();
            throw;
        }
    }

    /// <summary>What a reader asked for.</summary>
    private sealed class Needed
    {
        public Needed(IEnumerable<DataViewSchema.Column> columns, IDataView source, ModelBinding binding)
        {
            int own = source.Schema.Count;
            var passing = new List<DataViewSchema.Column>();
            Active = new ScoreColumn?[binding.Columns.Count];
            foreach (DataViewSchema.Column column in columns.DistinctBy(c => c.Index))
            {
                if (column.Index < own)
                {
                    passing.Add(source.Schema[column.Index]);
                }
                else
                {
                    Active[column.Index - own] = binding.Columns[column.Index - own];
                }
            }

            Passing = [.. passing];
            Outputs = [.. Active.OfType<ScoreColumn>().Select(c => c.Output).Distinct().Order()];
            Read = Outputs.Length == 0 ? Passing : [.. Passing.Concat(binding.Sources).DistinctBy(c => c.Index)];
        }

        /// <summary>The source's columns that pass through.</summary>
        public DataViewSchema.Column[] Passing { get; }

        /// <summary>The columns that scoring adds, null where nobody asks for one.</summary>
        public ScoreColumn?[] Active { get; }

        /// <summary>The model's outputs that they are made of.</summary>
        public int[] Outputs { get; }

        /// <summary>The source's columns that are read.</summary>
        public DataViewSchema.Column[] Read { get; }
    }
}
