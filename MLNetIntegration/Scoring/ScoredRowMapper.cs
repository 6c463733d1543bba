using Microsoft.ML;
using Microsoft.ML.Data;

namespace Toolkit.MLNetIntegration.Scoring;

/// <summary>Scores single rows for a prediction engine, with buffers that are kept.</summary>
internal sealed class ScoredRowMapper : IRowToRowMapper
{
    private readonly BatchOnnxTransformer transformer;
    private readonly IReadOnlyList<InputColumns> inputs;

    public ScoredRowMapper(BatchOnnxTransformer transformer, DataViewSchema inputSchema)
    {
        this.transformer = transformer;
        InputSchema = inputSchema;
        inputs = transformer.Match(inputSchema);
        OutputSchema = transformer.GetOutputSchema(inputSchema);
    }

    public DataViewSchema InputSchema { get; }

    public DataViewSchema OutputSchema { get; }

    public IEnumerable<DataViewSchema.Column> GetDependencies(IEnumerable<DataViewSchema.Column> dependingColumns)
    {
        DataViewSchema.Column[] depending = [.. dependingColumns];
        IEnumerable<DataViewSchema.Column> passing = depending.Where(c => c.Index < InputSchema.Count).Select(c => InputSchema[c.Index]);
        return depending.Any(c => c.Index >= InputSchema.Count)
            ? passing.Concat(inputs.SelectMany(i => i.Columns)).DistinctBy(c => c.Index)
            : passing;
    }

    public DataViewRow GetRow(DataViewRow input, IEnumerable<DataViewSchema.Column> activeColumns)
    {
        var active = new HashSet<int>(activeColumns.Select(c => c.Index));
        return new ScoredRow(this, input, active, new BatchBuffers(transformer.Session, inputs, input, 1));
    }

    private sealed class ScoredRow(ScoredRowMapper mapper, DataViewRow input, HashSet<int> active, BatchBuffers buffers) : DataViewRow
    {
        private long scored = -1;

        public override long Position => input.Position;

        public override long Batch => input.Batch;

        public override DataViewSchema Schema => mapper.OutputSchema;

        public override ValueGetter<DataViewRowId> GetIdGetter() => input.GetIdGetter();

        public override bool IsColumnActive(DataViewSchema.Column column) => active.Contains(column.Index);

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
        {
            int own = mapper.InputSchema.Count;
            if (column.Index < own)
            {
                return input.GetGetter<TValue>(input.Schema[column.Index]);
            }

            return buffers.Getter(mapper.transformer.OutputColumns[column.Index - own], Score) as ValueGetter<TValue>
                ?? throw new ScoringException($"Expected a getter of {column.Type.RawType} for the column \"{column.Name}\", found {typeof(TValue)}.");
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                buffers.Dispose();
                input.Dispose();
            }

            base.Dispose(disposing);
        }

        /// <summary>Runs the model when the row has moved; the outputs are those of row 0.</summary>
        private void Score()
        {
            if (scored != input.Position)
            {
                buffers.Read(0);
                buffers.Run(1);
                scored = input.Position;
            }
        }
    }
}
