using Toolkit.Autograd.Graph;

namespace Toolkit.Modeling.Constraints;

/// <summary>
/// A set that a parameter must not leave: after each step of the optimizer, its new value is projected back. Source: book section 7.2,
/// explicit constraints with reprojection.
/// </summary>
/// <remarks>One of your own is a <c>record</c>, as all of them are: from a class, C# says "Only records may inherit from records" (CS8865).</remarks>
public abstract record Constraint
{
    /// <summary>Whether the constraint is for a parameter; by default for weights only.</summary>
    /// <param name="parameter">The parameter.</param>
    public virtual bool AppliesTo(Parameter parameter) => parameter.Role == ParameterRole.Weight;

    /// <summary>The nearest value within the set.</summary>
    /// <param name="newValue">The value that the optimizer would store.</param>
    /// <param name="parameter">The parameter, for its shape and role.</param>
    public abstract Variable Project(Variable newValue, Parameter parameter);
}
