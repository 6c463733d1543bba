namespace Toolkit.Autograd.Graph;

/// <summary>Builds a computation anew with other variables in the place of some. What does not depend on one of these is shared, not built anew.</summary>
public sealed class Substitution : GraphTransform
{
    /// <summary>Says what takes the place of what.</summary>
    /// <param name="replacements">The variables to replace, each with the one that takes its place.</param>
    public Substitution(IReadOnlyDictionary<Variable, Variable> replacements)
    {
        foreach ((Variable variable, Variable replacement) in replacements)
        {
            Replace(variable, replacement);
        }
    }
}
