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

    private readonly Lock _joinGate = new();
    private readonly object _sleepGate = new();
    private readonly Thread[] _helpers;
    private Counters _counters;
    private int _busy;
    private int _count;
    private void* _job;
    private WorkItem? _item;
    private delegate*<Crew, int, void> _run;
    private ExceptionDispatchInfo? _failure;
    private bool _stopping;

    public Crew(int helpers)
    {
        _helpers = new Thread[helpers];
        for (int i = 0; i < helpers; i++)
        {
            int participant = i + 1;
            _helpers[i] = new Thread(() => Serve(participant)) { IsBackground = true, Name = $"Toolkit worker {participant}" };
            _helpers[i].Start();
        }
    }

    /// <summary>Takes the crew for one loop; false if it is busy, in which case the caller runs its loop inline.</summary>
    public bool TryBegin()
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _stopping), typeof(Workers));
        return Interlocked.CompareExchange(ref _busy, 1, 0) == 0;
    }

    public void Run(int count, WorkItem item)
    {
        _item = item;
        _run = &Loop;
        Share(count);
    }

    public void Run<TJob>(int count, TJob* job)
        where TJob : unmanaged, IJob
    {
        _job = job;
        _run = &Loop<TJob>;
        Share(count);
    }

    public void Stop()
    {
        Volatile.Write(ref _stopping, true);
        Interlocked.Increment(ref _counters.Generation);
        lock (_sleepGate)
            Monitor.PulseAll(_sleepGate);
    }

    public void Join()
    {
        lock (_joinGate)
        {
            foreach (Thread helper in _helpers)
                helper.Join();
        }
    }

    private static void Loop(Crew crew, int participant)
    {
        WorkItem item = crew._item!;
        int count = crew._count;
        for (int i; (i = Interlocked.Increment(ref crew._counters.Next) - 1) < count;)
            item.Execute(i);
    }

    private static void Loop<TJob>(Crew crew, int participant)
        where TJob : unmanaged, IJob
    {
        TJob* job = (TJob*)crew._job;
        int count = crew._count;
        for (int i; (i = Interlocked.Increment(ref crew._counters.Next) - 1) < count;)
            job->Execute(i, participant);
    }

    private void Share(int count)
    {
        _count = count;
        _counters.Next = 0;
        Volatile.Write(ref _counters.Entrance, Open);
        Interlocked.Increment(ref _counters.Generation);
        int sleepers = Volatile.Read(ref _counters.Sleepers);
        if (sleepers > 0)
            Wake(Math.Min(sleepers, count - 1));
        Work(0);
        Interlocked.Add(ref _counters.Entrance, -Open);
        SpinWait wait = default;
        while (Volatile.Read(ref _counters.Entrance) != 0)
            wait.SpinOnce(sleep1Threshold: -1);
        ExceptionDispatchInfo? failure = _failure;
        _failure = null;
        _item = null;
        Volatile.Write(ref _busy, 0);
        failure?.Throw();
    }

    private void Wake(int helpers)
    {
        lock (_sleepGate)
        {
            for (int i = 0; i < helpers; i++)
                Monitor.Pulse(_sleepGate);
        }
    }

    private void Work(int participant)
    {
        try
        {
            _run(this, participant);
        }
        catch (Exception exception)
        {
            // Kept for the caller, who rethrows it; the counter is pushed past the end so that nobody starts another index.
            Interlocked.CompareExchange(ref _failure, ExceptionDispatchInfo.Capture(exception), null);
            Interlocked.Exchange(ref _counters.Next, 1 << 30);
        }
    }

    private void Serve(int participant)
    {
        int seen = 0;
        while (true)
        {
            seen = AwaitNext(seen);
            if (Volatile.Read(ref _stopping))
                return;
            if (TryEnter())
            {
                Work(participant);
                Interlocked.Decrement(ref _counters.Entrance);
            }
        }
    }

    private bool TryEnter()
    {
        while (true)
        {
            int state = Volatile.Read(ref _counters.Entrance);
            if (state < Open)
                return false;
            if (Interlocked.CompareExchange(ref _counters.Entrance, state + 1, state) == state)
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
                generation = Volatile.Read(ref _counters.Generation);
                if (generation != seen)
                    return generation;
                Thread.SpinWait(1);
            }
        }
        while (Stopwatch.GetTimestamp() < deadline);

        lock (_sleepGate)
        {
            // The increment is a full fence before the generation is read, as the publisher's is before it reads Sleepers:
            // one of the two sees the other.
            Interlocked.Increment(ref _counters.Sleepers);
            while ((generation = Volatile.Read(ref _counters.Generation)) == seen)
                Monitor.Wait(_sleepGate);
            Interlocked.Decrement(ref _counters.Sleepers);
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
