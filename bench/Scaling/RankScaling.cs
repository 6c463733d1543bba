using System.Diagnostics;
using System.Globalization;
using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Operations;
using Toolkit.Bench.Steps;
using Toolkit.Modeling;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Distributed;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Training;
using Toolkit.Mpi;

namespace Toolkit.Bench.Scaling;

/// <summary>
/// Weak scaling of training: the rate of two processes with one thread each over twice that of one, where each computes as many pieces of as many examples. Runs of one, of two and, as a control, of two
/// that know nothing of each other take turns: what the control lacks to 1 is the machine's, such as memory that cores share.
/// </summary>
internal static class RankScaling
{
    private const int PiecesPerRank = 4, StepsPerEpoch = 4, MostRanks = 2;

    /// <summary>Measures with Open MPI, and prints what larger clusters would do by these times.</summary>
    public static int Run(double seconds, int rounds, int examples, string network)
    {
        var ratios = new List<double>();
        var controls = new List<double>();
        RankTimes last = default;
        for (int round = 0; round < rounds; round++)
        {
            RankTimes one = Measure(1, seconds, examples, network), two = Measure(MostRanks, seconds, examples, network);
            double apart = MeasureApart(seconds, examples, network);
            ratios.Add(two.Rate / (MostRanks * one.Rate));
            controls.Add(apart / (MostRanks * one.Rate));
            Line($"examples/s: one process {one.Rate:F0}, two {two.Rate:F0}, ratio {ratios[^1]:F3}; two apart {apart:F0}, ratio {controls[^1]:F3}");
            Line($"a step of one {1e3 * one.Step:F2} ms, of two {1e3 * two.Step:F2} ms, {1e3 * two.Message:F2} ms of it in messages");
            last = two with { Step = one.Step + two.Message };
        }

        double median = Median(ratios);
        RankSimulation.Print(last);
        Line($"RESULT weak_scaling={median:F3} independent={Median(controls):F3} rounds={rounds} network={network} examples_per_process={examples}");
        return median >= 0.9 ? 0 : 1;
    }

    /// <summary>The part of one process: trains for a time and prints examples a second, seconds a step, seconds a step in messages, and bytes of gradients.</summary>
    public static int Job(MpiGroup processes, double seconds, int examples, string network)
    {
        var timed = new TimedGroup(processes);
        int batch = processes.Size * examples;
        (Model model, int[] shape) = Network(network);
        Dataset data = GeneratedDigits.Create(StepsPerEpoch * batch, seed: 1).Reshape(shape);
        var trainer = new Trainer
        {
            Model = model,
            Loss = new SoftmaxCrossEntropy(),
            Optimizer = new Adam(),
            Execution = new ExecutionOptions { Threads = 1 },
            Shards = processes.Size * PiecesPerRank,
            Group = processes.Size == 1 ? SingleProcess.Instance : timed,
        };
        int epochs = 0;
        // The compiler works on in the background at first, on a core that two processes do not have to spare.
        Train(Math.Max(2.0, seconds / 2.0));
        timed.Clear();
        (int steps, double elapsed) = Train(seconds);
        double step = elapsed / steps;
        if (processes.Rank == 0)
            Line($"TIMES {batch / step} {step} {timed.Seconds / steps} {trainer.Model.Parameters.Sum(p => (long)p.Value.Count) * sizeof(float)}");
        return 0;

        (int Steps, double Elapsed) Train(double limit)
        {
            var clock = Stopwatch.StartNew();
            int begun = epochs;
            // Whole epochs, as many in all processes.
            for (double elapsed = 0; elapsed < limit; elapsed = Agreed(clock.Elapsed.TotalSeconds))
                trainer.Fit(data, new FitOptions { Epochs = epochs += 4, BatchSize = batch });
            return ((epochs - begun) * StepsPerEpoch, clock.Elapsed.TotalSeconds);
        }

        double Agreed(double own)
        {
            double[] value = [own];
            processes.Broadcast(System.Runtime.InteropServices.MemoryMarshal.AsBytes(value.AsSpan()), 0, new Purpose("clock"));
            return value[0];
        }
    }

    /// <summary>Dense layers, whose step reads and writes much memory, or convolutions, whose step computes.</summary>
    private static (Model Model, int[] Shape) Network(string name)
    {
        var random = new RandomSource(5);
        return name switch
        {
            "mlp" => (new Sequential(new Dense(784, 512, random) { Activation = Ops.Relu }, new Dense(512, 512, random) { Activation = Ops.Relu }, new Dense(512, 10, random)), [784]),
            "cnn" => (Cases.MnistCnn(), [1, 28, 28]),
            _ => throw new ArgumentException($"Expected the network mlp or cnn, found \"{name}\".", nameof(name)),
        };
    }

    private static double Median(List<double> ratios) => ratios.Order().ElementAt(ratios.Count / 2);

    /// <summary>Examples a second of jobs of one process each that run at the same time.</summary>
    private static double MeasureApart(double seconds, int examples, string network)
    {
        Task<RankTimes>[] jobs = [.. Enumerable.Range(0, MostRanks).Select(_ => Task.Run(() => Measure(1, seconds, examples, network)))];
        return jobs.Sum(job => job.GetAwaiter().GetResult().Rate);
    }

    private static RankTimes Measure(int ranks, double seconds, int examples, string network)
    {
        string[] job = ["dotnet", typeof(RankScaling).Assembly.Location, "scaling-ranks-job", seconds.ToString(CultureInfo.InvariantCulture), $"{examples}", network];
        var start = new ProcessStartInfo("mpirun", ["--allow-run-as-root", "--oversubscribe", "--bind-to", "none", "--mca", "mpi_yield_when_idle", "1", "-np", $"{ranks}", .. job]) { RedirectStandardOutput = true };
        start.Environment["TERM"] = "dumb";
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        double[] numbers = [.. output.Split('\n').First(line => line.StartsWith("TIMES ", StringComparison.Ordinal)).Split(' ')[1..].Select(number => double.Parse(number, CultureInfo.InvariantCulture))];
        return new RankTimes(numbers[0], numbers[1], numbers[2], numbers[3]);
    }

    private static void Line(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));

    /// <summary>A group that measures how long its messages take, waiting for other processes included.</summary>
    private sealed class TimedGroup(IProcessGroup group) : IProcessGroup
    {
        private long ticks;

        public double Seconds => (double)ticks / Stopwatch.Frequency;

        public int Rank => group.Rank;

        public int Size => group.Size;

        public void Clear() => ticks = 0;

        public void Exchange(int to, ReadOnlySpan<byte> sent, int from, Span<byte> received, Purpose purpose)
        {
            long start = Stopwatch.GetTimestamp();
            group.Exchange(to, sent, from, received, purpose);
            ticks += Stopwatch.GetTimestamp() - start;
        }

        public void Abort(string reason) => group.Abort(reason);
    }
}

/// <summary>What a process has measured.</summary>
/// <param name="Rate">Examples a second of all processes.</param>
/// <param name="Step">Seconds a step.</param>
/// <param name="Message">Seconds a step in messages.</param>
/// <param name="Bytes">The bytes of all gradients.</param>
internal readonly record struct RankTimes(double Rate, double Step, double Message, double Bytes);
