namespace Toolkit.Autograd.Tensors;

/// <summary>A notation in which sizes are written (<see cref="Dim.Write{T}"/>): as text, as nodes of a graph, or as whatever another library computes with. A size is a sum of products of a
/// number with symbols, quotients and choices.</summary>
/// <typeparam name="T">What is written.</typeparam>
public interface IDimNotation<T>
{
    /// <summary>A symbol.</summary>
    /// <param name="symbol">The symbol.</param>
    T Symbol(Symbol symbol);

    /// <summary>A quotient, rounded down (toward −∞).</summary>
    /// <param name="dividend">The dividend.</param>
    /// <param name="divisor">The divisor, not 0.</param>
    T Quotient(Dim dividend, Dim divisor);

    /// <summary>The smaller of two.</summary>
    /// <param name="first">The first.</param>
    /// <param name="second">The second.</param>
    T Min(Dim first, Dim second);

    /// <summary>The greater of two.</summary>
    /// <param name="first">The first.</param>
    /// <param name="second">The second.</param>
    T Max(Dim first, Dim second);

    /// <summary>The one of two that is not 1; they are equal otherwise.</summary>
    /// <param name="first">The first.</param>
    /// <param name="second">The second.</param>
    T Broadcast(Dim first, Dim second);

    /// <summary>A term.</summary>
    /// <param name="coefficient">The number, not 0.</param>
    /// <param name="factors">What it multiplies, as written; nothing for the number itself.</param>
    T Product(long coefficient, IReadOnlyList<T> factors);

    /// <summary>The whole.</summary>
    /// <param name="terms">The terms, as written; none for 0.</param>
    T Sum(IReadOnlyList<T> terms);
}
