using System.Runtime.ExceptionServices;
using Toolkit.Autograd.Files;
using Toolkit.Modeling.Distributed;
using Toolkit.OnnxExport.Serving;

namespace Toolkit.Tables;

/// <summary>The work of this process: threads that each take a group of rows, score it and write its part.</summary>
internal sealed class ScoringRun(Table table, OnnxSession session, ScoreLayout layout, PartFolder parts, TableScoringOptions options)
{
    private readonly IProcessGroup processes = options.Group;
    private readonly Lock gate = new();
    private (int Group, Exception Exception)? failure;

    /// <summary>The groups of the table.</summary>
    public int Groups => table.Groups;

    /// <summary>How many parts were made.</summary>
    public long NewParts { get; private set; }

    /// <summary>How many rows they have.</summary>
    public long NewRows { get; private set; }

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

    private void Work(CancellationToken cancellation)
    {
        int group = -1;
        try
        {
            using GroupReader reader = table.CreateReader(layout, options);
            using var scorer = new GroupScorer(session, layout, reader);
            while (failure is null && !cancellation.IsCancellationRequested && reader.TryNext(IsWanted))
            {
                group = reader.Group;
                reader.Read();
                scorer.Score();
                AtomicFile.Write(parts.Path(group), stream => table.Write(stream, scorer.Columns));
                lock (gate)
                {
                    (NewParts, NewRows) = (NewParts + 1, NewRows + reader.Rows);
                    options.Progress?.Report(new TableScores(Groups, NewParts, NewRows));
                }
            }
        }
#pragma warning disable CA1031 // It is thrown by the thread that waits for this one.
        catch (Exception e)
#pragma warning restore CA1031
        {
            // Of several, the one that a single thread would have found.
            lock (gate)
                failure = failure is { } other && other.Group <= group ? other : (group, e);
        }
    }

    private bool IsWanted(int group) => group % processes.Size == processes.Rank && !File.Exists(parts.Path(group));
}
