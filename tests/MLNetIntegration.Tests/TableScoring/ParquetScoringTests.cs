using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Distributed;
using Toolkit.OnnxExport.Export;
using Toolkit.OnnxExport.Serving;
using Toolkit.Tables;

namespace Toolkit.MLNetIntegration.Tests.TableScoring;

/// <summary>Parquet tables scored group by group, against a loop over the rows.</summary>
public sealed class ParquetScoringTests : IDisposable
{
    private const int Rows = 230;
    private static readonly int[] GroupLengths = [100, 1, 99, 30];

    private readonly string folder = Directory.CreateTempSubdirectory("tables").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 1)]
    [InlineData(1, 3)]
    public void Scores_are_those_of_a_loop_over_the_rows_for_any_number_of_threads_and_processes(int threads, int processes)
    {
        Write();
        var totals = new TableScores[processes];
        ThreadGroup.Run(processes, group => totals[group.Rank] = Score("scores", Options() with { Threads = threads, Group = group }));
        Assert.All(totals, total => Assert.Equal(new TableScores(4, 4, Rows), total));

        string[] parts = Parts("scores");
        Assert.Equal(["part-0000000000.parquet", "part-0000000001.parquet", "part-0000000002.parquet", "part-0000000003.parquet"], parts.Select(Path.GetFileName));
        Assert.Equal(["id", "name", "when", "count", "sum", "pair.0", "pair.1", "next"], ParquetFiles.Names(parts[0]));
        Assert.Equal(Id.Cast<object?>(), ParquetFiles.Column(parts, "id"));
        Assert.Equal(Name, ParquetFiles.Column(parts, "name"));
        Assert.Equal(When.Select(cell => (object?)cell), ParquetFiles.Column(parts, "when"));
        Assert.Equal(Count.Select(cell => (object?)cell), ParquetFiles.Column(parts, "count"));

        using OnnxSession session = OnnxSession.Load(Path.Combine(folder, "model.onnx"));
        object?[][] found = [ParquetFiles.Column(parts, "sum"), ParquetFiles.Column(parts, "pair.0"), ParquetFiles.Column(parts, "pair.1")];
        object?[] next = ParquetFiles.Column(parts, "next");
        for (int row = 0; row < Rows; row++)
        {
            IReadOnlyList<Value> expected = session.Run(Value.Of([A[row], (float)B[row], Flag[row] ? 1f : 0f], 1, 3), Value.Of([Id[row]], 1), Value.Of([Small[row]], 1, 1));
            Assert.Equal((float)expected[0][0], (float)found[0][row]!, 1e-5f);
            Assert.Equal((float)expected[1][0], (float)found[1][row]!, 1e-5f);
            Assert.Equal((float)expected[1][1], (float)found[2][row]!, 1e-5f);

            // Beyond the whole numbers that a double holds.
            Assert.Equal(Id[row] + 1, next[row]);
        }
    }

    /// <summary>Columns become rows some rows at a time, and eight columns of float32 at once, unless there is one of another type between them; groups, batches and widths of other lengths than
    /// these are whole all the same.</summary>
    [Theory]
    [InlineData(3, 3000)]
    [InlineData(19, 300)]
    [InlineData(300, 100)]
    public void All_columns_of_all_rows_go_in_however_many_there_are(int width, int batch)
    {
        int[] lengths = [2 * batch, batch + 7, 5];
        int rows = lengths.Sum();
        (string Name, Array Cells)[] columns = [.. Enumerable.Range(0, width).Select(c => ($"x{c}", c % 13 == 9 ? (Array)Cells(c).Select(cell => (double)cell).ToArray() : Cells(c)))];
        ParquetFiles.Write(Path.Combine(folder, "wide.parquet"), lengths, columns);
        Variable x = Variable.Input("x", DType.Float32, ["batch", width]);
        File.WriteAllBytes(Path.Combine(folder, "twice.onnx"), OnnxExporter.Export(new Signature([x], [new Output("twice", x * 2)])));
        TableScorer.Score(Path.Combine(folder, "wide.parquet"), Path.Combine(folder, "twice.onnx"), Path.Combine(folder, "wide"), new TableScoringOptions { BatchSize = batch });
        string[] parts = Parts("wide");
        for (int c = 0; c < width; c++)
            Assert.Equal(Cells(c).Select(cell => (object?)(2f * cell)), ParquetFiles.Column(parts, $"twice.{c}"));

        float[] Cells(int c) => [.. Enumerable.Range(0, rows).Select(row => (float)((row * 31) + (c * 7)))];
    }

    [Fact]
    public void The_order_of_names_is_that_of_the_groups_however_many_there_are()
    {
        var parts = new PartFolder("scores", ".csv");
        string[] paths = [.. new[] { 0, 9, 99_999, 100_000, 1_000_000_000, int.MaxValue }.Select(parts.Path)];
        Assert.Equal(paths, paths.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Parts_are_the_same_bytes_for_any_number_of_threads_and_processes()
    {
        Write();
        Score("one", Options() with { Threads = 1 });
        ThreadGroup.Run(2, group => Score("two", Options() with { Threads = 2, Group = group, MemoryBudget = 1 << 20 }));
        foreach ((string one, string two) in Parts("one").Zip(Parts("two")))
            Assert.Equal(File.ReadAllBytes(one), File.ReadAllBytes(two));
    }

    [Fact]
    public void What_is_there_is_not_made_again_and_what_is_missing_is()
    {
        Write();
        Score("scores", Options());
        byte[][] whole = [.. Parts("scores").Select(File.ReadAllBytes)];
        Assert.Equal(new TableScores(4, 0, 0), Score("scores", Options()));
        File.Delete(Parts("scores")[2]);
        File.WriteAllText(Parts("scores")[0], "not touched");
        Assert.Equal(new TableScores(4, 1, 99), Score("scores", Options() with { Threads = 1, MemoryBudget = 1 << 20 }));
        Assert.Equal("not touched", File.ReadAllText(Parts("scores")[0]));
        Assert.Equal(whole[2], File.ReadAllBytes(Parts("scores")[2]));
    }

    [Fact]
    public void Each_part_is_told_when_it_is_there()
    {
        Write();
        var told = new Log();
        Score("scores", Options() with { Threads = 1, Progress = told });
        Assert.Equal([new TableScores(1, 1, 100), new TableScores(2, 2, 101), new TableScores(3, 3, 200), new TableScores(4, 4, Rows)], told.Scores);

        var side = new Log();
        Score("other", Options() with { Threads = 3, Progress = side });
        Assert.Equal([1L, 2L, 3L, 4L], side.Scores.Select(scores => scores.NewParts));
        Assert.Equal(Rows, side.Scores[^1].NewRows);
    }

    [Fact]
    public void Cells_of_each_type_have_texts()
    {
        string path = Path.Combine(folder, "texts.parquet");
        DateTime?[] when = [new DateTime(2020, 1, 31, 18, 0, 0, 500, DateTimeKind.Utc), null, new DateTime(1999, 12, 31, 0, 0, 0, DateTimeKind.Utc)];
        long[] id = [9007199254740993, long.MinValue, 0];
        short[] small = [-7, 0, 32767];
        bool[] flag = [true, false, true];
        int?[] count = [null, -1, 12];
        ParquetFiles.Write(path, [2, 1], ("id", id), ("small", small), ("flag", flag), ("count", count), ("when", when));
        Assert.Equal(
            [
                "id|small|flag|count|when", "9007199254740993|-7|true||2020-01-31T18:00:00.5", "-9223372036854775808|0|false|-1|", "0|32767|true|12|1999-12-31T00:00:00",
            ],
            ParquetFile.ReadText(path).Select(row => string.Join('|', row.Fields)));
    }

    [Fact]
    public void Parts_of_another_model_table_or_options_are_refused()
    {
        Write();
        Score("scores", Options());
        Refused("options", Options() with { BatchSize = 63 });
        Refused("options", Options() with { Keep = ["id"] });
        Refused("options", Options() with { AllowMissing = true });
        File.WriteAllBytes(Path.Combine(folder, "model.onnx"), OnnxExporter.Export(Model(scale: 3f)));
        Refused("model", Options());
        File.WriteAllBytes(Path.Combine(folder, "model.onnx"), OnnxExporter.Export(Model(scale: 2f)));
        Score("scores", Options());
        A[5] += 1f;
        Write();
        Refused("table", Options());

        File.Delete(Path.Combine(folder, "scores", "_scoring.json"));
        Refused("_scoring.json", Options());

        void Refused(string what, TableScoringOptions options) => Assert.Contains(what, Assert.Throws<DataException>(() => Score("scores", options)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Processes_with_other_options_are_refused()
    {
        Write();
        ProcessGroupException e = Assert.Throws<ProcessGroupException>(() => ThreadGroup.Run(2, group => Score("scores", Options() with { BatchSize = 10 + group.Rank, Group = group })));
        Assert.Contains("rank 1 differs from rank 0 in options", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_cell_is_named_by_file_row_and_column_and_the_other_groups_are_scored()
    {
        A[150] = float.NaN;
        Write();
        DataException e = Assert.Throws<DataException>(() => Score("scores", Options() with { Threads = 1 }));
        Assert.Contains("table.parquet', row 150 (row group 2), column 'a': the value is missing", e.Message, StringComparison.Ordinal);
        Assert.Equal(["part-0000000000.parquet", "part-0000000001.parquet"], Parts("scores").Select(Path.GetFileName));

        Score("allowed", Options() with { AllowMissing = true });
        object?[] sums = ParquetFiles.Column(Parts("allowed"), "sum");
        Assert.Equal([150], Enumerable.Range(0, Rows).Where(row => float.IsNaN((float)sums[row]!)));
    }

    [Fact]
    public void Nullable_columns_fill_inputs_and_their_gaps_are_missing_cells()
    {
        float?[] gaps = [.. A.Select((a, row) => row is 7 or 99 or 229 ? (float?)null : a)];
        Write(gaps);
        Assert.Contains("row 7 (row group 0), column 'a'", Assert.Throws<DataException>(() => Score("scores", Options() with { Threads = 1 })).Message, StringComparison.Ordinal);
        Score("allowed", Options() with { AllowMissing = true });
        Write();
        Score("whole", Options());
        object?[] found = ParquetFiles.Column(Parts("allowed"), "sum"), expected = ParquetFiles.Column(Parts("whole"), "sum");
        for (int row = 0; row < Rows; row++)
            Assert.True(gaps[row] is null ? float.IsNaN((float)found[row]!) : found[row]!.Equals(expected[row]), $"row {row}");
    }

    [Fact]
    public void Numbers_outside_of_an_inputs_type_are_named()
    {
        B[120] = 1e39;
        Write();
        Assert.Contains("row 120 (row group 2), column 'b': expected a number within Float", Message(Options()), StringComparison.Ordinal);
        B[120] = 1;
        Write();
        TableScoringOptions fraction = Options() with { Inputs = new Dictionary<string, IReadOnlyList<string>>(Options().Inputs) { ["k"] = ["b"] } };
        Assert.Contains("row 1 (row group 0), column 'b': expected a number within Int64", Message(fraction), StringComparison.Ordinal);
    }

    [Fact]
    public void Columns_that_do_not_fit_are_refused_before_anything_is_written()
    {
        Write();
        Refused("Expected 3 columns for the input \"x\"", Options() with { Inputs = With("x", "a", "b") });
        Refused("Expected one column \"c\", found 0 among \"id\"", Options() with { Inputs = With("x", "a", "b", "c") });
        Refused("inputs of the model, of \"x\", \"k\", \"s\", found \"y\"", Options() with { Inputs = With("y", "a") });
        Refused("found \"name\" of texts", Options() with { Inputs = With("x", "a", "b", "name") });
        Refused("Expected a column \"s\" for the input of this name", Options() with { Inputs = Options().Inputs.Where(input => input.Key != "s").ToDictionary() });
        Refused("outputs of the model", Options() with { Outputs = ["product"] });
        Refused("found \"sum\" twice", Options() with { Outputs = ["sum", "sum"] });
        Assert.Contains("MemoryBudget", Assert.Throws<DataException>(() => Score("scores", Options() with { MemoryBudget = 1000 })).Message, StringComparison.Ordinal);
        Assert.Empty(Parts("scores"));

        static Dictionary<string, IReadOnlyList<string>> With(string input, params string[] columns) => new(Options().Inputs) { [input] = columns };
        void Refused(string message, TableScoringOptions options) => Assert.Contains(message, Assert.Throws<ArgumentException>(() => Score("scores", options)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_file_is_named()
    {
        Write();
        string path = Path.Combine(folder, "table.parquet");
        byte[] bytes = File.ReadAllBytes(path);
        File.WriteAllBytes(path, bytes[..^100]);
        Assert.Contains("table.parquet' cannot be read as Parquet", Message(Options()), StringComparison.Ordinal);
        bytes.AsSpan(4, 200).Fill(0xEE);
        File.WriteAllBytes(path, bytes);
        Assert.Contains("table.parquet' cannot be read as Parquet", Message(Options()), StringComparison.Ordinal);
    }

    private string Message(TableScoringOptions options) => Assert.Throws<DataException>(() => Score(Path.GetRandomFileName(), options with { Threads = 1 })).Message;

    private TableScores Score(string output, TableScoringOptions options) =>
        TableScorer.Score(Path.Combine(folder, "table.parquet"), Path.Combine(folder, "model.onnx"), Path.Combine(folder, output), options);

    private string[] Parts(string output) => Directory.Exists(Path.Combine(folder, output)) ? [.. Directory.GetFiles(Path.Combine(folder, output), "part-*").Order(StringComparer.Ordinal)] : [];

    private static TableScoringOptions Options() => new()
    {
        Inputs = new Dictionary<string, IReadOnlyList<string>> { ["x"] = ["a", "b", "flag"], ["k"] = ["id"], ["s"] = ["small"] },
        Keep = ["id", "name", "when", "count"],
        BatchSize = 64,
    };

    private float[] A { get; } = [.. Enumerable.Range(0, Rows).Select(row => MathF.Sin(row))];

    private double[] B { get; } = [.. Enumerable.Range(0, Rows).Select(row => Math.Cos(row))];

    private static bool[] Flag { get; } = [.. Enumerable.Range(0, Rows).Select(row => row % 3 == 1)];

    private static long[] Id { get; } = [.. Enumerable.Range(0, Rows).Select(row => (1L << 60) + (7 * row))];

    private static short[] Small { get; } = [.. Enumerable.Range(0, Rows).Select(row => (short)(row - 100))];

    private static string?[] Name { get; } = [.. Enumerable.Range(0, Rows).Select(row => row % 7 == 3 ? null : $"row {row % 11}")];

    private static DateTime?[] When { get; } = [.. Enumerable.Range(0, Rows).Select(row => row % 5 == 0 ? (DateTime?)null : new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc).AddHours(row))];

    private static int?[] Count { get; } = [.. Enumerable.Range(0, Rows).Select(row => row % 4 == 2 ? (int?)null : row)];

    private void Write(Array? a = null)
    {
        File.WriteAllBytes(Path.Combine(folder, "model.onnx"), OnnxExporter.Export(Model(scale: 2f)));
        ParquetFiles.Write(
            Path.Combine(folder, "table.parquet"), GroupLengths,
            ("id", Id), ("a", a ?? A), ("name", Name), ("b", B), ("flag", Flag), ("when", When), ("small", Small), ("count", Count));
    }

    /// <summary>Inputs of three types; a number, two numbers and a whole number for each row.</summary>
    private static Signature Model(float scale)
    {
        Variable x = Variable.Input("x", DType.Float32, ["batch", 3]), k = Variable.Input("k", DType.Int64, ["batch"]), s = Variable.Input("s", DType.Int16, ["batch", 1]);
        var w = new Parameter("w", Value.Of([0.5f, -1f, scale], 3, 1));
        Variable sum = Ops.MatMul(x, w), pair = Ops.MatMul(x, new Parameter("v", Value.Of([1f, 2f, 3f, 4f, 5f, 6f], 3, 2))) + (0.01f * s.Cast(DType.Float32));
        return new Signature([x, k, s], [new Output("sum", sum), new Output("pair", pair), new Output("next", k + 1)]);
    }

    private sealed class Log : IProgress<TableScores>
    {
        public List<TableScores> Scores { get; } = [];

        public void Report(TableScores value) => Scores.Add(value);
    }
}
