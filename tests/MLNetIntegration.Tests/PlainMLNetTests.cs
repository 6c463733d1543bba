using System.Diagnostics;
using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using Toolkit.MLNetIntegration.Tests.Training;
using Toolkit.MLNetIntegration.Training;

namespace Toolkit.MLNetIntegration.Tests;

/// <summary>A saved pipeline in a process that has Microsoft.ML and Microsoft.ML.OnnxTransformer, and nothing of the toolkit.</summary>
public sealed class PlainMLNetTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory().FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task A_saved_pipeline_scores_the_same_in_a_program_without_the_toolkit()
    {
        var ml = new MLContext(seed: 1);
        TrainingData.Row[] rows = TrainingData.Rows(200);
        IDataView data = TrainingData.Keyed(ml, rows);
        using var model = ml.Transforms.NormalizeMinMax("Pair").Append(ml.MulticlassClassification.NeuralNetwork(
            new NeuralNetworkOptions { FeatureColumns = ["Pair"], LabelColumn = "Kind", HiddenUnits = [8], Epochs = 5, Seed = 1 })).Fit(data);
        string file = Path.Combine(folder, "model.zip"), text = Path.Combine(folder, "rows.txt");
        ml.Model.Save(model, data.Schema, file);
        await File.WriteAllLinesAsync(text, rows.Select(r => string.Create(CultureInfo.InvariantCulture, $"{r.Pair[0]:R}\t{r.Pair[1]:R}")), TestContext.Current.CancellationToken);

        string program = Program();
        string[] loaded = [.. Directory.GetFiles(Path.GetDirectoryName(program)!, "Toolkit.*.dll").Select(f => Path.GetFileName(f))];
        Assert.Equal(["Toolkit.PlainMLNet.dll"], loaded);
        using Process process = Process.Start(new ProcessStartInfo(Dotnet(), [program, file, text]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, await errors);
        float[][] found = [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split('\t').Select(c => float.Parse(c, CultureInfo.InvariantCulture)).ToArray())];
        float[][] expected = [.. model.Transform(data).GetColumn<float[]>("Score")];
        Assert.Equal(expected.Length, found.Length);
        for (int i = 0; i < found.Length; i++)
        {
            Assert.All(expected[i].Zip(found[i]), p => Assert.Equal(p.First, p.Second, 1e-6f));
        }
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
