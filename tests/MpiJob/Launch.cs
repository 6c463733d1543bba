using System.Diagnostics;
using System.Text;

namespace Toolkit.MpiJob;

/// <summary>Starts programs for tests, under MPI or alone.</summary>
public static class Launch
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    /// <summary>The path of a program; null if there is none of that name.</summary>
    public static string? Found(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);

    /// <summary>Starts a .NET program as several processes of Open MPI. Its launcher, of 4.1.4, stands still at times when all processes have ended, in its own code: then it is started once more.</summary>
    /// <param name="launcher">The launcher.</param>
    /// <param name="size">The number of processes.</param>
    /// <param name="program">The program's assembly and its arguments.</param>
    /// <param name="report">Is told when the launcher stands still.</param>
    /// <param name="cancellation">Ends the program.</param>
    public static async Task<LaunchOutcome> MpiAsync(string launcher, int size, IEnumerable<string> program, Action<string> report, CancellationToken cancellation)
    {
        ProcessStartInfo Start()
        {
            var start = new ProcessStartInfo(
                launcher, ["--allow-run-as-root", "--oversubscribe", "--bind-to", "none", "--mca", "mpi_yield_when_idle", "1", "-np", $"{size}", "dotnet", .. program]);
            start.Environment["TERM"] = "dumb";
            start.Environment["PMIX_MCA_gds"] = "hash";
            return start;
        }

        try
        {
            return await RunAsync(Start(), cancellation);
        }
        catch (TimeoutException e)
        {
            report(e.Message);
            return await RunAsync(Start(), cancellation);
        }
    }

    /// <summary>Runs a program, and measures how long it goes on after a line that begins with "now: ". It has ended when all that it started has, too: they share its output.</summary>
    /// <param name="start">The program.</param>
    /// <param name="cancellation">Ends it.</param>
    public static async Task<LaunchOutcome> RunAsync(ProcessStartInfo start, CancellationToken cancellation)
    {
        start.RedirectStandardOutput = start.RedirectStandardError = true;
        using Process process = Process.Start(start)!;
        var sinceFault = new Stopwatch();
        var output = new StringBuilder();
        DataReceivedEventHandler add = (_, e) =>
        {
            if (e.Data?.StartsWith("now: ", StringComparison.Ordinal) == true)
                sinceFault.Start();
            lock (output)
                output.AppendLine(e.Data);
        };
        process.OutputDataReceived += add;
        process.ErrorDataReceived += add;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Limit);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            string what = process.HasExited ? "What it started has" : "It has";
            process.Kill(entireProcessTree: true);
            lock (output)
                throw new TimeoutException($"{start.FileName}: {what} not ended within {Limit.TotalSeconds} seconds: {output}");
        }

        sinceFault.Stop();
        return new LaunchOutcome(process.ExitCode, output.ToString(), sinceFault.Elapsed);
    }
}

/// <summary>How a program has ended.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Output">What it wrote, errors included.</param>
/// <param name="SinceFault">The time from a fault, if there was one.</param>
public sealed record LaunchOutcome(int ExitCode, string Output, TimeSpan SinceFault);
