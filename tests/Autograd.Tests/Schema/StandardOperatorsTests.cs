using System.Text.Json;
using System.Text.RegularExpressions;
using Toolkit.Autograd.Schema;

namespace Toolkit.Autograd.Tests.Schema;

public sealed partial class StandardOperatorsTests
{
    [Fact]
    public void A_row_says_what_the_standard_says()
    {
        OperatorSchema conv = StandardOperators.Find("", "Conv", 13)!;
        Assert.Equal(("Conv", 11, false), (conv.FullName, conv.Since, conv.IsDeprecated));
        Assert.Equal(["X", "W", "B"], conv.Inputs.Select(i => i.Name));
        Assert.Equal([false, false, true], conv.Inputs.Select(i => i.IsOptional));
        Assert.Equal(new ArgumentCount(2, 3), conv.InputCount);
        Assert.Equal(["tensor(double)", "tensor(float)", "tensor(float16)"], conv.Inputs[2].Types.Order(StringComparer.Ordinal));
        Assert.Equal(new SchemaAttribute("group", AttributeKind.Int, false, "1"), conv.Attribute("group"));
        Assert.Null(conv.Attribute("axis"));
        Assert.True(conv.IsDifferentiable);
        Assert.Contains("tensor(bfloat16)", StandardOperators.Find("", "Conv", 22)!.Inputs[0].Types);
    }

    [Fact]
    public void Counts_of_arguments_follow_from_what_is_optional_and_variadic()
    {
        Assert.Equal("1 to 3", StandardOperators.Find("", "Clip", 13)!.InputCount.ToString());
        Assert.Equal("at least 1", StandardOperators.Find("", "Concat", 13)!.InputCount.ToString());
        Assert.Equal(new ArgumentCount(3, int.MaxValue), StandardOperators.Find("", "Loop", 1)!.InputCount);
        Assert.Equal(new ArgumentCount(2, int.MaxValue), StandardOperators.Find("", "Loop", 13)!.InputCount);
        Assert.Equal("1", StandardOperators.Find("", "Relu", 14)!.OutputCount.ToString());
        Assert.Equal(new ArgumentCount(0, 3), StandardOperators.Find("", "LSTM", 14)!.OutputCount);
    }

    [Fact]
    public void Versions_begin_and_end_where_the_standard_says()
    {
        Assert.Null(StandardOperators.Find("", "Gelu", 19));
        Assert.Equal(20, StandardOperators.Find("", "Gelu", 27)!.Since);
        Assert.True(StandardOperators.Find("", "Upsample", 10)!.IsDeprecated);
        Assert.Empty(StandardOperators.History("", "Nonsense"));
        Assert.Equal([1, 6, 7, 9, 14, 15], StandardOperators.History("", "BatchNormalization").Select(s => s.Since));
        Assert.True(StandardOperators.Covers("", 27));
        Assert.False(StandardOperators.Covers("", 28));
        Assert.False(StandardOperators.Covers("", 0));
        Assert.True(StandardOperators.Covers("ai.onnx.preview.training", 1));
        Assert.False(StandardOperators.Covers("com.microsoft", 1));
    }

    [Fact]
    public void Types_may_be_sequences_optionals_and_maps()
    {
        IReadOnlySet<string> types = StandardOperators.Find("", "Identity", 16)!.Inputs[0].Types;
        Assert.Superset(
            new HashSet<string>(["tensor(int8)", "seq(tensor(float16))", "optional(seq(tensor(string)))", "optional(tensor(bool))"]),
            types.ToHashSet());
        Assert.Equal(
            ["seq(map(int64,float))", "seq(map(string,float))"],
            StandardOperators.Find("ai.onnx.ml", "ZipMap", 1)!.Outputs[0].Types.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_row_is_that_of_the_standards_change_log()
    {
        string path = Path.Combine(Repository.Root, "..", "shared", "onnx", "spec", "schemas.json");
        Assert.SkipUnless(File.Exists(path), "The folder shared/onnx beside the repository is missing.");
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(path));
        var expected = document.RootElement.EnumerateArray().Select(Describe).Order(StringComparer.Ordinal).ToArray();
        string[] found = [.. StandardOperators.Names
            .Select(name => (Domain: name.Contains('.') ? name[..name.LastIndexOf('.')] : "", Name: name[(name.LastIndexOf('.') + 1)..]))
            .SelectMany(name => StandardOperators.History(name.Domain, name.Name))
            .Select(Describe)
            .Order(StringComparer.Ordinal)];
        Assert.Equal(expected, found);
    }

    private static string Describe(OperatorSchema schema) => string.Join(
        '\n',
        [
            $"{schema.Domain} {schema.Name} {schema.Since} {schema.InputCount} {schema.OutputCount}",
            .. schema.Attributes.Select(a => $"attribute {a.Name} {KindNames[a.Kind]} {a.IsRequired} {a.Default}"),
            .. schema.Inputs.Select(i => Describe("input", i)),
            .. schema.Outputs.Select(o => Describe("output", o)),
        ]);

    private static string Describe(string role, SchemaArgument argument) => Describe(
        role, argument.Name, argument.Types, argument.IsOptional, argument.IsVariadic, argument.IsHeterogeneous, argument.IsDifferentiable);

    private static string Describe(
        string role, string name, IEnumerable<string> types, bool optional, bool variadic, bool heterogeneous, bool? differentiable) =>
        $"{role} {name} {optional} {variadic} {heterogeneous} {differentiable} {string.Join(' ', types.Order(StringComparer.Ordinal))}";

    private static string Describe(JsonElement row) => string.Join(
        '\n',
        [
            $"{row.GetProperty("domain").GetString()} {row.GetProperty("name").GetString()} {row.GetProperty("since").GetInt32()} "
                + $"{Count(row, "input")} {Count(row, "output")}",
            .. row.GetProperty("attributes").EnumerateArray().Select(a =>
                $"attribute {a.GetProperty("name").GetString()} {a.GetProperty("type").GetString()} {Flag(a, "required") ?? false} {Default(a)}"),
            .. row.GetProperty("inputs").EnumerateArray().Select(i => Describe("input", i, row)),
            .. row.GetProperty("outputs").EnumerateArray().Select(o => Describe("output", o, row)),
        ]);

    private static string Describe(string role, JsonElement argument, JsonElement row)
    {
        string type = argument.GetProperty("type").GetString()!;
        IEnumerable<string> types = row.GetProperty("types").TryGetProperty(type, out JsonElement set)
            ? set.EnumerateArray().Select(t => t.GetString()!.Replace(" ", "", StringComparison.Ordinal))
            : [type];
        return Describe(
            role,
            argument.GetProperty("name").GetString()!.TrimEnd('.'),
            types,
            Flag(argument, "optional") ?? false,
            Flag(argument, "variadic") ?? false,
            Flag(argument, "heterogeneous") ?? false,
            Flag(argument, "differentiable"));
    }

    private static bool? Flag(JsonElement element, string name) => element.TryGetProperty(name, out JsonElement flag) ? flag.GetBoolean() : null;

    private static string Default(JsonElement attribute)
    {
        if (!attribute.TryGetProperty("default", out JsonElement value))
            return "";
        string text = value.ToString();
        return text.StartsWith('[') ? string.Join(',', Quoted().Matches(text).Select(m => m.Groups[1].Value)) : text.Trim('(', ')');
    }

    /// <summary>The count that the change log states, and where it states none the number of arguments.</summary>
    private static string Count(JsonElement row, string role)
    {
        if (!row.TryGetProperty($"{role}_count", out JsonElement stated))
            return $"{row.GetProperty($"{role}s").GetArrayLength()}";
        string[] bounds = stated.GetString()!.Trim('(', ')').Split(" - ");
        return bounds is [var least, "∞"] ? $"at least {least}" : bounds is [var low, var high] && low != high ? $"{low} to {high}" : bounds[0];
    }

    [GeneratedRegex("'([^']*)'")]
    private static partial Regex Quoted();

    private static readonly Dictionary<AttributeKind, string> KindNames = new()
    {
        [AttributeKind.Int] = "int",
        [AttributeKind.Ints] = "list of ints",
        [AttributeKind.Float] = "float",
        [AttributeKind.Floats] = "list of floats",
        [AttributeKind.Text] = "string",
        [AttributeKind.Texts] = "list of strings",
        [AttributeKind.Tensor] = "tensor",
        [AttributeKind.SparseTensor] = "sparse_tensor",
        [AttributeKind.Graph] = "graph",
        [AttributeKind.Type] = "type_proto",
    };
}
