using System.Runtime.ExceptionServices;
using Toolkit.Autograd.Files;
using Toolkit.Modeling.Distributed;
using Toolkit.OnnxExport.Serving;

namespace Toolkit.Tables;

/// <summary>The work of this process: threads that each take a group of rows, score it and write its part. While a thread waits until its part is on the disk, another one computes in its place.</summary>
internal sealed class ScoringRun(Table table, OnnxSession session, ScoreLayout layout, PartFolder parts, TableScoringOptions options) : IDisposable
{
    private readonly IProcessGroup processes = options.Group;
    private readonly Lock gate = new();
    private readonly SemaphoreSlim computing = new(AtOnce(options));
    private readonly SemaphoreSlim writing = new(AtOnce(options));
    private (int Group, Exception Exception)? failure;
    private long taken;

    /// <summary>The groups of the table.</summary>
    public int Groups => table.Groups;

    /// <summary>How many parts were made.</summary>
    public long NewParts { get; private set; }

    /// <summary>How many rows they have.</summary>
    public long NewRows { get; private set; }

    /// <summary>The most threads that have something to do: those that compute, and as many that write.</summary>
    public static long MostThreads(TableScoringOptions options) => 2L * AtOnce(options);

    /// <summary>Scores what is not there yet.</summary>
    public void Work(int count, CancellationToken cancellation)
    {
        Thread[] threads = [.. Enumerable.Range(0, count).Select(i => new Thread(() => Work(cancellation)) { Name = $"scoring {i}" })];
        foreach (Thread thread in threads)
            thread.Start();
        foreach (Thread thread in threads)
            thread.Join();
        if (failure is { } first)
            ExceptionDispatchInfo.Throw(first.Exception);
        cancellation.ThrowIfCancellationRequested();
    }

    public void Dispose()
    {
        computing.Dispose();
        writing.Dispose();
    }

    private static int AtOnce(TableScoringOptions options) => options.Threads ?? Environment.ProcessorCount;

    private void Work(CancellationToken cancellation)
    {
        int group = -1;
        try
        {
            using GroupReader reader = table.CreateReader(layout, options);
            using var scorer = new GroupScorer(session, layout, reader);
            while (ScoreNext(reader, scorer, cancellation, ref group))
                Write(group, reader.Rows, scorer.Columns);
        }
#pragma warning disable CA1031 // It is thrown by the thread that waits for this one.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Fail(group, e);
        }
    }

    /// <summary>Scores the next group in one of the places of those that compute, and takes one of those that write before another thread gets it: a single thread makes its parts in order.</summary>
    private bool ScoreNext(GroupReader reader, GroupScorer scorer, CancellationToken cancellation, ref int group)
    {
        computing.Wait(CancellationToken.None);
        try
        {
            if (failure is not null || cancellation.IsCancellationRequested || !TryTake(reader))
                return false;
            group = reader.Group;
            reader.Read();
            scorer.Score();
            writing.Wait(CancellationToken.None);
            return true;
        }
        catch (Exception e)
        {
            // Known before another thread takes the place.
            Fail(group, e);
            throw;
        }
        finally
        {
            computing.Release();
        }
    }

    private void Write(int group, int rows, IReadOnlyList<TableColumn> columns)
    {
        try
        {
            AtomicFile.Write(parts.Path(group), stream => table.Write(stream, columns));
            lock (gate)
            {
                (NewParts, NewRows) = (NewParts + 1, NewRows + rows);
                options.Progress?.Report(new TableScores(Groups - (taken - NewParts), NewParts, NewRows));
            }
        }
        catch (Exception e)
        {
            Fail(group, e);
            throw;
        }
        finally
        {
            writing.Release();
        }
    }

    private bool TryTake(GroupReader reader)
    {
        // Nobody is told of a group that is neither there nor counted as taken.
        lock (gate)
        {
            bool isThere = reader.TryNext(IsWanted);
            taken += isThere ? 1 : 0;
            return isThere;
        }
    }

    /// <summary>Notes an error: of several, the one that a single thread would have found.</summary>
    private void Fail(int group, Exception e)
    {
        lock (gate)
            failure = failure is { } other && other.Group <= group ? other : (group, e);
    }

    private bool IsWanted(int group) => group % processes.Size == processes.Rank && !File.Exists(parts.Path(group));
}
