using System.Collections.Frozen;

namespace Toolkit.Autograd.Schema;

/// <summary>Reads a set of types of the table of operators, such as <c>floats|int32|seq(unsigned|string)</c>.</summary>
internal static class TypeSet
{
    private static readonly FrozenDictionary<string, string[]> Groups = new Dictionary<string, string[]>(StringComparer.Ordinal)
    {
        ["unsigned"] = ["uint8", "uint16", "uint32", "uint64"],
        ["signed"] = ["int8", "int16", "int32", "int64"],
        ["floats"] = ["float16", "float", "double"],
        ["complex"] = ["complex64", "complex128"],
        ["float8"] = ["float8e4m3fn", "float8e4m3fnuz", "float8e5m2", "float8e5m2fnuz"],
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The types, as the standard writes them without spaces: <c>tensor(float)</c>, <c>seq(tensor(string))</c>, <c>map(int64,float)</c>.</summary>
    public static IReadOnlySet<string> Read(string text) => Alternatives(text).ToFrozenSet(StringComparer.Ordinal);

    private static IEnumerable<string> Alternatives(string text) => Split(text).SelectMany(part =>
        part.StartsWith("map(", StringComparison.Ordinal) ? [part]
        : Inner(part, "seq") is { } sequence ? Alternatives(sequence).Select(type => $"seq({type})")
        : Inner(part, "optional") is { } optional ? Alternatives(optional).Select(type => $"optional({type})")
        : Groups.GetValueOrDefault(part, [part]).Select(type => $"tensor({type})"));

    private static string? Inner(string part, string word) =>
        part.StartsWith($"{word}(", StringComparison.Ordinal) ? part[(word.Length + 1)..^1] : null;

    /// <summary>The parts between the bars that stand outside of parentheses.</summary>
    private static IEnumerable<string> Split(string text)
    {
        int depth = 0;
        int start = 0;
        for (int i = 0; i < text.Length; i++)
        {
            depth += text[i] switch { '(' => 1, ')' => -1, _ => 0 };
            if (text[i] == '|' && depth == 0)
            {
                yield return text[start..i];
                start = i + 1;
            }
        }

        yield return text[start..];
    }
}
