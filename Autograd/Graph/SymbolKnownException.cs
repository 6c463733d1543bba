using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Graph;

/// <summary>A size that a file leaves open follows from an operator; whoever reads the file starts again with it.</summary>
/// <param name="symbol">The symbol.</param>
/// <param name="size">Its size.</param>
/// <param name="reason">The operator from which it follows.</param>
public sealed class SymbolKnownException(string symbol, int size, string reason) : ToolkitException($"The size of \"{symbol}\" is {size}, as {reason} needs it.")
{
    /// <summary>The symbol.</summary>
    public string Symbol => symbol;

    /// <summary>Its size.</summary>
    public int Size => size;
}
