using System.Diagnostics;
using Toolkit.Modeling.Distributed;

namespace Toolkit.Mpi;

/// <summary>The one thread that calls MPI, and a second one that watches how long it does.</summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1001", Justification = "It lives as long as the process: MPI can be started once.")]
internal sealed unsafe class MpiThread
{
    private readonly MpiOptions options;
    private readonly SemaphoreSlim asked = new(0), answered = new(0), ended = new(0);
    private readonly Lock calling = new();
    private Exception? failure;
    private bool finish;
    private nint sent, received;
    private (int To, int Length, int From, int Room) call;
    private Purpose purpose;
    private long since;

    /// <summary>Starts MPI.</summary>
    public MpiThread(MpiOptions options)
    {
        this.options = options;
        Mpi = null!;
        new Thread(Work) { IsBackground = true, Name = "MPI" }.Start();
        answered.Wait();
        ThrowIfFailed();
        new Thread(Watch) { IsBackground = true, Name = "MPI watch" }.Start();
    }

    /// <summary>The library.</summary>
    public MpiLibrary Mpi { get; private set; }

    public void Exchange(int to, ReadOnlySpan<byte> outgoing, int from, Span<byte> incoming, Purpose what)
    {
        lock (calling)
        {
            fixed (byte* o = outgoing)
            fixed (byte* i = incoming)
            {
                (sent, received, call, purpose) = ((nint)o, (nint)i, (to, outgoing.Length, from, incoming.Length), what);
                Ask();
            }
        }
    }

    /// <summary>Takes leave of the other processes.</summary>
    public void Finish()
    {
        lock (calling)
        {
            (call, purpose, finish) = ((Mpi.Rank, 0, Mpi.Rank, 0), new Purpose("end of the job"), true);
            Ask();
        }

        ended.Release();
    }

    /// <summary>Ends all processes. MPI allows it to the one thread alone, which may be waiting for ever.</summary>
    public void Abort(string message)
    {
        Console.Error.WriteLine(message);
        Console.Error.Flush();
        Mpi.Abort();
    }

    private void Ask()
    {
        Volatile.Write(ref since, Stopwatch.GetTimestamp());
        asked.Release();
        answered.Wait();
        Volatile.Write(ref since, 0);
        ThrowIfFailed();
    }

    private void ThrowIfFailed()
    {
        if (failure is not null)
            throw new MpiException(failure.Message);
    }

    private void Work()
    {
        Try(() => Mpi = MpiLibrary.Open(options));
        Action answer = Answer;
        while (failure is null && !finish)
        {
            asked.Wait();
            Try(answer);
        }
    }

    private void Answer()
    {
        if (finish)
            Mpi.Finish();
        else
            Mpi.Exchange(call.To, new ReadOnlySpan<byte>((void*)sent, call.Length), call.From, new Span<byte>((void*)received, call.Room));
    }

    private void Try(Action action)
    {
        try
        {
            action();
        }
#pragma warning disable CA1031 // It is thrown where the call was made.
        catch (Exception e)
#pragma warning restore CA1031
        {
            failure = e;
        }

        answered.Release();
    }

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
                Abort(finish ? $"Rank {Mpi.Rank} has waited {waited.TotalSeconds:0.#} s for the others to come to an end." : ProcessGroupException.Stalled(Mpi.Rank, call.From, what, waited));
        }
    }
}
