namespace Toolkit.Autograd.Graph;

/// <summary>An operation with computations inside it. Transforms of a graph descend into them.</summary>
public interface IHasBodies
{
    /// <summary>The computations.</summary>
    IReadOnlyList<Body> Bodies { get; }

    /// <summary>The same operation with other computations that give the same.</summary>
    /// <param name="bodies">One for each of <see cref="Bodies"/>, with inputs and outputs of the same types.</param>
    Operation With(IReadOnlyList<Body> bodies);
}
