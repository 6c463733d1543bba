namespace Toolkit.Modeling.Distributed;

/// <summary>What an exchange is for.</summary>
/// <param name="Name">What it is, such as "gradients".</param>
/// <param name="Step">The step of a training that it belongs to; 0 outside of one.</param>
/// <param name="Round">How many exchanges of the same work came before.</param>
public readonly record struct Purpose(string Name, long Step = 0, int Round = 0)
{
    /// <summary>How long to wait: a little longer with each round, so that the process that waits for the one which does not come is the first to say so, and not one that waits
    /// for a process that waits.</summary>
    /// <param name="patience">How long to wait in the first round.</param>
    public TimeSpan Allowed(TimeSpan patience) => patience * (1.0 + (Round / 8.0));

    /// <summary>The purpose in words, such as "step 12, gradients".</summary>
    public override string ToString() => Step > 0 ? FormattableString.Invariant($"step {Step}, {Name}") : Name;
}
