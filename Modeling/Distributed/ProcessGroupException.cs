using Toolkit.Autograd.Tensors;

namespace Toolkit.Modeling.Distributed;

/// <summary>Processes that were to work together cannot: one has failed or does not come, or they were given different work.</summary>
public sealed class ProcessGroupException : ToolkitException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What was expected and what was found, with the rank.</param>
    public ProcessGroupException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">What was expected and what was found, with the rank.</param>
    /// <param name="inner">What went wrong.</param>
    public ProcessGroupException(string message, Exception inner)
        : base(message, inner)
    {
    }

    /// <summary>Waiting has lasted too long.</summary>
    /// <param name="rank">Who waits.</param>
    /// <param name="missing">Whom for.</param>
    /// <param name="purpose">At what.</param>
    /// <param name="waited">How long.</param>
    public static string Stalled(int rank, int missing, Purpose purpose, TimeSpan waited) =>
        FormattableString.Invariant($"Rank {missing} does not come: rank {rank} has waited {waited.TotalSeconds:0.#} s for it ({purpose}).");
}
