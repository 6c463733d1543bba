namespace Toolkit.Autograd.Graph;

/// <summary>A graph in an attribute of a node of a file, free of protocol-buffer types.</summary>
public abstract class OnnxGraph
{
    /// <summary>Applies the graph.</summary>
    /// <param name="inputs">What stands at its inputs.</param>
    /// <param name="outside">Receives the variables of the graphs around it that it reads.</param>
    /// <returns>Its results.</returns>
    public abstract IReadOnlyList<Variable> Apply(IReadOnlyList<Variable> inputs, HashSet<Variable> outside);
}
