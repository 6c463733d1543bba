using System.Diagnostics;

namespace Toolkit.Modeling.Distributed;

/// <summary>The way from one thread of a <see cref="ThreadGroup"/> to another, with room for one message.</summary>
internal sealed class Mailbox(ThreadGroup group, int from, int to)
{
    private readonly object gate = new();
    private byte[] content = [];
    private int length;
    private bool full;

    /// <summary>Puts a message there, when the one before is taken.</summary>
    public void Post(ReadOnlySpan<byte> sent, Purpose purpose)
    {
        lock (gate)
        {
            Await(state: false, waiting: from, missing: to, purpose);
            if (content.Length < sent.Length)
                content = new byte[sent.Length];
            sent.CopyTo(content);
            (length, full) = (sent.Length, true);
            Monitor.PulseAll(gate);
        }
    }

    /// <summary>Takes the message that is there, or comes.</summary>
    public void Take(Span<byte> received, Purpose purpose)
    {
        lock (gate)
        {
            Await(state: true, waiting: to, missing: from, purpose);
            if (length != received.Length)
                throw new ProcessGroupException($"Expected {received.Length} bytes from rank {from} at rank {to} ({purpose}), found {length}: the processes do different work.");
            content.AsSpan(0, length).CopyTo(received);
            full = false;
            Monitor.PulseAll(gate);
        }
    }

    /// <summary>Ends all waiting.</summary>
    public void Wake()
    {
        lock (gate)
            Monitor.PulseAll(gate);
    }

    private void Await(bool state, int waiting, int missing, Purpose purpose)
    {
        long start = Stopwatch.GetTimestamp();
        while (full != state)
        {
            if (group.Failure is { } failure)
                throw new ProcessGroupException(failure);
            TimeSpan waited = Stopwatch.GetElapsedTime(start), left = purpose.Allowed(group.Patience) - waited;
            if (left <= TimeSpan.Zero)
                throw new ProcessGroupException(ProcessGroupException.Stalled(waiting, missing, purpose, waited));
            Monitor.Wait(gate, left);
        }
    }
}
