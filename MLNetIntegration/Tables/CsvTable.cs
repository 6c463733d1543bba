using System.Globalization;
using Toolkit.Modeling.Data;
using Toolkit.OnnxExport.Serving;

namespace Toolkit.Tables;

/// <summary>A table of text, in blocks of lines.</summary>
internal sealed class CsvTable : Table
{
    // Cells of one digit become numbers of eight bytes, and texts of some thirty.
    private const int LargestGrowth = 16;

    private readonly Lock gate = new();
    private readonly CsvOptions csv;
    private readonly int blockLength;
    private readonly HashSet<string> marks;
    private readonly IEnumerator<CsvBlock> blocks;

    public CsvTable(string path, TableScoringOptions options)
        : base(path)
    {
        (csv, blockLength) = (options.Csv, options.BlockLength);
        marks = new HashSet<string>(csv.MissingMarks, StringComparer.Ordinal);
        CsvRow first = CsvFile.Read(path, csv).FirstOrDefault() ?? throw new DataException($"'{path}' is empty.");
        Names = csv.HasHeader ? first.Fields : [.. Enumerable.Range(0, first.Fields.Count).Select(i => i.ToString(CultureInfo.InvariantCulture))];
        FirstLine = first.Line;
        blocks = CsvFile.ReadBlocks(path, csv, blockLength).GetEnumerator();
    }

    public override IReadOnlyList<string> Names { get; }

    public override string Suffix => ".csv";

    public override int Groups => groups;

    private long FirstLine { get; }

    private int groups;

    public override int ThreadsWithin(ScoreLayout layout, TableScoringOptions options)
    {
        long needed = (long)LargestGrowth * blockLength;
        return needed <= options.MemoryBudget
            ? (int)Math.Min(options.MemoryBudget / needed, ScoringRun.MostThreads(options))
            : throw new DataException($"Expected a {nameof(options.MemoryBudget)} of at least {needed} bytes, {LargestGrowth} times {nameof(options.BlockLength)}, found {options.MemoryBudget}.");
    }

    public override GroupReader CreateReader(ScoreLayout layout, TableScoringOptions options) => new Reader(this, layout, options);

    public override void Write(Stream stream, IReadOnlyList<TableColumn> columns) => CsvPartWriter.Write(stream, csv, columns);

    public override void Dispose() => blocks.Dispose();

    private sealed class Reader(CsvTable table, ScoreLayout layout, TableScoringOptions options)
        : GroupReader(table, layout, options, (place, input) => TableColumn.Of(table.Names[place], input?.ElementType, options))
    {
        private readonly int[] inputPlaces = [.. layout.Inputs.SelectMany(input => input.Columns)], keptPlaces = [.. layout.Kept];
        private readonly List<long> lines = [];
        private byte[] bytes = [];
        private CsvBlock? block;

        public override bool TryNext(Func<int, bool> isWanted)
        {
            lock (table.gate)
            {
                while (table.blocks.MoveNext())
                {
                    table.groups++;
                    CsvBlock next = table.blocks.Current;
                    if (!isWanted(next.Index))
                        continue;
                    if (bytes.Length < next.Bytes.Length)
                        bytes = new byte[next.Bytes.Length];
                    next.Bytes.CopyTo(bytes);
                    (Group, block) = (next.Index, next with { Bytes = bytes.AsMemory(0, next.Bytes.Length) });
                    return true;
                }

                return false;
            }
        }

        public override void Read()
        {
            TableColumn[] inputs = [.. Inputs.SelectMany(columns => columns)];
            int most = bytes.AsSpan(0, block!.Bytes.Length).Count((byte)'\n') + 1, row = 0;
            foreach (TableColumn column in inputs.Concat(Kept))
                column.Resize(most);
            lines.Clear();
            foreach (CsvRow cells in CsvFile.Read(block, table.Path, table.csv))
            {
                if (table.csv.HasHeader && cells.Line == table.FirstLine)
                    continue;
                if (cells.Fields.Count != table.Names.Count)
                    throw new DataException($"'{table.Path}', line {cells.Line}: expected {table.Names.Count} fields as in the first line, found {cells.Fields.Count}.");
                lines.Add(cells.Line);
                for (int i = 0; i < inputs.Length; i++)
                    Set(inputs[i], row, cells.Fields[inputPlaces[i]]);
                for (int i = 0; i < keptPlaces.Length; i++)
                    _ = Kept[i].Parse(row, cells.Fields[keptPlaces[i]]);
                row++;
            }

            Rows = row;
            foreach (TableColumn column in inputs.Concat(Kept))
                column.Resize(row);
        }

        public override string PlaceOf(int row) => FormattableString.Invariant($"line {lines[row]}");

        public override void Dispose()
        {
        }

        private void Set(TableColumn column, int row, string text)
        {
            if (table.marks.Contains(text))
                SetMissing(column, row);
            else if (column.Parse(row, text) is { } expected)
                throw Bad(column, row, $"expected {expected}, found '{(text.Length > 60 ? text[..60] + "…" : text)}'");
        }
    }
}
