namespace Toolkit.Autograd.Graph;

/// <summary>An operation with results beyond those of its operator in the standard, such as the states of a loop in each turn, which its gradient reads.</summary>
public interface IHasOwnResults
{
    /// <summary>The number of results that the standard has; those after them are the operation's own.</summary>
    int StandardResults { get; }

    /// <summary>The same results as results that the standard has.</summary>
    /// <param name="inputs">The inputs.</param>
    /// <param name="isRead">For each result whether anything reads it.</param>
    /// <returns>One variable for each result; for one that nothing reads any of its type.</returns>
    IReadOnlyList<Variable> WithStandardResults(Arguments inputs, IReadOnlyList<bool> isRead);
}
