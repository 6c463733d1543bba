using System.Diagnostics;
using System.Globalization;
using Toolkit.Autograd.Tensors;
using Toolkit.Autograd.Tests;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Persistence;
using Toolkit.Modeling.Training;
using Toolkit.OnnxExport.Export;
using Toolkit.OnnxExport.Serving;

namespace Toolkit.Reliability.Load;

/// <summary>Eight threads that train, save, load, export and serve at once: equal numbers each time, and memory that does not grow.</summary>
internal sealed record Soak() : Harness("soak")
{
    private const int Threads = 8;
    private const long MostGrowth = 200L << 20;

    public override Outcome Run(bool isLong, int seed)
    {
        using var folder = new TemporaryFolder();
        float[] expected = Work(folder.File("first"));
        var failures = new System.Collections.Concurrent.ConcurrentQueue<string>();
        int rounds = 0;
        Spin(TimeSpan.FromSeconds(1));
        long before = Memory();
        Spin(TimeSpan.FromSeconds(isLong ? 60 : 2));
        long growth = Memory() - before;
        if (growth > MostGrowth)
        {
            failures.Enqueue($"memory grew by {growth >> 20} MiB in {rounds} rounds");
        }

        return new Outcome(rounds, [.. failures], string.Create(CultureInfo.InvariantCulture, $"{Threads} threads, memory {growth / 1048576.0:+0;-0} MiB"));

        void Spin(TimeSpan time)
        {
            long start = Stopwatch.GetTimestamp();
            Thread[] threads = [.. Enumerable.Range(0, Threads).Select(i => new Thread(() =>
            {
                while (Stopwatch.GetElapsedTime(start) < time && failures.Count < 20)
                {
                    try
                    {
                        if (!Work(folder.File($"thread{i}")).AsSpan().SequenceEqual(expected))
                        {
                            failures.Enqueue("the numbers are not those of the first round");
                        }
                    }
                    catch (Exception e)
                    {
                        failures.Enqueue(e.ToString());
                    }

                    Interlocked.Increment(ref rounds);
                }
            }))];
            Array.ForEach(threads, t => t.Start());
            Array.ForEach(threads, t => t.Join());
        }
    }

    private static float[] Work(string file)
    {
        Trainer trainer = SmallNetwork.Trainer();
        trainer.Fit(SmallNetwork.Data(), SmallNetwork.Options(2) with { CheckpointPath = file });
        var loaded = (Module)SmallNetwork.Trainer().Model;
        Checkpoint.Load(file, loaded);
        loaded.InputShape = [6];
        using OnnxSession session = OnnxSession.Load(OnnxExporter.Export(loaded.Inference), new ServingOptions { IntraOpThreads = 1 });
        return session.Run(Value.Full(0.5, DType.Float32, 4, 6))[0].ToArray<float>();
    }

    private static long Memory()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        using var process = Process.GetCurrentProcess();
        return process.WorkingSet64;
    }
}
