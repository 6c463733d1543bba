using System.Diagnostics;
using System.Runtime.ExceptionServices;

namespace Toolkit.MLNetIntegration.Scoring;

/// <summary>Consecutive batches that either a worker thread or the reader of the cursor runs, whoever comes first.</summary>
internal sealed class BatchJob(Func<BatchBuffers> create) : IThreadPoolWorkItem, IDisposable
{
    private const int Filling = 0, Ready = 1, Running = 2, Done = 3;

    private readonly object ending = new();
    private readonly List<BatchBuffers> buffers = [];
    private int state = Filling;

    /// <summary>The number of batches.</summary>
    public int Count { get; private set; }

    /// <summary>How long a batch of the last run took.</summary>
    public TimeSpan TimePerBatch { get; private set; } = TimeSpan.MaxValue;

    /// <summary>What ended the last run early, at the batch <see cref="Scored"/>.</summary>
    public ExceptionDispatchInfo? Failure { get; private set; }

    /// <summary>The batches that the last run has scored.</summary>
    public int Scored { get; private set; }

    public bool IsDone => Volatile.Read(ref state) == Done;

    public BatchBuffers this[int index] => buffers[index];

    /// <summary>Forgets the batches, which have been read.</summary>
    public void Clear()
    {
        Count = 0;
        Volatile.Write(ref state, Filling);
    }

    /// <summary>Fills one batch more; it counts unless it stays without rows, even if filling it ends with an exception.</summary>
    public void Add(Action<BatchBuffers> fill)
    {
        if (buffers.Count == Count)
        {
            buffers.Add(create());
        }

        BatchBuffers next = buffers[Count];
        next.Clear();
        try
        {
            fill(next);
        }
        finally
        {
            Count += next.Rows > 0 ? 1 : 0;
        }
    }

    /// <summary>Ends the filling: the batches may be run, by worker threads if they are handed over, and by <see cref="TryRun"/>.</summary>
    public void MakeReady(bool handOver)
    {
        Volatile.Write(ref state, Ready);
        if (handOver)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    /// <summary>Runs the batches unless somebody else has begun to.</summary>
    public bool TryRun()
    {
        // A work item that comes late, after the reader has run the batches, finds the job being filled anew and leaves it alone.
        if (Interlocked.CompareExchange(ref state, Running, Ready) != Ready)
        {
            return false;
        }

        long start = Stopwatch.GetTimestamp();
        Scored = 0;
        try
        {
            for (; Scored < Count; Scored++)
            {
                buffers[Scored].Run();
            }
        }
        catch (Exception e)
        {
            Failure = ExceptionDispatchInfo.Capture(e);
        }

        TimePerBatch = Stopwatch.GetElapsedTime(start) / Count;
        lock (ending)
        {
            Volatile.Write(ref state, Done);
            Monitor.PulseAll(ending);
        }

        return true;
    }

    /// <summary>Waits for the thread that runs the batches.</summary>
    public void Wait()
    {
        lock (ending)
        {
            while (!IsDone)
            {
                Monitor.Wait(ending);
            }
        }
    }

    void IThreadPoolWorkItem.Execute() => TryRun();

    /// <summary>Withdraws the batches, or waits until the thread that runs them has ended, and releases their memory.</summary>
    public void Dispose()
    {
        if (Interlocked.CompareExchange(ref state, Filling, Ready) == Running)
        {
            Wait();
        }

        foreach (BatchBuffers batch in buffers)
        {
            batch.Dispose();
        }

        buffers.Clear();
    }
}
