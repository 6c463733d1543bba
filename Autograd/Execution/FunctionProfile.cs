using System.Globalization;
using System.Text;
using System.Text.Json;
using Toolkit.Autograd.Compilation;

namespace Toolkit.Autograd.Execution;

/// <summary>Where the time of a function goes: each step of its plan with time, work and traffic. Made by <see cref="Function.Profile"/>.</summary>
public sealed class FunctionProfile
{
    private readonly (long Begin, long End)[][] times;
    private readonly double ticksPerMicrosecond;

    internal FunctionProfile(IReadOnlyList<RunRecord> runs, long frequency, double peakGigaFlopsPerSecond, int threads)
    {
        times = [.. runs.Select(run => run.Steps.Select(step => (step.Begin, step.End)).ToArray())];
        ticksPerMicrosecond = frequency / 1e6;
        PeakGigaFlopsPerSecond = peakGigaFlopsPerSecond;
        Threads = threads;
        Steps = [.. runs[^1].Steps.Select((step, i) => ProfiledStep.Of(step, [.. runs.Select(run => run.Steps[i].Ticks).Order()], frequency))];
    }

    /// <summary>The steps in the order in which they run.</summary>
    public IReadOnlyList<ProfiledStep> Steps { get; }

    /// <summary>The multiply-add peak of all threads together in float32, 10⁹ operations per second, measured just before the runs.</summary>
    public double PeakGigaFlopsPerSecond { get; }

    /// <summary>The number of threads.</summary>
    public int Threads { get; }

    /// <summary>The time of one run, averaged over the runs.</summary>
    public TimeSpan TimePerRun => Steps.Aggregate(TimeSpan.Zero, (sum, s) => sum + s.Time) / times.Length;

    /// <summary>A table: one line for each step, the slowest first, and a line for the whole.</summary>
    public override string ToString()
    {
        double total = Math.Max(Steps.Sum(s => s.Time.TotalSeconds), 1e-12);
        var text = new StringBuilder();
        text.AppendLine(Line("share", "µs/call", "calls", "GFLOP/s", "of peak", "GB/s", "step"));
        foreach (ProfiledStep step in Steps.OrderByDescending(s => s.Time))
        {
            text.AppendLine(Line(
                Percent(step.Time.TotalSeconds / total),
                Number(step.Time.TotalMicroseconds / Math.Max(step.Calls, 1)),
                step.Calls.ToString(CultureInfo.InvariantCulture),
                Number(step.GigaFlopsPerSecond),
                Percent(step.GigaFlopsPerSecond / PeakGigaFlopsPerSecond),
                Number(step.GigaBytesPerSecond),
                $"{step.Name} {step.Shapes} {step.Place}".TrimEnd()));
        }

        double rate = Steps.Sum(s => s.Flops * (double)s.Calls) / total / 1e9;
        text.Append(Line(
            "100.0 %", Number(TimePerRun.TotalMicroseconds), times.Length.ToString(CultureInfo.InvariantCulture), Number(rate),
            Percent(rate / PeakGigaFlopsPerSecond), Number(Steps.Sum(s => s.Bytes * (double)s.Calls) / total / 1e9),
            $"whole run; peak {Number(PeakGigaFlopsPerSecond)} GFLOP/s on {Threads} thread(s)"));
        return text.ToString();
    }

    /// <summary>Writes every step of every run in the trace-event format that chrome://tracing and Perfetto read; times in microseconds.</summary>
    /// <param name="stream">Where to write; stays open.</param>
    public void WriteChromeTrace(Stream stream)
    {
        using var writer = new Utf8JsonWriter(stream);
        writer.WriteStartObject();
        writer.WriteStartArray("traceEvents");
        long origin = times[0].Select(step => step.Begin).FirstOrDefault();
        foreach ((long Begin, long End)[] run in times)
        {
            for (int i = 0; i < Steps.Count; i++)
            {
                writer.WriteStartObject();
                writer.WriteString("name", Steps[i].Name);
                writer.WriteString("cat", "step");
                writer.WriteString("ph", "X");
                writer.WriteNumber("ts", (run[i].Begin - origin) / ticksPerMicrosecond);
                writer.WriteNumber("dur", (run[i].End - run[i].Begin) / ticksPerMicrosecond);
                writer.WriteNumber("pid", 1);
                writer.WriteNumber("tid", 1);
                writer.WriteStartObject("args");
                writer.WriteString("shapes", Steps[i].Shapes);
                writer.WriteString("place", Steps[i].Place);
                writer.WriteNumber("flops", Steps[i].Flops);
                writer.WriteNumber("bytes", Steps[i].Bytes);
                writer.WriteEndObject();
                writer.WriteEndObject();
            }
        }

        writer.WriteEndArray();
        writer.WriteString("displayTimeUnit", "ns");
        writer.WriteEndObject();
    }

    private static string Line(string share, string time, string calls, string rate, string peak, string traffic, string step) =>
        $"{share,8} {time,10} {calls,6} {rate,8} {peak,8} {traffic,7}  {step}";

    private static string Number(double value) => value.ToString("F1", CultureInfo.InvariantCulture);

    private static string Percent(double value) => (100 * value).ToString("F1", CultureInfo.InvariantCulture) + " %";
}
