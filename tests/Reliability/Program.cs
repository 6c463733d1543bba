using System.Globalization;

namespace Toolkit.Reliability;

/// <summary>
/// <c>dotnet run -c Release --project tests/Reliability -- long [NAME …]</c> runs all harnesses, or those named, in long size and prints a table; <c>short</c>
/// the same in the size of the tests. <c>harness NAME long SEED</c> runs one in this process from a seed. <c>mutant NAME SEED NUMBER</c> reads the one mutant that a failure names, <c>graph SEED NUMBER</c> checks the one graph.
/// Anything else is a command of the test runner.
/// </summary>
internal static class Program
{
    public static async Task<int> Main(string[] args) => args switch
    {
        ["long" or "short", .. var names] => Table.Run(args[0] == "long", names),
        ["harness", var name, var size, .. var seed] => Table.RunOne(name, size == "long", seed is [var given] ? int.Parse(given, CultureInfo.InvariantCulture) : null),
        ["mutant", var name, var seed, var number] => Table.Repeat(name, int.Parse(seed, CultureInfo.InvariantCulture), int.Parse(number, CultureInfo.InvariantCulture)),
        ["graph", var seed, var number] => Table.RepeatGraph(int.Parse(seed, CultureInfo.InvariantCulture), int.Parse(number, CultureInfo.InvariantCulture)),
        ["train", var file, var epochs] => Kills.Children.Train(file, int.Parse(epochs, CultureInfo.InvariantCulture)),
        ["save", var file] => Kills.Children.Save(file),
        ["score", var table, var model, var output] => Kills.Children.Score(table, model, output),
        _ => await Xunit.MicrosoftTestingPlatform.TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions),
    };
}
