using System.Collections.Frozen;
using System.Globalization;
using static Toolkit.OnnxExport.Format.AttributeProto.Types;

namespace Toolkit.OnnxExport.Checking;

/// <summary>The operators that the check knows: the standard ones up to <see cref="NewestVersion"/> and the training preview.</summary>
internal static partial class OperatorTable
{
    /// <summary>The newest version of the standard operator set in the table.</summary>
    public const int NewestVersion = 21;

    private const string TrainingDomain = "ai.onnx.preview.training";

    private static readonly FrozenDictionary<string, OperatorSignature[]> Operators = Parse();

    /// <summary>Whether operators of a domain at a version are in the table.</summary>
    /// <param name="domain">The domain; empty for the standard one.</param>
    /// <param name="version">The version of the operator set.</param>
    public static bool Covers(string domain, long version) =>
        (domain.Length == 0 && version is >= 1 and <= NewestVersion) || (domain == TrainingDomain && version == 1);

    /// <summary>Finds the signature of an operator.</summary>
    /// <param name="domain">The domain; empty for the standard one.</param>
    /// <param name="name">The operator.</param>
    /// <param name="version">The version of the operator set.</param>
    /// <param name="since">The first version that has the operator; 0 if no version of the table has it.</param>
    /// <returns>The signature; null if the operator is not registered at that version.</returns>
    public static OperatorSignature? Find(string domain, string name, long version, out int since)
    {
        if (!Operators.TryGetValue(Key(domain, name), out OperatorSignature[]? versions))
        {
            since = 0;
            return null;
        }

        since = versions[0].Since;
        return versions.LastOrDefault(s => s.Since <= version);
    }

    private static string Key(string domain, string name) => domain.Length == 0 ? name : $"{domain}.{name}";

    private static FrozenDictionary<string, OperatorSignature[]> Parse() =>
        Rows.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(row => row.Split(' '))
            .GroupBy(row => row[0], row => Signature(row.AsSpan(1)), StringComparer.Ordinal)
            .ToFrozenDictionary(g => g.Key, g => g.OrderBy(s => s.Since).ToArray(), StringComparer.Ordinal);

    private static OperatorSignature Signature(ReadOnlySpan<string> row)
    {
        int since = int.Parse(row[0], CultureInfo.InvariantCulture);
        if (row[1] == "deprecated")
        {
            var none = new ArgumentCount(0, 0, FrozenSet<int>.Empty);
            return new OperatorSignature(since, true, none, none, FrozenDictionary<string, AttributeSignature>.Empty);
        }

        var attributes = new Dictionary<string, AttributeSignature>(StringComparer.Ordinal);
        foreach (string attribute in row[3..])
        {
            string[] parts = attribute.TrimEnd('!').Split(':');
            attributes.Add(parts[0], new AttributeSignature(TypeOf(parts[1]), attribute.EndsWith('!')));
        }

        return new OperatorSignature(since, false, Count(row[1]), Count(row[2]), attributes.ToFrozenDictionary(StringComparer.Ordinal));
    }

    private static ArgumentCount Count(string text)
    {
        string[] parts = text.Split('?');
        string[] bounds = parts[0].Split('-');
        int minimum = int.Parse(bounds[0], CultureInfo.InvariantCulture);
        int maximum = bounds switch
        {
            [_] => minimum,
            [_, "*"] => int.MaxValue,
            _ => int.Parse(bounds[1], CultureInfo.InvariantCulture),
        };
        IEnumerable<int> optional = parts.Length == 1 ? [] : parts[1].Split(',').Select(p => int.Parse(p, CultureInfo.InvariantCulture));
        return new ArgumentCount(minimum, maximum, optional.ToFrozenSet());
    }

    private static AttributeType TypeOf(string code) => code switch
    {
        "f" => AttributeType.Float,
        "i" => AttributeType.Int,
        "s" => AttributeType.String,
        "t" => AttributeType.Tensor,
        "g" => AttributeType.Graph,
        "st" => AttributeType.SparseTensor,
        "tp" => AttributeType.TypeProto,
        "fs" => AttributeType.Floats,
        "is" => AttributeType.Ints,
        "ss" => AttributeType.Strings,
        _ => throw new FormatException($"Expected an attribute type of the operator table, found \"{code}\"."),
    };
}
