using System.Globalization;
using System.Text.Json.Nodes;
using Toolkit.Autograd.Tests;
using Toolkit.Modeling;
using Toolkit.Modeling.Data;
using Toolkit.MLNetIntegration.Tests.TableScoring;
using Toolkit.MpiJob;

namespace Toolkit.Tool.Tests;

/// <summary>Parquet tables, and tables scored part by part, against the same rows as CSV at once.</summary>
public sealed class PartCommandTests : IDisposable
{
    private static readonly string[] Places = ["bay", "coast", "in, land"];

    private readonly TemporaryFolder folder = new();
    private readonly float[] sizes;
    private readonly string?[] places;
    private readonly string[] kinds;
    private readonly string csv, parquet, model;

    public PartCommandTests()
    {
        var random = new RandomSource(11);
        sizes = [.. Enumerable.Range(0, 120).Select(i => i == 17 ? float.NaN : (float)random.NextUniform(20, 120))];
        places = [.. sizes.Select((_, i) => i == 40 ? null : Places[random.NextInt32(3)])];
        kinds = [.. sizes.Select(size => size > 70 ? "large" : "little")];
        (csv, parquet, model) = (folder.File("table.csv"), folder.File("table.parquet"), folder.File("model.onnx"));
        File.WriteAllLines(csv, ["size,place,kind", .. sizes.Select((size, i) => $"{(float.IsNaN(size) ? "" : size.ToString(CultureInfo.InvariantCulture))},{(places[i] is { } place ? $"\"{place}\"" : "")},{kinds[i]}")]);
        ParquetFiles.Write(parquet, [50, 40, 30], ("size", sizes), ("place", places), ("kind", kinds));
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_table_of_Parquet_gives_the_model_the_measures_and_the_scores_of_the_same_table_of_text()
    {
        string other = folder.File("other.onnx");
        await ToolRun.JsonOfAsync("train", csv, "--out", model, "--epochs", "2", "--hidden", "4");
        await ToolRun.JsonOfAsync("train", parquet, "--out", other, "--epochs", "2", "--hidden", "4");
        Assert.Equal(await Bytes(model), await Bytes(other));
        JsonObject text = await ToolRun.JsonOfAsync("evaluate", csv, "--model", model), columns = await ToolRun.JsonOfAsync("evaluate", parquet, "--model", model);
        Assert.Equal(text.ToJsonString(), columns.ToJsonString());
        await ToolRun.JsonOfAsync("score", csv, "--model", model, "--out", folder.File("text.csv"));
        await ToolRun.JsonOfAsync("score", parquet, "--model", model, "--out", folder.File("columns.csv"));
        Assert.Equal(await Bytes(folder.File("text.csv")), await Bytes(folder.File("columns.csv")));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Parts_have_the_scores_and_classes_of_the_table_at_once(bool isParquet)
    {
        string parts = folder.File("parts");
        await ToolRun.JsonOfAsync("train", csv, "--out", model, "--epochs", "5", "--hidden", "4", "--learning-rate", "0.05");
        await ToolRun.JsonOfAsync("score", csv, "--model", model, "--out", folder.File("scores.csv"));
        JsonObject report = await ToolRun.JsonOfAsync("score", isParquet ? parquet : csv, "--model", model, "--parts", parts, "--keep", "size", "kind");
        Assert.Equal((120, isParquet ? 3 : 1), ((int)report["rows"]!, (int)report["parts"]!));
        string[] files = [.. Directory.GetFiles(parts, "part-*").Order(StringComparer.Ordinal)];
        CsvRow[] expected = [.. CsvFile.Read(folder.File("scores.csv"), new()).Skip(1)];
        CsvRow[] found = [.. files.SelectMany(file => (isParquet ? Tables.ParquetFile.ReadText(file) : CsvFile.Read(file, new())).Skip(1))];
        Assert.Equal(["size", "kind", "Score", "Score.large", "Score.little"], (isParquet ? Tables.ParquetFile.ReadText(files[0]) : CsvFile.Read(files[0], new())).First().Fields);
        Assert.Equal(120, found.Length);
        for (int i = 0; i < 120; i++)
        {
            Assert.Equal(kinds[i], found[i].Fields[1]);
            Assert.Equal(expected[i].Fields[0], found[i].Fields[2]);
            for (int c = 1; c < 3; c++)
                Assert.Equal(float.Parse(expected[i].Fields[c], CultureInfo.InvariantCulture), float.Parse(found[i].Fields[c + 2], CultureInfo.InvariantCulture), 1e-6f);
        }

        // What is there is not made again.
        File.Delete(files[^1]);
        JsonObject rest = await ToolRun.JsonOfAsync("score", isParquet ? parquet : csv, "--model", model, "--parts", parts, "--keep", "size", "kind");
        Assert.Equal((isParquet ? 30 : 120, 1), ((int)rest["rows"]!, (int)rest["newParts"]!));
    }

    /// <summary>The parts of one process, byte for byte, and one report.</summary>
    [Fact]
    public async Task Several_processes_share_the_parts()
    {
        string? launcher = Launch.Found("mpirun");
        Assert.SkipWhen(launcher is null, "There is no MPI on this machine: mpirun was not found.");
        string alone = folder.File("alone"), together = folder.File("together");
        await ToolRun.JsonOfAsync("train", csv, "--out", model, "--epochs", "2", "--hidden", "4");
        await ToolRun.JsonOfAsync("score", parquet, "--model", model, "--parts", alone, "--keep", "size");
        LaunchOutcome outcome = await Launch.MpiAsync(
            launcher!,
            2,
            [typeof(CommandLine).Assembly.Location, "score", parquet, "--model", model, "--parts", together, "--keep", "size", "--json"],
            TestContext.Current.SendDiagnosticMessage,
            TestContext.Current.CancellationToken);
        Assert.True(outcome.ExitCode == 0, outcome.Output);
        Assert.Equal(1, outcome.Output.Count(letter => letter == '{'));
        JsonObject report = JsonNode.Parse(outcome.Output[outcome.Output.IndexOf('{', StringComparison.Ordinal)..(outcome.Output.LastIndexOf('}') + 1)])!.AsObject();
        Assert.Equal((120, 3, 3), ((int)report["rows"]!, (int)report["newParts"]!, (int)report["parts"]!));
        string[] expected = [.. Directory.GetFiles(alone, "part-*").Order(StringComparer.Ordinal)], found = [.. Directory.GetFiles(together, "part-*").Order(StringComparer.Ordinal)];
        Assert.Equal(expected.Select(Path.GetFileName), found.Select(Path.GetFileName));
        foreach ((string one, string two) in expected.Zip(found))
            Assert.Equal(await Bytes(one), await Bytes(two));
    }

    [Fact]
    public async Task A_model_of_another_program_reads_the_columns_that_are_neither_kept_nor_passed_over()
    {
        string numbers = folder.File("numbers.csv"), parts = folder.File("parts"), classifier = SmallFiles.Classifier(folder);
        await File.WriteAllTextAsync(numbers, "id,a,b,note,c,d\n7,1,2,x,3,4\n8,5,6,y,7,8\n", TestContext.Current.CancellationToken);
        await ToolRun.JsonOfAsync("score", numbers, "--model", classifier, "--ignore", "id", "note", "--out", folder.File("scores.csv"));
        await ToolRun.JsonOfAsync("score", numbers, "--model", classifier, "--ignore", "note", "--keep", "id", "--parts", parts);
        string[] expected = await File.ReadAllLinesAsync(folder.File("scores.csv"), TestContext.Current.CancellationToken);
        string[] found = await File.ReadAllLinesAsync(Path.Combine(parts, "part-0000000000.csv"), TestContext.Current.CancellationToken);
        Assert.Equal(["id,output.0,output.1,output.2", $"7,{expected[1]}", $"8,{expected[2]}"], found);
    }

    /// <summary>A job of one process, as a script with a number of processes may start, is alone.</summary>
    [Fact]
    public async Task One_process_of_a_launcher_writes_a_file()
    {
        const string Processes = "OMPI_COMM_WORLD_SIZE";
        Environment.SetEnvironmentVariable(Processes, "1");
        try
        {
            await File.WriteAllTextAsync(csv, "a,b,c,d\n1,2,3,4\n", TestContext.Current.CancellationToken);
            JsonObject report = await ToolRun.JsonOfAsync("score", csv, "--model", SmallFiles.Classifier(folder), "--out", folder.File("scores.csv"));
            Assert.Equal(1, (int)report["rows"]!);
        }
        finally
        {
            Environment.SetEnvironmentVariable(Processes, null);
        }
    }

    [Fact]
    public async Task What_does_not_go_together_is_refused()
    {
        await Refused($"Expected --out or --parts, found both.", "--out", folder.File("x.csv"), "--parts", folder.File("parts"));
        await Refused($"Expected --keep with --parts, found it alone.", "--keep", "size");
        await Refused("has no column 'sise'", "--parts", folder.File("parts"), "--keep", "sise");
        await File.WriteAllBytesAsync(parquet, [1, 2, 3], TestContext.Current.CancellationToken);
        ToolRun damaged = await ToolRun.OfAsync("train", parquet, "--out", model);
        Assert.Contains("table.parquet' cannot be read as Parquet", damaged.Error, StringComparison.Ordinal);

        async Task Refused(string fault, params string[] options)
        {
            ToolRun run = await ToolRun.OfAsync(["score", csv, "--model", SmallFiles.Classifier(folder), .. options]);
            Assert.Equal(CommandLine.Failed, run.Code);
            Assert.Contains(fault, run.Error, StringComparison.Ordinal);
        }
    }

    private static Task<byte[]> Bytes(string path) => File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);
}
