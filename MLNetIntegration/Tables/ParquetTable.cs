using Parquet;
using Parquet.Meta;
using Parquet.Schema;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Data;

namespace Toolkit.Tables;

/// <summary>A Parquet file, in its row groups.</summary>
internal sealed class ParquetTable : Table
{
    private const int TextBytes = 64, NumberBytes = 8;

    private readonly Lock gate = new();
    private readonly DataField?[] fields;
    private readonly RowGroup[] rowGroups;
    private readonly long[] firstRows;
    private int next;

    private ParquetTable(string path, ParquetReader reader)
        : base(path)
    {
        Names = [.. reader.Schema.Fields.Select(field => field.Name)];
        fields = [.. reader.Schema.Fields.Select(field => field is DataField { IsArray: false } plain ? plain : null)];
        rowGroups = [.. reader.Metadata!.RowGroups];
        firstRows = new long[rowGroups.Length];
        for (int i = 1; i < rowGroups.Length; i++)
            firstRows[i] = firstRows[i - 1] + rowGroups[i - 1].NumRows;
    }

    public override IReadOnlyList<string> Names { get; }

    public override string Suffix => ".parquet";

    public override int Groups => next;

    public static ParquetTable Open(string path) => Guarded(path, () =>
    {
        ParquetReader reader = Opened(path);
        try
        {
            return new ParquetTable(path, reader);
        }
        finally
        {
            Close(reader);
        }
    });

    public override int ThreadsWithin(ScoreLayout layout, TableScoringOptions options)
    {
        DataField[] read = [.. layout.Inputs.SelectMany(input => input.Columns).Concat(layout.Kept).Distinct().Select(Plain)];
        int outputs = layout.Outputs.Sum(output => output.Columns().Count());
        (long most, int at) = rowGroups.Length == 0 ? (1, 0) : rowGroups.Select((group, i) => (Needed(group, read, outputs), i)).Max();
        return most <= options.MemoryBudget
            ? (int)Math.Min(options.MemoryBudget / most, ScoringRun.MostThreads(options))
            : throw new DataException(
                $"'{Path}', row group {at} of {rowGroups[at].NumRows} rows takes up to {most} bytes of memory: expected at most {nameof(options.MemoryBudget)}, {options.MemoryBudget}. " +
                "Allow more, or write the table in smaller row groups.");
    }

    public override GroupReader CreateReader(ScoreLayout layout, TableScoringOptions options) => new Reader(this, layout, options);

    public override void Write(Stream stream, IReadOnlyList<TableColumn> columns) => WriteAsync(stream, columns).GetAwaiter().GetResult();

    public override void Dispose()
    {
    }

    private static async Task WriteAsync(Stream stream, IReadOnlyList<TableColumn> columns)
    {
        var schema = new ParquetSchema([.. columns.Select(column => column.Field)]);
        await using ParquetWriter writer = await ParquetWriter.CreateAsync(schema, stream);
        using ParquetRowGroupWriter group = writer.CreateRowGroup();
        foreach (TableColumn column in columns)
            await column.Write(group);
    }

    /// <summary>What a group takes at most: the cells of all columns, the pages of one, and the scores.</summary>
    private static long Needed(RowGroup group, DataField[] read, int outputs)
    {
        ColumnMetaData[] chunks = [.. group.Columns.Select(column => column.MetaData!).Where(chunk => chunk.PathInSchema.Count == 1 && read.Any(field => field.Name == chunk.PathInSchema[0]))];
        long cells = read.Sum(field => (TextColumn.Holds(field) ? TextBytes : field.ClrType == typeof(decimal) ? 2 * NumberBytes : NumberBytes) * group.NumRows);
        long texts = chunks.Where(chunk => chunk.Type == Parquet.Meta.Type.BYTE_ARRAY).Sum(chunk => 2 * chunk.TotalUncompressedSize);
        return cells + texts + (chunks.Length == 0 ? 0 : 3 * chunks.Max(chunk => chunk.TotalUncompressedSize)) + (NumberBytes * outputs * group.NumRows);
    }

    private DataField Plain(int place) => fields[place]
        ?? throw new ArgumentException($"Expected a column of plain cells, found that \"{Names[place]}\" holds lists or other columns.", nameof(place));

    private static ParquetReader Opened(string path) => ParquetReader.CreateAsync(path).GetAwaiter().GetResult();

    private static void Close(ParquetReader reader) => reader.DisposeAsync().AsTask().GetAwaiter().GetResult();

    /// <summary>Runs what reads the file. The reader has no exception of its own for a damaged one.</summary>
    private static T Guarded<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is not (ToolkitException or ArgumentException { ParamName: not null } or OutOfMemoryException))
        {
            throw new DataException($"'{path}' cannot be read as Parquet: {e.Message}", e);
        }
    }

    private sealed class Reader : GroupReader
    {
        private readonly ParquetTable table;
        private readonly ParquetReader reader;
        private readonly (TableColumn Column, DataField Field, bool IsInput)[] columns;

        public Reader(ParquetTable table, ScoreLayout layout, TableScoringOptions options)
            : this(table, layout, options, [])
        {
        }

        private Reader(ParquetTable table, ScoreLayout layout, TableScoringOptions options, Dictionary<int, TableColumn> made)
            : base(table, layout, options, (place, _) => made.TryGetValue(place, out TableColumn? known) ? known : made[place] = TableColumn.Of(table.Plain(place), options))
        {
            this.table = table;
            columns = [.. made.Select(pair => (pair.Value, table.Plain(pair.Key), Inputs.Any(input => input.Contains(pair.Value))))];
            reader = Guarded(table.Path, () => Opened(table.Path));
        }

        public override bool TryNext(Func<int, bool> isWanted)
        {
            lock (table.gate)
            {
                while (table.next < table.rowGroups.Length)
                {
                    Group = table.next++;
                    if (isWanted(Group))
                        return true;
                }

                return false;
            }
        }

        public override void Read()
        {
            Rows = checked((int)table.rowGroups[Group].NumRows);
            _ = Guarded(table.Path, () =>
            {
                ReadAsync().GetAwaiter().GetResult();
                return 0;
            });
        }

        public override string PlaceOf(int row) => FormattableString.Invariant($"row {table.firstRows[Group] + row} (row group {Group})");

        public override void Dispose() => Close(reader);

        /// <summary>Reads the columns. Each is looked at while the processor has it near.</summary>
        private async Task ReadAsync()
        {
            using ParquetRowGroupReader group = reader.OpenRowGroupReader(Group);
            foreach ((TableColumn column, DataField field, bool isInput) in columns)
            {
                await column.Read(group, field);
                if (isInput)
                    RequirePresent(column);
            }
        }
    }
}
