namespace Toolkit.Modeling.Distributed;

/// <summary>
/// A fixed number of processes that work on one job, seen from one of them. An implementation moves bytes between two processes and ends all; everything else, sums included,
/// is made of that once for all of them in <see cref="Collectives"/>, so it has the same bits everywhere.
/// </summary>
/// <remarks>All processes make the same calls in the same order; a group serves one thread at a time.</remarks>
public interface IProcessGroup
{
    /// <summary>The number of this process, from 0.</summary>
    int Rank { get; }

    /// <summary>The number of processes, at least 1.</summary>
    int Size { get; }

    /// <summary>Sends bytes to one process and receives bytes from one, which may be the same; returns when both are done.</summary>
    /// <param name="to">Who gets <paramref name="sent"/>.</param>
    /// <param name="sent">What is sent; may be empty.</param>
    /// <param name="from">Who sends <paramref name="received"/>.</param>
    /// <param name="received">What is received, as long as what is sent there.</param>
    /// <param name="purpose">What it is for, named when a process does not come.</param>
    /// <exception cref="ProcessGroupException">A process has failed, does not come in time, or sends another number of bytes.</exception>
    void Exchange(int to, ReadOnlySpan<byte> sent, int from, Span<byte> received, Purpose purpose);

    /// <summary>Ends the work of all processes: those that wait for this one stop waiting. Where the processes are those of a machine, this one ends too, and the call does not
    /// return.</summary>
    /// <param name="reason">Why, for the message that names this process.</param>
    void Abort(string reason);
}
