using Toolkit.OnnxExport.Export;
using Toolkit.OnnxExport.Serving;

namespace Toolkit.Reliability.Load;

/// <summary>Sessions and buffers disposed while other threads run them and make new ones: each thread ends with <see cref="ObjectDisposedException"/>. A fault
/// here ends the process.</summary>
internal sealed record Disposal() : Harness("disposal under load")
{
    private const int Threads = 8;

    public override Outcome Run(bool isLong, int seed)
    {
        Modeling.Training.Trainer trainer = SmallNetwork.Trainer();
        trainer.Prepare(SmallNetwork.Data().Layout);
        byte[] model = OnnxExporter.Export(trainer.Model.Inference);
        var failures = new List<string>();
        int rounds = isLong ? 500 : 8;
        var random = new Random(seed);
        for (int round = 0; round < rounds; round++)
        {
            using OnnxSession session = OnnxSession.Load(model, new ServingOptions { IntraOpThreads = 1 });
            using SessionBuffers shared = Buffers(session, 64);
            var errors = new Exception?[Threads];
            using var started = new CountdownEvent(Threads);
            Thread[] threads = [.. Enumerable.Range(0, Threads).Select(i => new Thread(() =>
            {
                try
                {
                    started.Signal();
                    while (true)
                    {
                        if (i == 0)
                        {
                            shared.Run();
                            continue;
                        }

                        using SessionBuffers own = Buffers(session, i);
                        own.Run();
                    }
                }
                catch (Exception e)
                {
                    errors[i] = e;
                }
            }))];
            Array.ForEach(threads, t => t.Start());
            started.Wait();
            Thread.SpinWait(random.Next(200_000));
            shared.Dispose();
            Thread.SpinWait(random.Next(200_000));
            session.Dispose();
            if (!Array.TrueForAll(threads, t => t.Join(TimeSpan.FromSeconds(30))))
            {
                failures.Add($"round {round} of seed {seed}: a thread did not end");
                break;
            }

            failures.AddRange(errors.Where(e => e is not ObjectDisposedException).Select(e => $"round {round} of seed {seed}: {e}"));
        }

        return new Outcome(rounds, failures, $"{Threads} threads each");
    }

    private static SessionBuffers Buffers(OnnxSession session, int rows) => session.CreateBuffers(new Dictionary<string, int> { ["batch"] = rows });
}
