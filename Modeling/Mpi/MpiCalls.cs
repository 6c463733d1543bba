using System.Diagnostics;
using Toolkit.Modeling.Distributed;

namespace Toolkit.Mpi;

/// <summary>The calls of MPI, one after the other, each by the thread that asks for it, and a thread that watches how long they take.</summary>
/// <remarks>No thread stands between: while all cores compute, one that is woken for a message waits until the system gives it a core.</remarks>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1001", Justification = "It lives as long as the process: MPI can be started once.")]
internal sealed class MpiCalls
{
    private static readonly TimeSpan ForReading = TimeSpan.FromMilliseconds(200);

    private readonly MpiOptions options;
    private readonly SemaphoreSlim ended = new(0);
    private readonly Lock calling = new();
    private bool finish;
    private int awaited;
    private Purpose purpose;
    private long since;

    /// <summary>Starts MPI.</summary>
    public MpiCalls(MpiOptions options)
    {
        this.options = options;
        Mpi = MpiLibrary.Open(options);
        new Thread(Watch) { IsBackground = true, Name = "MPI watch" }.Start();
    }

    /// <summary>The library.</summary>
    public MpiLibrary Mpi { get; }

    public void Exchange(int to, ReadOnlySpan<byte> outgoing, int from, Span<byte> incoming, Purpose what)
    {
        lock (calling)
        {
            Begin(from, what);
            try
            {
                Mpi.Exchange(to, outgoing, from, incoming);
            }
            finally
            {
                End();
            }
        }
    }

    /// <summary>Takes leave of the other processes; in the thread that has started MPI, which the standard asks for.</summary>
    public void Finish()
    {
        lock (calling)
        {
            finish = true;
            Begin(Mpi.Rank, new Purpose("end of the job"));
            Mpi.Finish();
        }

        ended.Release();
    }

    /// <summary>Ends all processes, by any thread: the one that calls MPI may be waiting for ever.</summary>
    public void Abort(string message)
    {
        Console.Error.WriteLine(message);
        Console.Error.Flush();
        // The launcher of MPICH throws away what it has not read yet when it ends all: seen with one message of ten.
        Thread.Sleep(ForReading);
        Mpi.Abort();
    }

    private void Begin(int from, Purpose what)
    {
        (awaited, purpose) = (from, what);
        Volatile.Write(ref since, Stopwatch.GetTimestamp());
    }

    private void End() => Volatile.Write(ref since, 0);

    private void Watch()
    {
        TimeSpan interval = TimeSpan.FromMilliseconds(Math.Clamp(options.Patience.TotalMilliseconds / 20.0, 10.0, 1000.0));
        while (!ended.Wait(interval))
        {
            long start = Volatile.Read(ref since);
            if (start == 0)
                continue;
            (TimeSpan waited, Purpose what) = (Stopwatch.GetElapsedTime(start), purpose);
            if (waited >= what.Allowed(options.Patience))
                Abort(finish ? $"Rank {Mpi.Rank} has waited {waited.TotalSeconds:0.#} s for the others to come to an end." : ProcessGroupException.Stalled(Mpi.Rank, awaited, what, waited));
        }
    }
}
