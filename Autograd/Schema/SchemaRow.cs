using System.Globalization;

namespace Toolkit.Autograd.Schema;

/// <summary>Reads a row of the table of operators; the form of a row is described at the head of <c>operators.txt</c>.</summary>
internal static class SchemaRow
{
    public static OperatorSchema Read(string row)
    {
        string[] parts = row.Split(';', StringSplitOptions.TrimEntries);
        string[] head = parts[0].Split(' ');
        int domain = head[0].LastIndexOf('.');
        var types = Words(parts, 3).Select(word => word.Split('=')).ToDictionary(word => word[0], word => TypeSet.Read(word[1]), StringComparer.Ordinal);
        string[] arguments = parts[1].Split("->", StringSplitOptions.TrimEntries);
        return new OperatorSchema(domain < 0 ? "" : head[0][..domain], head[0][(domain + 1)..], int.Parse(head[1], CultureInfo.InvariantCulture))
        {
            IsDeprecated = head is [_, _, "deprecated"],
            Inputs = [.. Words(arguments, 0).Select(word => Argument(word, types))],
            Outputs = [.. Words(arguments, 1).Select(word => Argument(word, types))],
            Attributes = [.. Words(parts, 2).Select(Attribute)],
        };
    }

    private static string[] Words(string[] parts, int index) =>
        index < parts.Length ? parts[index].Split(' ', StringSplitOptions.RemoveEmptyEntries) : [];

    private static SchemaArgument Argument(string word, Dictionary<string, IReadOnlySet<string>> types)
    {
        int colon = word.IndexOf(':', StringComparison.Ordinal);
        string type = word[(colon + 1)..].TrimEnd('?', '*', '0', '+', '-');
        string flags = word[(colon + 1 + type.Length)..];
        bool isFixed = type[0] == '=';
        IReadOnlySet<string> allowed = isFixed ? TypeSet.Read(type[1..]) : types[type];
        return new SchemaArgument(word[..colon], isFixed ? allowed.Single() : type, allowed)
        {
            IsOptional = flags.Contains('?', StringComparison.Ordinal),
            IsVariadic = flags.Contains('*', StringComparison.Ordinal),
            IsHeterogeneous = flags.Contains("**", StringComparison.Ordinal),
            Least = flags.Contains('0', StringComparison.Ordinal) ? 0 : 1,
            IsDifferentiable = flags.Contains('+', StringComparison.Ordinal) ? true : flags.Contains('-', StringComparison.Ordinal) ? false : null,
        };
    }

    private static SchemaAttribute Attribute(string word)
    {
        int colon = word.IndexOf(':', StringComparison.Ordinal);
        int equals = word.IndexOf('=', StringComparison.Ordinal);
        string kind = word[(colon + 1)..(equals < 0 ? word.Length : equals)];
        return new SchemaAttribute(word[..colon], Kind(kind.TrimEnd('!')), kind.EndsWith('!'), equals < 0 ? null : word[(equals + 1)..]);
    }

    private static AttributeKind Kind(string kind) => kind switch
    {
        "int" => AttributeKind.Int,
        "ints" => AttributeKind.Ints,
        "float" => AttributeKind.Float,
        "floats" => AttributeKind.Floats,
        "string" => AttributeKind.Text,
        "strings" => AttributeKind.Texts,
        "tensor" => AttributeKind.Tensor,
        "sparse_tensor" => AttributeKind.SparseTensor,
        "graph" => AttributeKind.Graph,
        "type" => AttributeKind.Type,
        _ => throw new FormatException($"Expected a kind of attribute, found \"{kind}\"."),
    };
}
