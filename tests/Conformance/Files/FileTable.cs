using System.Globalization;

namespace Toolkit.Conformance.Files;

/// <summary>The table of files.</summary>
internal static class FileTable
{
    public static int Run(FileSettings settings, TextWriter output)
    {
        output.WriteLine("| File | Written by | Opset | Operators | Nodes | Parameters | Difference | Descent | Step | Trained | Rows/s | ONNX Runtime | Ratio |");
        output.WriteLine("|---|---|---|---|---|---|---|---|---|---|---|---|---|");
        int files = 0, whole = 0;
        var failures = new List<string>();
        foreach (ModelSource source in ModelSource.Find(settings.Paths))
        {
            FileResult result = FileTrial.Run(source, settings);
            files++;
            whole += result.Failures.Count == 0 ? 1 : 0;
            failures.AddRange(result.Failures.Select(failure => $"{result.Name}: {failure}"));
            output.WriteLine(Row(result));
            output.Flush();
        }

        failures.ForEach(output.WriteLine);
        output.WriteLine($"RESULT whole={whole}/{files}");
        return whole == files ? 0 : 1;
    }

    private static string Row(FileResult result) => string.Create(
        CultureInfo.InvariantCulture,
        $"| `{result.Name}` | {result.Producer} | {result.Opset} | {result.Operators} | {result.Nodes} | {result.Parameters} | {Small(result.Difference)} | {Number(result.Descent, "F2")} | {Small(result.StepDifference)} | {Small(result.TrainedDifference)} | {Number(result.OwnRate, "F0")} | {Number(result.RuntimeRate, "F0")} | {Number(result.OwnRate / result.RuntimeRate, "F2")} |");

    private static string Small(double number) => Number(number, "0.0e0");

    private static string Number(double number, string format) => double.IsNaN(number) ? "–" : number.ToString(format, CultureInfo.InvariantCulture);
}
