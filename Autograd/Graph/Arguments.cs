using System.Collections;

namespace Toolkit.Autograd.Graph;

/// <summary>
/// The inputs of a node by position, as the ONNX operator counts them. An optional input that is left out is absent at its position; enumeration gives those
/// that are present, in order.
/// </summary>
public sealed class Arguments : IEnumerable<Variable>
{
    private readonly Variable?[] variables;

    /// <summary>Collects inputs.</summary>
    /// <param name="variables">The input at each position, null where an optional one is left out. Absent inputs at the end are dropped.</param>
    public Arguments(params ReadOnlySpan<Variable?> variables)
    {
        int length = variables.Length;
        while (length > 0 && variables[length - 1] is null)
        {
            length--;
        }

        this.variables = variables[..length].ToArray();
    }

    /// <summary>The number of positions up to the last input that is present.</summary>
    public int Length => variables.Length;

    /// <summary>The input at a position.</summary>
    /// <param name="position">The position.</param>
    /// <exception cref="Tensors.GraphException">No input is given there.</exception>
    public Variable this[int position] => Optional(position)
        ?? throw new Tensors.GraphException($"Expected an input at position {position} (counted from 0), found none; there are {Length} positions.");

    /// <summary>The input at a position; null if it is left out.</summary>
    /// <param name="position">The position.</param>
    public Variable? Optional(int position) => position < variables.Length ? variables[position] : null;

    /// <summary>Whether there is an input at a position.</summary>
    /// <param name="position">The position.</param>
    public bool Has(int position) => Optional(position) is not null;

    /// <summary>The inputs with others in their places, positions kept; the same object if nothing changes.</summary>
    /// <param name="map">Gives the variable that takes the place of one.</param>
    public Arguments Map(Func<Variable, Variable> map)
    {
        var mapped = new Variable?[variables.Length];
        bool changed = false;
        for (int i = 0; i < mapped.Length; i++)
        {
            mapped[i] = variables[i] is { } variable ? map(variable) : null;
            changed |= mapped[i] != variables[i];
        }

        return changed ? new Arguments(mapped) : this;
    }

    /// <summary>Something for every position.</summary>
    /// <typeparam name="T">What it is.</typeparam>
    /// <param name="map">Gives it for the input at a position; null where an input is left out.</param>
    public T[] ByPosition<T>(Func<Variable?, T> map)
    {
        var mapped = new T[variables.Length];
        for (int i = 0; i < mapped.Length; i++)
        {
            mapped[i] = map(variables[i]);
        }

        return mapped;
    }

    /// <inheritdoc/>
    public IEnumerator<Variable> GetEnumerator()
    {
        foreach (Variable? variable in variables)
        {
            if (variable is not null)
            {
                yield return variable;
            }
        }
    }

    /// <inheritdoc/>
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Every position, null where an input is left out.</summary>
    internal ReadOnlySpan<Variable?> AsSpan() => variables;
}
