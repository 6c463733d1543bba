using Microsoft.ML;
using Microsoft.ML.Data;

namespace Toolkit.MLNetIntegration.Scoring;

/// <summary>Scores single rows for a prediction engine, with buffers that are kept.</summary>
internal sealed class ScoredRowMapper(BatchOnnxTransformer transformer, DataViewSchema inputSchema) : IRowToRowMapper
{
    private readonly ModelBinding binding = transformer.Bind(inputSchema);

    public DataViewSchema InputSchema => inputSchema;

    public DataViewSchema OutputSchema => binding.Schema;

    public IEnumerable<DataViewSchema.Column> GetDependencies(IEnumerable<DataViewSchema.Column> dependingColumns)
    {
        DataViewSchema.Column[] depending = [.. dependingColumns];
        IEnumerable<DataViewSchema.Column> passing = depending.Where(c => c.Index < InputSchema.Count).Select(c => InputSchema[c.Index]);
        return depending.Any(c => c.Index >= InputSchema.Count)
            ? passing.Concat(binding.Sources).DistinctBy(c => c.Index)
            : passing;
    }

    public DataViewRow GetRow(DataViewRow input, IEnumerable<DataViewSchema.Column> activeColumns)
    {
        var active = new HashSet<int>(activeColumns.Select(c => c.Index));
        int[] outputs = [.. active.Where(i => i >= InputSchema.Count).Select(i => binding.Columns[i - InputSchema.Count].Output).Distinct().Order()];
        return new ScoredRow(binding, input, active, outputs.Length == 0 ? null : transformer.CreateRowBuffers(binding, outputs), new CurrentScores(outputs));
    }

    private sealed class ScoredRow(
        ModelBinding binding, DataViewRow input, HashSet<int> active, BatchBuffers? buffers, CurrentScores scores) : DataViewRow
    {
        private readonly int passing = binding.Schema.Count - binding.Columns.Count;
        private readonly InputReader? reader = buffers is null ? null : new InputReader(binding, input);
        private long scored = -1;
        private bool disposed;

        public override long Position => input.Position;

        public override long Batch => input.Batch;

        public override DataViewSchema Schema => binding.Schema;

        public override ValueGetter<DataViewRowId> GetIdGetter() => input.GetIdGetter();

        public override bool IsColumnActive(DataViewSchema.Column column) => active.Contains(column.Index);

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) => column.Index < passing
            ? input.GetGetter<TValue>(input.Schema[column.Index])
            : binding.Columns[column.Index - passing].Getter<TValue>(active.Contains(column.Index) ? scores : throw ScoredCursor.NotActive(column), Score);

        protected override void Dispose(bool disposing)
        {
            if (disposing && !disposed)
            {
                disposed = true;
                buffers?.Dispose();
                input.Dispose();
            }

            base.Dispose(disposing);
        }

        /// <summary>Runs the model when the row has moved; the outputs are those of row 0.</summary>
        private void Score()
        {
            if (scored != input.Position)
            {
                reader!.Fetch();
                buffers!.Clear();
                buffers.TryAdd(reader);
                buffers.Run();
                scores.Results = buffers.Results;
                scored = input.Position;
            }
        }
    }
}
