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
    /// <param name="create">Makes buffers for a batch.</param>
    /// <param name="ahead">The most jobs for worker threads beside the one that is read; 0 to score on the reading thread.</param>
    /// <param name="scores">Is moved to the current row.</param>
    public BatchQueue(DataViewRowCursor source, InputReader reader, Func<BatchBuffers> create, int ahead, CurrentScores scores)
    {
        (this.source, this.reader, this.create, this.ahead, this.scores) = (source, reader, create, ahead, scores);
        fill = Fill;
    }

    /// <summary>Moves to the scores of the next row; there must be one, or what was thrown when it was read or scored is thrown again.</summary>
    public void MoveNext()
    {
        if (++scores.Row < rows)
        {
            return;
        }

        if (current is null || ++batch == current.Count)
        {
            NextJob();
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
        scores.Row = 0;
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

    private void NextJob()
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
            throw new ScoringException("Expected as many rows each time the data are read, found fewer the second time.");
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

            pending = !buffers.TryAdd(reader);
            if (pending)
            {
                return;
            }
        }

        ended |= buffers.Rows < buffers.BatchSize;
    }
}
