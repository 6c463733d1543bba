namespace Toolkit.Modeling.Distributed;

/// <summary>A group of one process: this one.</summary>
public sealed class SingleProcess : IProcessGroup
{
    private SingleProcess()
    {
    }

    /// <summary>The group.</summary>
    public static SingleProcess Instance { get; } = new();

    /// <inheritdoc/>
    public int Rank => 0;

    /// <inheritdoc/>
    public int Size => 1;

    /// <inheritdoc/>
    public void Exchange(int to, ReadOnlySpan<byte> sent, int from, Span<byte> received, Purpose purpose)
    {
        if (to != 0 || from != 0)
            throw new ArgumentOutOfRangeException(nameof(to), to, $"Expected rank 0, the only one, found {to} and {from}.");
        sent.CopyTo(received);
    }

    /// <summary>Does nothing: nobody waits.</summary>
    /// <param name="reason">Not looked at.</param>
    public void Abort(string reason)
    {
    }
}
