using System.Diagnostics;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace Toolkit.Autograd.Kernels;

/// <summary>The helpers of a <see cref="Workers"/> object and the protocol by which a loop is handed to them.</summary>
/// <remarks>
/// Helpers are work items of the process's thread pool, so any number of crews share its threads. A helper that finds no work spins for some tens of
/// microseconds, since the next loop of a computation follows soon, then sleeps for some milliseconds, since waking it takes less time than a thread of the pool, and then
/// gives its thread back; the next loop that wants it queues it again. A loop is published by filling its fields, opening the entrance and advancing the generation. Helpers enter by a compare-exchange
/// that succeeds only while the entrance is open, take indices and leave. Where there are many, every participant has a run of neighbouring ones, the same in every
/// loop of as many, so that it finds in its own caches what it wrote before; one that has finished its own takes from the others'. The caller works too, closes the
/// entrance when all indices are taken and waits for those still inside; a helper that wakes late finds the entrance closed, so the
/// caller never waits for a sleeper.
/// </remarks>
internal sealed unsafe class Crew
{
    private const int Open = 1 << 30;
    private const int SleepMilliseconds = 5;

    // Up to so many indices for each thread are taken in turn.
    private const int PartsInTurn = 4;
    private static readonly long SpinTicks = Environment.ProcessorCount > 1 ? Stopwatch.Frequency / 20_000 : 0;

    private readonly object sleepGate = new();
    private readonly Helper[] helpers;
    private readonly Portion[] portions;
    private Counters counters;
    private int busy;
    private void* job;
    private WorkItem? item;
    private delegate*<Crew, int, void> run;
    private ExceptionDispatchInfo? failure;
    private bool stopping;

    public Crew(int helpers)
    {
        this.helpers = new Helper[helpers];
        portions = new Portion[helpers + 1];
        for (int i = 0; i < helpers; i++)
            this.helpers[i] = new Helper(this, i + 1);
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

    /// <summary>Refuses further loops; none may be running.</summary>
    public void Stop() => Volatile.Write(ref stopping, true);

    /// <summary>Gets the helpers that hold a thread now.</summary>
    public int Active => helpers.Count(h => h.IsActive);

    private static void Loop(Crew crew, int participant)
    {
        WorkItem item = crew.item!;
        for (int turn = 0; turn < crew.portions.Length; turn++)
        {
            ref Portion portion = ref crew.Of(participant, turn);
            for (int i; (i = portion.Take()) < portion.End;)
                item.Execute(i);
        }
    }

    private static void Loop<TJob>(Crew crew, int participant)
        where TJob : unmanaged, IJob
    {
        // A copy of its own: the caller's lies beside what the caller writes to its stack all the time.
        TJob job = *(TJob*)crew.job;
        for (int turn = 0; turn < crew.portions.Length; turn++)
        {
            ref Portion portion = ref crew.Of(participant, turn);
            for (int i; (i = portion.Take()) < portion.End;)
                job.Execute(i, participant);
        }
    }

    /// <summary>The participant's own portion, then those of the ones after it.</summary>
    private ref Portion Of(int participant, int turn) => ref portions[(participant + turn) % portions.Length];

    private void Share(int count)
    {
        // Few indices are large parts of one thing, such as a product, whose neighbours read the same: they are taken in turn.
        int owners = count <= PartsInTurn * portions.Length ? 1 : portions.Length;
        for (int i = 0; i < portions.Length; i++)
            portions[i].Set((int)((long)count * Math.Min(i, owners) / owners), (int)((long)count * Math.Min(i + 1, owners) / owners));
        Volatile.Write(ref counters.Entrance, Open);
        Interlocked.Increment(ref counters.Generation);
        int sleepers = Volatile.Read(ref counters.Sleepers);
        if (sleepers > 0)
            Wake(Math.Min(sleepers, count - 1));
        for (int i = 0; i < helpers.Length && i < count - 1; i++)
            helpers[i].Start();
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

    private void Wake(int sleepers)
    {
        lock (sleepGate)
        {
            for (int i = 0; i < sleepers; i++)
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
            // Kept for the caller, who rethrows it; the portions are emptied so that nobody starts another index.
            Interlocked.CompareExchange(ref failure, ExceptionDispatchInfo.Capture(exception), null);
            foreach (ref Portion portion in portions.AsSpan())
                portion.Empty();
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

    /// <summary>One helper: on a thread of the pool while there is work, nowhere otherwise.</summary>
    private sealed class Helper(Crew crew, int participant) : IThreadPoolWorkItem
    {
        private int active;

        public bool IsActive => Volatile.Read(ref active) != 0;

        /// <summary>Asks for a thread, unless the helper has one.</summary>
        public void Start()
        {
            if (Interlocked.CompareExchange(ref active, 1, 0) == 0)
                ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }

        public void Execute()
        {
            int seen;
            do
            {
                int next = Volatile.Read(ref crew.counters.Generation);
                do
                {
                    // A loop that is over already is no reason to leave: the next one of a computation follows within microseconds.
                    seen = next;
                    if (crew.TryEnter())
                    {
                        crew.Work(participant);
                        Interlocked.Decrement(ref crew.counters.Entrance);
                    }

                    next = AwaitNext(seen);
                }
                while (next != seen);

                // The exchange is a full fence before the generation is read again, as the publisher's increment is before it asks for the helper: one
                // of the two sees the other.
                Interlocked.Exchange(ref active, 0);
            }
            while (Volatile.Read(ref crew.counters.Generation) != seen && Interlocked.CompareExchange(ref active, 1, 0) == 0);
        }

        /// <summary>Spins, then sleeps until a loop is published; the last generation seen when none comes.</summary>
        private int AwaitNext(int seen)
        {
            long deadline = Stopwatch.GetTimestamp() + SpinTicks;
            do
            {
                for (int i = 0; i < 16; i++)
                {
                    int generation = Volatile.Read(ref crew.counters.Generation);
                    if (generation != seen)
                        return generation;
                    Thread.SpinWait(1);
                }
            }
            while (Stopwatch.GetTimestamp() < deadline);
            lock (crew.sleepGate)
            {
                // The increment is a full fence before the generation is read, as the publisher's is before it reads Sleepers: one of the two sees the other.
                Interlocked.Increment(ref crew.counters.Sleepers);
                int generation = Volatile.Read(ref crew.counters.Generation);
                if (generation == seen && Monitor.Wait(crew.sleepGate, SleepMilliseconds))
                    generation = Volatile.Read(ref crew.counters.Generation);
                Interlocked.Decrement(ref crew.counters.Sleepers);
                return generation;
            }
        }
    }

    /// <summary>A run of neighbouring indices and how far it is taken, on cache lines of its own.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct Portion
    {
        [FieldOffset(128)]
        private int next;

        [FieldOffset(132)]
        private int end;

        public readonly int End => end;

        public void Set(int begin, int end)
        {
            next = begin;
            this.end = end;
        }

        /// <summary>The next index; at or beyond the end where there is none left.</summary>
        public int Take() => Interlocked.Increment(ref next) - 1;

        /// <summary>Leaves nothing to take.</summary>
        public void Empty() => Interlocked.Exchange(ref next, 1 << 30);
    }

    /// <summary>The words that threads contend for, each on cache lines of its own.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 512)]
    private struct Counters
    {
        [FieldOffset(128)]
        public int Entrance;

        [FieldOffset(256)]
        public int Generation;

        [FieldOffset(384)]
        public int Sleepers;
    }
}
