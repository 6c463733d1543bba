using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Toolkit.Tool.Reporting;

/// <summary>Writes a report for a person: values behind aligned names, then tables, each under its name.</summary>
internal static class ReportText
{
    public static void Write(JsonObject content, TextWriter output)
    {
        KeyValuePair<string, JsonNode?>[] values = [.. content.Where(each => each.Value is JsonValue)];
        int width = values.Length == 0 ? 0 : values.Max(each => Words(each.Key).Length);
        foreach ((string name, JsonNode? value) in values)
            output.WriteLine($"{Words(name).PadRight(width)}  {Text(value!)}");
        foreach ((string name, JsonNode? value) in content)
        {
            switch (value)
            {
                case JsonArray { Count: > 0 } rows:
                    output.WriteLine($"{Environment.NewLine}{Words(name)}");
                    WriteTable([.. rows.Select(row => (JsonObject)row!)], output);
                    break;
                case JsonObject { Count: > 0 } inner:
                    output.WriteLine($"{Environment.NewLine}{Words(name)}");
                    WriteTable([.. inner.Select(each => new JsonObject { ["name"] = each.Key, ["value"] = each.Value!.DeepClone() })], output, hasHeader: false);
                    break;
            }
        }
    }

    private static void WriteTable(IReadOnlyList<JsonObject> rows, TextWriter output, bool hasHeader = true)
    {
        string[] names = [.. rows[0].Select(cell => cell.Key)];
        List<string[]> lines = hasHeader ? [[.. names.Select(Words)]] : [];
        lines.AddRange(rows.Select(row => names.Select(name => row[name] is { } cell ? Text(cell) : string.Empty).ToArray()));
        int[] widths = [.. names.Select((_, column) => lines.Max(line => line[column].Length))];
        bool[] numeric = [.. names.Select(name => rows.All(row => row[name] is null || row[name]!.GetValueKind() == JsonValueKind.Number))];
        foreach (string[] line in lines)
            output.WriteLine("  " + string.Join("  ", line.Select((cell, column) => numeric[column] ? cell.PadLeft(widths[column]) : cell.PadRight(widths[column]))).TrimEnd());
    }

    /// <summary>Whole and large numbers with commas, others with five digits.</summary>
    private static string Text(JsonNode value) => value.GetValueKind() switch
    {
        JsonValueKind.True => "yes",
        JsonValueKind.False => "no",
        JsonValueKind.Number when decimal.TryParse(value.ToString(), NumberStyles.Float, CultureInfo.InvariantCulture, out decimal exact) && exact == decimal.Truncate(exact) =>
            exact.ToString("N0", CultureInfo.InvariantCulture),
        JsonValueKind.Number => double.Parse(value.ToString(), CultureInfo.InvariantCulture) is var number && Math.Abs(number) is >= 1e5 and < 1e15
            ? number.ToString("N0", CultureInfo.InvariantCulture)
            : number.ToString("G5", CultureInfo.InvariantCulture),
        _ => value.ToString().ReplaceLineEndings(" "),
    };

    /// <summary>"testRows" as "test rows"; a name with spaces is one of the user's.</summary>
    private static string Words(string name) => name.Contains(' ', StringComparison.Ordinal) ? name : string.Concat(name.Select((letter, i) => i > 0 && char.IsUpper(letter) ? $" {char.ToLowerInvariant(letter)}" : letter.ToString()));
}
