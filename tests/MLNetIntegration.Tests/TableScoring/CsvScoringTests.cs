using System.Globalization;
using System.IO.Compression;
using System.Text;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Distributed;
using Toolkit.OnnxExport.Export;
using Toolkit.Tables;

namespace Toolkit.MLNetIntegration.Tests.TableScoring;

/// <summary>Tables of text scored block by block, against sums by hand.</summary>
public sealed class CsvScoringTests : IDisposable
{
    private const int Rows = 300;

    private readonly string folder = Directory.CreateTempSubdirectory("tables").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData(1, 1, false)]
    [InlineData(3, 2, false)]
    [InlineData(2, 1, true)]
    public void Parts_in_their_order_are_the_table_with_scores(int threads, int processes, bool isPacked)
    {
        string table = Write("table.csv", isPacked);
        var totals = new TableScores[processes];
        ThreadGroup.Run(processes, group => totals[group.Rank] = Score(table, Options() with { Threads = threads, Group = group }));
        Assert.All(totals, total => Assert.Equal((Parts.Length, Rows), (total.NewParts, total.NewRows)));
        Assert.True(Parts.Length > 10, $"{Parts.Length} parts");

        CsvRow[] found = [.. Parts.SelectMany(part => CsvFile.Read(part, new()).Skip(1))];
        Assert.Equal(Rows, found.Length);
        Assert.Equal(["note", "sum"], CsvFile.Read(Parts[0], new()).First().Fields);
        for (int row = 0; row < Rows; row++)
            Assert.Equal([Note(row), Sum(row).ToString(CultureInfo.InvariantCulture)], found[row].Fields);
    }

    [Fact]
    public void All_columns_but_those_to_keep_fill_the_only_input()
    {
        string table = Path.Combine(folder, "plain.tsv");
        File.WriteAllText(table, "1\t2\t10\n3\t4\t20\n");
        Score(table, new() { Csv = new() { Separator = '\t', HasHeader = false }, Keep = ["2"] });
        Assert.Equal("2\tsum\n10\t5\n20\t11\n", File.ReadAllText(Assert.Single(Parts)));
    }

    [Fact]
    public void Bad_cells_are_named_by_file_line_and_column()
    {
        Refused("b.csv', line 5, column 'y': expected a finite number within Single, found 'three'", "x,y\n1,2\n\n\"1\n\",2\n3,three\n".Replace("\"1\n\"", "1", StringComparison.Ordinal));
        Refused("b.csv', line 3, column 'x': the value is missing", "x,y\n1,2\nNA,2\n");
        Refused("b.csv', line 4: expected 2 fields as in the first line, found 3", "x,y\n1,2\n1,2\n1,2,3\n");
        Refused("b.csv', line 2, column 'y': expected a finite number within Single, found '1e39'", "x,y\n1,1e39\n");
        Refused("b.csv', line 3, column 3: the file ends within the quote", "x,y\n1,2\n1,\"2\n", "quote that opens in line 3, column 3");
        Refused("b.csv' is empty", "");

        void Refused(string message, string text, string? other = null)
        {
            string table = Path.Combine(folder, "b.csv");
            File.WriteAllText(table, text);
            Directory.CreateDirectory(Path.Combine(folder, "scores"));
            Directory.Delete(Path.Combine(folder, "scores"), recursive: true);
            Assert.Contains(other ?? message, Assert.Throws<DataException>(() => Score(table, new() { Inputs = new Dictionary<string, IReadOnlyList<string>> { ["input"] = ["x", "y"] } })).Message, StringComparison.Ordinal);
        }
    }

    /// <summary>The bad cell of the first block is its last, that of the second its first, which another thread finds sooner.</summary>
    [Fact]
    public void Of_several_bad_cells_the_first_is_named_however_many_threads_there_are()
    {
        string table = Path.Combine(folder, "two.csv");
        string good = string.Concat(Enumerable.Repeat("1,2\n", 20_000));
        File.WriteAllText(table, $"x,y\n{good}first,2\nsecond,2\n{good}");
        DataException error = Assert.Throws<DataException>(() => Score(table, new() { BlockLength = 4 + good.Length + 8, Threads = 2 }));
        Assert.Contains("line 20002, column 'x': expected a finite number within Single, found 'first'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Missing_cells_go_in_as_NaN_where_that_is_allowed()
    {
        string table = Path.Combine(folder, "m.csv");
        File.WriteAllText(table, "x,y\n1,2\n?,2\n3,4\n");
        Score(table, new() { AllowMissing = true });
        Assert.Equal("sum\n5\nNaN\n11\n", File.ReadAllText(Assert.Single(Parts)));
    }

    [Fact]
    public void A_memory_budget_below_a_block_is_refused() =>
        Assert.Contains("BlockLength", Assert.Throws<DataException>(() => Score(Write("table.csv", false), Options() with { MemoryBudget = 2000 })).Message, StringComparison.Ordinal);

    private string[] Parts => [.. Directory.GetFiles(Path.Combine(folder, "scores"), "part-*").Order(StringComparer.Ordinal)];

    private TableScores Score(string table, TableScoringOptions options)
    {
        Variable x = Variable.Input("input", DType.Float32, ["batch", 2]);
        string model = Path.Combine(folder, $"{Guid.NewGuid():N}.onnx");
        File.WriteAllBytes(model, OnnxExporter.Export(new Signature([x], [new Output("sum", Ops.MatMul(x, new Parameter("w", Value.Of([1f, 2f], 2, 1))))])));
        return TableScorer.Score(table, model, Path.Combine(folder, "scores"), options);
    }

    private static TableScoringOptions Options() => new()
    {
        Inputs = new Dictionary<string, IReadOnlyList<string>> { ["input"] = ["x", "y"] },
        Keep = ["note"],
        BlockLength = 256,
        BatchSize = 4,
    };

    private string Write(string name, bool isPacked)
    {
        var text = new StringBuilder("y,note,x\r\n");
        for (int row = 0; row < Rows; row++)
            text.Append(CultureInfo.InvariantCulture, $"{0.5 * row},\"{Note(row).Replace("\"", "\"\"", StringComparison.Ordinal)}\",{row}\r\n");
        string path = Path.Combine(folder, isPacked ? name + ".gz" : name);
        using FileStream file = File.Create(path);
        using Stream stream = isPacked ? new GZipStream(file, CompressionLevel.Fastest) : file;
        stream.Write(Encoding.UTF8.GetBytes(text.ToString()));
        return path;
    }

    private static string Note(int row) => (row % 5) switch { 0 => $"plain {row}", 1 => $"with, comma {row}", 2 => $"two\nlines \"{row}\"", 3 => $"two\nrows {row}", _ => $" spaced {row} " };

    private static float Sum(int row) => row + (2f * 0.5f * row);
}
