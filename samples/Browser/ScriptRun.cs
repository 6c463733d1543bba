using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Toolkit.Samples.Browser;

/// <summary>What a training in JavaScript came to.</summary>
/// <param name="Losses">The loss of each step.</param>
/// <param name="Accuracy">The share of other digits that the trained model classifies rightly.</param>
/// <param name="Rate">Steps per second.</param>
public sealed record ScriptRun(double[] Losses, double Accuracy, double Rate)
{
    /// <summary>Where <c>npm install</c> puts onnxruntime-web; null if it is not there.</summary>
    /// <param name="sample">The folder of this sample.</param>
    public static string? Package(string sample) => Existing(Path.Combine(sample, "node_modules", "onnxruntime-web", "dist"));

    /// <summary>The first of some programs that the machine has; null if it has none.</summary>
    /// <param name="names">Their names.</param>
    public static string? Program(params IReadOnlyList<string> names) => names
        .SelectMany(name => (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(Path.PathSeparator).Select(folder => Path.Combine(folder, name)))
        .FirstOrDefault(File.Exists);

    /// <summary>Opens the page in a browser without a window and waits until it has trained.</summary>
    /// <param name="browser">The program, Chromium or Chrome.</param>
    /// <param name="site">The site with the page.</param>
    /// <param name="steps">How many steps.</param>
    /// <param name="limit">How long it may take.</param>
    /// <exception cref="InvalidOperationException">The page reports an error.</exception>
    /// <exception cref="TimeoutException">It takes longer.</exception>
    public static async Task<ScriptRun> InBrowser(string browser, Site site, int steps, TimeSpan limit)
    {
        string profile = Directory.CreateTempSubdirectory("toolkit-browser-").FullName;
        using Process process = Start(
            browser,
            null,
            ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", $"--user-data-dir={profile}", new Uri(site.Address, $"?steps={steps}").AbsoluteUri]);
        try
        {
            return Read(await site.Result.WaitAsync(limit).ConfigureAwait(false));
        }
        finally
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync().ConfigureAwait(false);
            Directory.Delete(profile, recursive: true);
        }
    }

    /// <summary>Trains under Node.</summary>
    /// <param name="node">The program.</param>
    /// <param name="sample">The folder of this sample.</param>
    /// <param name="files">The folder of the exported files.</param>
    /// <param name="steps">How many steps.</param>
    /// <exception cref="InvalidOperationException">Node reports an error.</exception>
    public static async Task<ScriptRun> InNode(string node, string sample, string files, int steps)
    {
        using Process process = Start(node, sample, ["node.mjs", Path.GetFullPath(files), steps.ToString(CultureInfo.InvariantCulture)]);
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync().ConfigureAwait(false);
        await process.WaitForExitAsync().ConfigureAwait(false);
        return process.ExitCode == 0 ? Read(output) : throw new InvalidOperationException($"Expected a training under Node, found: {await errors.ConfigureAwait(false)}");
    }

    private static Process Start(string program, string? folder, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder ?? string.Empty };
        return Process.Start(start) ?? throw new InvalidOperationException($"Expected that {program} starts, found that it does not.");
    }

    private static ScriptRun Read(string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        JsonElement root = document.RootElement;
        return root.TryGetProperty("error", out JsonElement error)
            ? throw new InvalidOperationException($"Expected a training in the browser, found: {error.GetString()}")
            : new ScriptRun([.. root.GetProperty("losses").EnumerateArray().Select(loss => loss.GetDouble())], root.GetProperty("accuracy").GetDouble(), root.GetProperty("rate").GetDouble());
    }

    private static string? Existing(string folder) => Directory.Exists(folder) ? folder : null;
}
