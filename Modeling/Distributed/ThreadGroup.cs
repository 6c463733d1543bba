namespace Toolkit.Modeling.Distributed;

/// <summary>A group whose processes are threads of this one: what a distributed job does can be tried and tested without more than this program.</summary>
public sealed class ThreadGroup
{
    private readonly Mailbox[] mailboxes;
    private readonly Lock failing = new();
    private Exception? cause;

    private ThreadGroup(int size, TimeSpan patience)
    {
        Size = size;
        Patience = patience;
        mailboxes = [.. Enumerable.Range(0, size * size).Select(pair => new Mailbox(this, pair / size, pair % size))];
    }

    internal int Size { get; }

    internal TimeSpan Patience { get; }

    /// <summary>Why the work has ended before its time, or null.</summary>
    internal string? Failure { get; private set; }

    /// <summary>Runs a job in several threads, each of which is a process of the group, and waits for all.</summary>
    /// <param name="size">The number of processes, at least 1.</param>
    /// <param name="body">What each does.</param>
    /// <param name="patience">How long a process waits for another; five minutes by default.</param>
    /// <exception cref="ProcessGroupException">One of them has failed: the message names its rank, the inner exception is the first.</exception>
    public static void Run(int size, Action<IProcessGroup> body, TimeSpan? patience = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size);
        var group = new ThreadGroup(size, patience ?? TimeSpan.FromMinutes(5));
        Thread[] threads = [.. Enumerable.Range(0, size).Select(rank => new Thread(() => group.Run(rank, body)) { Name = $"rank {rank}" })];
        foreach (Thread thread in threads)
            thread.Start();
        foreach (Thread thread in threads)
            thread.Join();
        if (group.Failure is { } failure)
            throw group.cause is { } inner ? new ProcessGroupException(failure, inner) : new ProcessGroupException(failure);
    }

    internal Mailbox Between(int from, int to) => mailboxes[(from * Size) + to];

    /// <summary>Notes the first failure, and ends all waiting.</summary>
    internal void Fail(string reason, Exception? exception)
    {
        lock (failing)
        {
            if (Failure is not null)
                return;
            (Failure, cause) = (reason, exception);
        }

        foreach (Mailbox mailbox in mailboxes)
            mailbox.Wake();
    }

    private void Run(int rank, Action<IProcessGroup> body)
    {
        try
        {
            body(new Member(this, rank));
        }
#pragma warning disable CA1031 // Whatever ends one thread ends the job; who started it is told.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Fail($"Rank {rank} has failed: {e.Message}", e);
        }
    }

    private sealed class Member(ThreadGroup group, int rank) : IProcessGroup
    {
        public int Rank => rank;

        public int Size => group.Size;

        public void Exchange(int to, ReadOnlySpan<byte> sent, int from, Span<byte> received, Purpose purpose)
        {
            group.Between(rank, to).Post(sent, purpose);
            group.Between(from, rank).Take(received, purpose);
        }

        public void Abort(string reason) => group.Fail($"Rank {rank} has failed: {reason}", null);
    }
}
