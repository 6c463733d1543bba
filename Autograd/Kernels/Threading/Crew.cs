using System.Diagnostics;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace Toolkit.Autograd.Kernels;

/// <summary>The helper threads of a <see cref="Workers"/> pool and the protocol by which a loop is handed to them.</summary>
/// <remarks>
/// A loop is published by filling its fields, opening the entrance and advancing the generation. Helpers enter by a compare-exchange
/// that succeeds only while the entrance is open, take indices from a shared counter and leave. The caller works too, closes the
/// entrance when the counter is used up and waits for those still inside; a helper that wakes late finds the entrance closed, so the
/// caller never waits for a sleeper.
/// </remarks>
internal sealed unsafe class Crew
{
    private const int Open = 1 << 30;
    private static readonly long SpinTicks = Environment.ProcessorCount > 1 ? Stopwatch.Frequency / 20_000 : 0;

    private readonly Lock joinGate = new();
    private readonly object sleepGate = new();
    private readonly Thread[] helpers;
    private Counters counters;
    private int busy;
    private int count;
    private void* job;
    private WorkItem? item;
    private delegate*<Crew, int, void> run;
    private ExceptionDispatchInfo? failure;
    private bool stopping;

    public Crew(int helpers)
    {
        this.helpers = new Thread[helpers];
        for (int i = 0; i < helpers; i++)
        {
            int participant = i + 1;
            this.helpers[i] = new Thread(() => Serve(participant)) { IsBackground = true, Name = $"Toolkit worker {participant}" };
            this.helpers[i].Start();
        }
    }

    /// <summary>Takes the crew for one loop; false if it is busy, in which case the caller runs its loop inline.</summary>
    public bool TryBegin()
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref stopping), typeof(Workers));
        return Interlocked.CompareExchange(ref busy, 1, 0) == 0;
    }

    public void Run(int count, WorkItem item)
    {
        this.item = item;
        run = &Loop;
        Share(count);
    }

    public void Run<TJob>(int count, TJob* job)
        where TJob : unmanaged, IJob
    {
        this.job = job;
        run = &Loop<TJob>;
        Share(count);
    }

    public void Stop()
    {
        Volatile.Write(ref stopping, true);
        Interlocked.Increment(ref counters.Generation);
        lock (sleepGate)
            Monitor.PulseAll(sleepGate);
    }

    public void Join()
    {
        lock (joinGate)
        {
            foreach (Thread helper in helpers)
                helper.Join();
        }
    }

    private static void Loop(Crew crew, int participant)
    {
        WorkItem item = crew.item!;
        int count = crew.count;
        for (int i; (i = Interlocked.Increment(ref crew.counters.Next) - 1) < count;)
            item.Execute(i);
    }

    private static void Loop<TJob>(Crew crew, int participant)
        where TJob : unmanaged, IJob
    {
        TJob* job = (TJob*)crew.job;
        int count = crew.count;
        for (int i; (i = Interlocked.Increment(ref crew.counters.Next) - 1) < count;)
            job->Execute(i, participant);
    }

    private void Share(int count)
    {
        this.count = count;
        counters.Next = 0;
        Volatile.Write(ref counters.Entrance, Open);
        Interlocked.Increment(ref counters.Generation);
        int sleepers = Volatile.Read(ref counters.Sleepers);
        if (sleepers > 0)
            Wake(Math.Min(sleepers, count - 1));
        Work(0);
        Interlocked.Add(ref counters.Entrance, -Open);
        SpinWait wait = default;
        while (Volatile.Read(ref counters.Entrance) != 0)
            wait.SpinOnce(sleep1Threshold: -1);
        ExceptionDispatchInfo? failure = this.failure;
        this.failure = null;
        item = null;
        Volatile.Write(ref busy, 0);
        failure?.Throw();
    }

    private void Wake(int helpers)
    {
        lock (sleepGate)
        {
            for (int i = 0; i < helpers; i++)
                Monitor.Pulse(sleepGate);
        }
    }

    private void Work(int participant)
    {
        try
        {
            run(this, participant);
        }
        catch (Exception exception)
        {
            // Kept for the caller, who rethrows it; the counter is pushed past the end so that nobody starts another index.
            Interlocked.CompareExchange(ref failure, ExceptionDispatchInfo.Capture(exception), null);
            Interlocked.Exchange(ref counters.Next, 1 << 30);
        }
    }

    private void Serve(int participant)
    {
        int seen = 0;
        while (true)
        {
            seen = AwaitNext(seen);
            if (Volatile.Read(ref stopping))
                return;
            if (TryEnter())
            {
                Work(participant);
                Interlocked.Decrement(ref counters.Entrance);
            }
        }
    }

    private bool TryEnter()
    {
        while (true)
        {
            int state = Volatile.Read(ref counters.Entrance);
            if (state < Open)
                return false;
            if (Interlocked.CompareExchange(ref counters.Entrance, state + 1, state) == state)
                return true;
        }
    }

    private int AwaitNext(int seen)
    {
        long deadline = Stopwatch.GetTimestamp() + SpinTicks;
        int generation;
        do
        {
            for (int i = 0; i < 16; i++)
            {
                generation = Volatile.Read(ref counters.Generation);
                if (generation != seen)
                    return generation;
                Thread.SpinWait(1);
            }
        }
        while (Stopwatch.GetTimestamp() < deadline);

        lock (sleepGate)
        {
            // The increment is a full fence before the generation is read, as the publisher's is before it reads Sleepers:
            // one of the two sees the other.
            Interlocked.Increment(ref counters.Sleepers);
            while ((generation = Volatile.Read(ref counters.Generation)) == seen)
                Monitor.Wait(sleepGate);
            Interlocked.Decrement(ref counters.Sleepers);
        }

        return generation;
    }

    /// <summary>The words that threads contend for, each on cache lines of its own.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 640)]
    private struct Counters
    {
        [FieldOffset(128)]
        public int Next;

        [FieldOffset(256)]
        public int Entrance;

        [FieldOffset(384)]
        public int Generation;

        [FieldOffset(512)]
        public int Sleepers;
    }
}
