using System.Globalization;
using Toolkit.Conformance.Files;

namespace Toolkit.Conformance;

/// <summary>
/// <c>dotnet run -c Release --project tests/Conformance -- DIR [--engine native|ort|both] [--failures FILE] [--passed FILE] [--gradients]</c> runs every case folder below a folder and prints
/// what passed, by suite and by operator, on both engines side by side. <c>files PATH... [--threads N] [--seconds S] [--rows N]</c> takes .onnx files, folders of them and NuGet packages with
/// some all the way, from loading to training and back, and prints a table. Anything else is a command of the test runner.
/// </summary>
internal static class Program
{
    public static async Task<int> Main(string[] args)
    {
        if (args is ["files", .. var rest])
        {
            CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
            if (FileSettings.Of(rest, out string fault) is { } files)
                return FileTable.Run(files, Console.Out);
            await Console.Error.WriteLineAsync(fault);
            return 2;
        }

        if (args is not [var folder, ..] || !Directory.Exists(folder))
            return await Xunit.MicrosoftTestingPlatform.TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions);
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        if (Settings.Of(args, out string error) is not { } settings)
        {
            await Console.Error.WriteLineAsync(error);
            return 2;
        }

        SuiteResult result = SuiteResult.Of(settings);
        Report.Write(result, Console.Out);
        if (settings.Failures is { } file)
            await File.WriteAllLinesAsync(file, Report.Failures(result));
        if (settings.Passed is { } passed)
            await File.WriteAllLinesAsync(passed, Report.Passed(result));
        return 0;
    }
}
