using System.Globalization;

namespace Toolkit.Conformance;

/// <summary>
/// <c>dotnet run -c Release --project tests/Conformance -- DIR [--engine native|ort|both] [--failures FILE] [--gradients]</c> runs every case folder below a folder and prints
/// what passed, by suite and by operator, on both engines side by side. Anything else is a command of the test runner.
/// </summary>
internal static class Program
{
    public static async Task<int> Main(string[] args)
    {
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
        return 0;
    }
}
