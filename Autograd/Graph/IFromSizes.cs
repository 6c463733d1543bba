using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Graph;

/// <summary>An operation without inputs whose result follows from the sizes that are bound when a function runs; it needs no kernel.</summary>
public interface IFromSizes
{
    /// <summary>The symbols whose sizes it reads.</summary>
    IEnumerable<Symbol> Symbols { get; }

    /// <summary>The result.</summary>
    /// <param name="sizes">The size of each symbol.</param>
    Value Evaluate(IReadOnlyDictionary<Symbol, int> sizes);
}
