using System.Collections.Frozen;

namespace Toolkit.Autograd.Schema;

/// <summary>
/// The operators of the ONNX standard with every version of each: the one table behind the registry of operations, the exporter, the importer,
/// the model check and the list of operators in the documentation.
/// </summary>
/// <remarks>The rows are in <c>operators.txt</c> beside this file. A row is read when its operator is first asked for.</remarks>
public static class StandardOperators
{
    /// <summary>The newest version of the standard operator set in the table.</summary>
    public const int NewestVersion = 27;

    private static readonly FrozenDictionary<string, Lazy<IReadOnlyList<OperatorSchema>>> Histories = ReadRows();

    private static readonly FrozenDictionary<string, int> Versions = new Dictionary<string, int>(StringComparer.Ordinal)
    {
        [""] = NewestVersion,
        ["ai.onnx.ml"] = 5,
        ["ai.onnx.preview"] = 1,
        ["ai.onnx.preview.training"] = 1,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The full names of all operators, in their order: those of the standard domain by their names alone.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Histories.Keys.Order(StringComparer.Ordinal)];

    /// <summary>Whether the table holds the operators of a domain at a version.</summary>
    /// <param name="domain">The domain; empty for the standard one.</param>
    /// <param name="version">The version of the operator set.</param>
    public static bool Covers(string domain, long version) => Versions.TryGetValue(domain, out int newest) && version >= 1 && version <= newest;

    /// <summary>All versions of an operator, the oldest first; empty if the table does not have it.</summary>
    /// <param name="domain">The domain; empty for the standard one.</param>
    /// <param name="name">The operator.</param>
    public static IReadOnlyList<OperatorSchema> History(string domain, string name) =>
        Histories.TryGetValue(domain.Length == 0 ? name : $"{domain}.{name}", out Lazy<IReadOnlyList<OperatorSchema>>? history) ? history.Value : [];

    /// <summary>The schema of an operator in a version of its operator set.</summary>
    /// <param name="domain">The domain; empty for the standard one.</param>
    /// <param name="name">The operator.</param>
    /// <param name="version">The version of the operator set.</param>
    /// <returns>The schema; null if the operator does not exist at that version.</returns>
    public static OperatorSchema? Find(string domain, string name, long version) =>
        History(domain, name).LastOrDefault(schema => schema.Since <= version);

    private static FrozenDictionary<string, Lazy<IReadOnlyList<OperatorSchema>>> ReadRows()
    {
        using Stream stream = typeof(StandardOperators).Assembly.GetManifestResourceStream("Toolkit.Autograd.Schema.operators.txt")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd()
            .Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Where(row => row[0] != '#')
            .GroupBy(row => row[..row.IndexOf(' ', StringComparison.Ordinal)], StringComparer.Ordinal)
            .ToFrozenDictionary(
                group => group.Key,
                group => new Lazy<IReadOnlyList<OperatorSchema>>(() => [.. group.Select(SchemaRow.Read)]),
                StringComparer.Ordinal);
    }
}
