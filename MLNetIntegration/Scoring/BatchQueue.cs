using System.Runtime.ExceptionServices;
using Microsoft.ML;

namespace Toolkit.MLNetIntegration.Scoring;

/// <summary>
/// Batches of one cursor, in the order of the rows. While one is read, those behind it are filled by the reading thread, which alone moves the source, and
/// run by worker threads. What nobody has begun to run is run by the reading thread, so a busy thread pool delays nothing.
/// </summary>
internal sealed class BatchQueue : IDisposable
{
    // A worker thread gets batches for about this time at once, so that handing over costs little beside them, but no more than so many.
    private static readonly TimeSpan Portion = TimeSpan.FromMicroseconds(150);
    private const int MostPerJob = 16;

    private readonly DataViewRowCursor source;
    private readonly InputReader reader;
    private readonly KeptRows kept;
    private readonly Func<BatchBuffers> create;
    private readonly int ahead;
    private readonly CurrentScores scores;
    private readonly Action<BatchBuffers> fill;
    private readonly List<BatchJob> all = [];
    private readonly Stack<BatchJob> free = [];
    private readonly Queue<BatchJob> waiting = [];
    private BatchJob? current;
    private int batch;
    private int rows;
    private long read;
    private int further;
    private ExceptionDispatchInfo? failure;
    private bool pending;
    private bool ended;

    /// <param name="source">The cursor that runs ahead; it belongs to the queue.</param>
    /// <param name="reader">Reads its rows.</param>
    /// <param name="kept">Keeps what passes through beside the scores.</param>
    /// <param name="create">Makes buffers for a batch.</param>
    /// <param name="ahead">The most jobs for worker threads beside the one that is read; 0 to score on the reading thread.</param>
    /// <param name="scores">Is moved to the current row.</param>
    public BatchQueue(DataViewRowCursor source, InputReader reader, KeptRows kept, Func<BatchBuffers> create, int ahead, CurrentScores scores)
    {
        (this.source, this.reader, this.kept, this.create, this.ahead, this.scores) = (source, reader, kept, create, ahead, scores);
        fill = Fill;
    }

    /// <summary>Moves to the next row; what was thrown when it was read or scored is thrown now.</summary>
    /// <returns>Whether there is one.</returns>
    public bool MoveNext()
    {
        if (++scores.Row < rows)
        {
            return true;
        }

        if ((current is null || ++batch == current.Count) && !NextJob())
        {
            rows = 0;
            return false;
        }

        if (batch == current!.Scored)
        {
            // The rows behind would be taken for those that failed, if anybody went on.
            waiting.Clear();
            (failure, ended, rows, batch) = (current.Failure!, true, 0, current.Count - 1);
            failure.Throw();
        }

        read++;
        rows = current[batch].Rows;
        scores.Results = current[batch].Results;
        scores.Batch = current[batch].Number;
        scores.Row = 0;
        return true;
    }

    /// <summary>Waits for batches that are being run and releases everything.</summary>
    public void Dispose()
    {
        foreach (BatchJob job in all)
        {
            job.Dispose();
        }

        source.Dispose();
    }

    private bool NextJob()
    {
        int portion = current is null || ahead == 0 ? 1 : (int)Math.Clamp(Portion / current.TimePerBatch, 1, MostPerJob);
        if (current is not null)
        {
            free.Push(current);
            current = null;
        }

        // No further than has been read already: who wants few rows should not wait for many.
        while (!ended && waiting.Count <= ahead && further <= read)
        {
            Enqueue((int)Math.Min(portion, read + 1 - further));
        }

        if (!waiting.TryDequeue(out BatchJob? next))
        {
            failure?.Throw();
            return false;
        }

        while (!next.IsDone)
        {
            if (!next.TryRun() && !waiting.Any(b => b.TryRun()))
            {
                next.Wait();
            }
        }

        further -= next.Count;
        current = next;
        batch = 0;
        return true;
    }

    private void Enqueue(int batches)
    {
        if (!free.TryPop(out BatchJob? job))
        {
            job = new BatchJob(create);
            all.Add(job);
        }

        job.Clear();
        try
        {
            while (!ended && job.Count < batches)
            {
                job.Add(fill);
            }
        }
        catch (Exception e)
        {
            // It waits until the rows before have been read.
            (failure, ended) = (ExceptionDispatchInfo.Capture(e), true);
        }

        if (job.Count == 0)
        {
            free.Push(job);
            return;
        }

        further += job.Count;
        waiting.Enqueue(job);
        job.MakeReady(handOver: ahead > 0 && read > 0);
    }

    private void Fill(BatchBuffers buffers)
    {
        while (buffers.Rows < buffers.BatchSize && (pending || source.MoveNext()))
        {
            if (!pending)
            {
                reader.Fetch();
            }

            // What passes is kept first: a row whose values cannot be got must not be scored.
            kept.Keep(buffers.Number, buffers.Rows);
            pending = !buffers.TryAdd(reader);
            if (pending)
            {
                return;
            }
        }

        ended |= buffers.Rows < buffers.BatchSize;
    }
}
