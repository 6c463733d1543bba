using System.Diagnostics;
using System.Globalization;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Training;
using Toolkit.OnnxExport.Export;
using Toolkit.OnnxExport.Serving;

namespace Toolkit.Reliability.Load;

/// <summary>A thousand models made, trained, served and dropped, sessions and buffers undisposed: memory and threads come back.</summary>
internal sealed record ThousandModels() : Harness("thousand models")
{
    private const int Many = 1000, Few = 40;
    private const long MostGrowth = 200L << 20;

    public override Outcome Run(bool isLong, int seed)
    {
        int count = isLong ? Many : Few;
        Make(5);
        (long memory, int threads) = Held();
        Make(count);
        (long memoryAfter, int threadsAfter) = Held();
        var failures = new List<string>();
        if (memoryAfter - memory > MostGrowth)
        {
            failures.Add($"memory grew by {(memoryAfter - memory) >> 20} MiB");
        }

        if (threadsAfter - threads > 50)
        {
            failures.Add($"{threads} threads before, {threadsAfter} after");
        }

        return new Outcome(count, failures, string.Create(
            CultureInfo.InvariantCulture, $"memory {(memoryAfter - memory) / 1048576.0:+0;-0} MiB, threads {threadsAfter - threads:+0;-0;0}"));
    }

    private static void Make(int count)
    {
        for (int i = 0; i < count; i++)
        {
            Trainer trainer = SmallNetwork.Trainer(20 + (i % 7));
            trainer.Fit(SmallNetwork.Data(), SmallNetwork.Options(1));
            OnnxSession session = OnnxSession.Load(OnnxExporter.Export(trainer.Model.Inference), new ServingOptions { IntraOpThreads = 1 });
            SessionBuffers buffers = session.CreateBuffers(new Dictionary<string, int> { ["batch"] = 2 });
            buffers.Run();
            _ = session.Run(Value.Zeros(DType.Float32, 1, 6));
        }
    }

    private static (long Memory, int Threads) Held()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        using var process = Process.GetCurrentProcess();
        return (process.WorkingSet64, process.Threads.Count);
    }
}
