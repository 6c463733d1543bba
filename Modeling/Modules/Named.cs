using System.Collections;
using System.Diagnostics.CodeAnalysis;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Modeling.Modules;

/// <summary>Variables by name, in the order in which they were given: what a <see cref="Model"/> reads and what it gives. Immutable.</summary>
[SuppressMessage("Naming", "CA1710:Identifiers should have correct suffix", Justification = "It is read as an adjective: named inputs, named outputs.")]
public sealed class Named : IReadOnlyDictionary<string, Variable>
{
    /// <summary>The name of the one output of a <see cref="Module"/>, and what losses and metrics read if nothing else is said.</summary>
    public const string Output = "output";

    private readonly (string Name, Variable Variable)[] entries;

    /// <summary>Variables with names: <c>new Named(("price", price), ("kind", kind))</c>.</summary>
    /// <param name="entries">The names and the variables.</param>
    /// <exception cref="ArgumentException">A name is empty or occurs twice.</exception>
    public Named(params ReadOnlySpan<(string Name, Variable Variable)> entries)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach ((string name, _) in entries)
        {
            if (string.IsNullOrWhiteSpace(name) || !names.Add(name))
                throw new ArgumentException($"Expected distinct names that are not empty, found {Quoted(names.Append(name))}.", nameof(entries));
        }

        this.entries = entries.ToArray();
    }

    /// <summary>The only variable.</summary>
    /// <exception cref="GraphException">There is none, or there are several.</exception>
    public Variable Single => entries is [(_, var only)] ? only
        : throw new GraphException($"Expected one variable, found {(entries.Length == 0 ? "none" : Quoted(Keys))}.");

    /// <inheritdoc/>
    public IEnumerable<string> Keys => entries.Select(entry => entry.Name);

    /// <inheritdoc/>
    public IEnumerable<Variable> Values => entries.Select(entry => entry.Variable);

    /// <inheritdoc/>
    public int Count => entries.Length;

    /// <summary>A variable by name.</summary>
    /// <param name="key">The name.</param>
    /// <exception cref="GraphException">There is none of this name; the message lists those there are.</exception>
    public Variable this[string key] => TryGetValue(key, out Variable? found) ? found
        : throw new GraphException($"There is no \"{key}\"; there are: {Quoted(Keys)}.");

    /// <summary>A variable under the name <see cref="Output"/>.</summary>
    /// <param name="variable">The variable.</param>
    public static implicit operator Named(Variable variable) => new((Output, variable));

    /// <summary>The same as the conversion.</summary>
    /// <param name="variable">The variable.</param>
    public static Named FromVariable(Variable variable) => variable;

    /// <inheritdoc/>
    public bool ContainsKey(string key) => TryGetValue(key, out _);

    /// <inheritdoc/>
    public bool TryGetValue(string key, [MaybeNullWhen(false)] out Variable value)
    {
        foreach ((string name, Variable variable) in entries)
        {
            if (name == key)
            {
                value = variable;
                return true;
            }
        }

        value = null;
        return false;
    }

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, Variable>> GetEnumerator() => entries.Select(entry => KeyValuePair.Create(entry.Name, entry.Variable)).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>The same with another variable under a name.</summary>
    internal Named With(string name, Variable variable) => new([.. entries.Select(entry => entry.Name == name ? (name, variable) : entry)]);

    /// <summary>For example "price: Float32[batch, 1], kind: Float32[batch, 3]".</summary>
    public override string ToString() => string.Join(", ", entries.Select(entry => $"{entry.Name}: {entry.Variable.Type}"));

    private static string Quoted(IEnumerable<string> names) => string.Join(", ", names.Select(name => $"\"{name}\""));
}
