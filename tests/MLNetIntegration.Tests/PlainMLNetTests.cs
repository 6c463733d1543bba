using System.Diagnostics;
using System.Globalization;
using Microsoft.ML;
using Toolkit.MLNetIntegration.Scoring;
using Toolkit.MLNetIntegration.Tests.Scoring;
using Toolkit.MLNetIntegration.Tests.Training;
using Toolkit.MLNetIntegration.Training;
using Toolkit.Modeling;
using Toolkit.Modeling.Modules;
using Toolkit.PlainMLNet;
using static Toolkit.OnnxExport.Format.TensorProto.Types;

namespace Toolkit.MLNetIntegration.Tests;

/// <summary>A saved pipeline in a process that has Microsoft.ML and Microsoft.ML.OnnxTransformer, and nothing of the toolkit.</summary>
public sealed class PlainMLNetTests : IDisposable
{
    private readonly MLContext ml = new(seed: 1);
    private readonly string folder = Directory.CreateTempSubdirectory().FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Saved_pipelines_give_the_same_columns_in_a_program_without_the_toolkit()
    {
        TrainingData.Row[] rows = TrainingData.Rows(200);
        IDataView data = TrainingData.Keyed(ml, rows);
        NeuralNetworkOptions options = new() { FeatureColumns = ["Pair"], LabelColumn = "Kind", HiddenUnits = [8], Epochs = 5, Seed = 1 };
        IEstimator<ITransformer>[] pipelines =
        [
            ml.Transforms.NormalizeMinMax("Pair").Append(ml.MulticlassClassification.NeuralNetwork(options)),
            ml.MulticlassClassification.NeuralNetwork(options with { LabelColumn = "Grade" }),
            ml.BinaryClassification.NeuralNetwork(options with { LabelColumn = "IsRight" }),
            ml.Regression.NeuralNetwork(options with { LabelColumn = "Target" }),
            ml.Regression.HeteroscedasticNeuralNetwork(options with { LabelColumn = "Noisy" }),

            // Numbers, keys and words beside each other, each an input of its own.
            ml.Transforms.Conversion.MapValueToKey("Place", "Name").Append(ml.Regression.NeuralNetwork(options with
            {
                LabelColumn = "Target",
                FeatureColumns = ["Count", "Place", "Words", "Pair"],
                ColumnOptions = new Dictionary<string, ColumnOptions> { ["Words"] = new ColumnOptions { HashBits = 4 } },
            })),

            // Two networks, of which the second leaves the first one's columns alone.
            ml.Regression.NeuralNetwork(options with { LabelColumn = "Target" }).Append(ml.ScoreOnnx(Logits(1), new ScoreOnnxOptions
            {
                Inputs = Pair,
                Outputs = new Dictionary<string, string> { ["output"] = "Points" },
                Prediction = new PredictionOptions { Task = PredictionTask.Binary, Threshold = 0.3, ProbabilityColumn = "Chance", PredictedLabelColumn = "Verdict" },
            })),
            ml.ScoreOnnx(Logits(3), new ScoreOnnxOptions
            {
                Inputs = Pair,
                Outputs = new Dictionary<string, string> { ["output"] = "Logits" },
                Prediction = new PredictionOptions
                {
                    Task = PredictionTask.Multiclass,
                    ScoresAreLogits = true,
                    LabelColumn = "Kind",
                    ProbabilityColumn = "Score",
                    PredictedLabelAsText = true,
                },
            }),
            ml.ScoreOnnx(Logits(3), new ScoreOnnxOptions { Inputs = Pair, Prediction = new PredictionOptions { Task = PredictionTask.Multiclass } }),
            ml.ScoreOnnx(
                RawModel.Identity(RawModel.Tensor("h", DataType.Float16, "n", 2), RawModel.Tensor("b", DataType.Bfloat16, "n", 2)),
                new ScoreOnnxOptions { Inputs = new Dictionary<string, IReadOnlyList<string>> { ["h"] = ["Pair"], ["b"] = ["Pair"] } }),
        ];

        string text = Path.Combine(folder, "rows.txt");
        await File.WriteAllLinesAsync(text, rows.Select(r => string.Create(CultureInfo.InvariantCulture, $"{r.Pair[0]:R}\t{r.Pair[1]:R}\t{r.Count}\t{r.Name}\t{r.Words}")), TestContext.Current.CancellationToken);
        var expected = new List<string>();
        string[] own = [.. data.Schema.Select(c => c.Name)];
        string[] files = [.. pipelines.Select((_, i) => Path.Combine(folder, $"{i}.zip"))];
        for (int i = 0; i < files.Length; i++)
        {
            ITransformer model = pipelines[i].Fit(data);
            ml.Model.Save(model, data.Schema, files[i]);
            string[] columns = [.. Columns.Of(model.Transform(data), own)];
            expected.AddRange([$"# {files[i]}", .. columns]);
            (model as IDisposable)?.Dispose();

            // The batched transformer comes back with the same columns.
            ITransformer batched = ml.LoadBatched(files[i], out _);
            Assert.Equal(columns, Columns.Of(batched.Transform(data), own));
            (batched as IDisposable)?.Dispose();
        }

        string[] found = await Run([text, .. files]);
        Assert.Equal(expected.Select(l => l.Split('\t')[0]), found.Select(l => l.Split('\t')[0]));
        Assert.All(expected.Zip(found), p => AssertSame(p.First.Split('\t'), p.Second.Split('\t')));
        string[][] score = [.. found.Select(l => l.Split('\t')).Where(l => l[0] == "Score")];
        Assert.Equal(
            ["Vector<Single, 3>/left middle right", "Vector<Single, 5>/1 2 3 4 5", "Single/", "Single/", "Single/", "Single/", "Single/", "Vector<Single, 3>/left middle right"],
            score.Select(s => $"{s[1]}/{s[2]}"));
    }

    private static Dictionary<string, IReadOnlyList<string>> Pair => new() { ["input"] = ["Pair"] };

    /// <summary>Pairs lie around (0, 100).</summary>
    private static Sequential Logits(int outputs) => new(new Dense(2, outputs, new RandomSource(4)));

    /// <summary>Everything alike but numbers, which may differ by 1e-6, relative to those above 1.</summary>
    private static void AssertSame(string[] expected, string[] found)
    {
        // Vectors that no stock model hands through keep the batch, 1, among their dimensions.
        found = [.. found.Select(f => f.Replace("<Single, 1, ", "<Single, ", StringComparison.Ordinal))];
        Assert.Equal(expected[..Math.Min(4, expected.Length)], found[..Math.Min(4, found.Length)]);
        Assert.Equal(expected.Length, found.Length);
        foreach ((string a, string b) in expected.Skip(4).Zip(found.Skip(4)))
        {
            string[] left = a.Split(' '), right = b.Split(' ');
            Assert.Equal(left.Length, right.Length);
            foreach ((string x, string y) in left.Zip(right))
            {
                if (!float.TryParse(x, CultureInfo.InvariantCulture, out float number))
                {
                    Assert.Equal(x, y);
                    continue;
                }

                Assert.Equal(number, float.Parse(y, CultureInfo.InvariantCulture), 1e-6f * Math.Max(1, Math.Abs(number)));
            }
        }
    }

    private static async Task<string[]> Run(string[] arguments)
    {
        string program = Program();
        string[] loaded = [.. Directory.GetFiles(Path.GetDirectoryName(program)!, "Toolkit.*.dll").Select(f => Path.GetFileName(f))];
        Assert.Equal(["Toolkit.PlainMLNet.dll"], loaded);
        using Process process = Process.Start(new ProcessStartInfo(Dotnet(), [program, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, await errors);
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>The program is built beside the tests: ../PlainMLNet/bin/CONFIGURATION/FRAMEWORK.</summary>
    private static string Program()
    {
        var output = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        string path = Path.Combine(
            output.Parent!.Parent!.Parent!.Parent!.FullName, "PlainMLNet", "bin", output.Parent.Name, output.Name, "Toolkit.PlainMLNet.dll");
        Assert.True(File.Exists(path), $"Expected the program at {path}.");
        return path;
    }

    /// <summary>The dotnet that runs these tests: its shared framework lies in ROOT/shared/Microsoft.NETCore.App/VERSION.</summary>
    private static string Dotnet()
    {
        string root = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "..", "..", ".."));
        return Path.Combine(root, OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet");
    }
}
