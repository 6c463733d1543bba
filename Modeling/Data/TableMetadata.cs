using System.Text;
using System.Text.Json;
using Toolkit.Autograd.Graph;

namespace Toolkit.Modeling.Data;

/// <summary>What a file says of the table that it reads: {"columns": [{"name", "names"}], "label", "classes"}.</summary>
internal static class TableMetadata
{
    /// <summary>Its key among the metadata.</summary>
    public const string Key = "toolkit.data";

    /// <param name="read">The fields that the model reads.</param>
    /// <param name="others">Those that it does not: one of them alone is what it predicts.</param>
    /// <param name="columns">The columns that it reads, in the order of the inputs.</param>
    public static string Of(IReadOnlyList<CsvField> read, IReadOnlyList<CsvField> others, IReadOnlyList<Variable> columns)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteStartArray("columns");
            foreach (Variable column in columns)
            {
                json.WriteStartObject();
                json.WriteString("name", column.Name);
                if (read.FirstOrDefault(field => field is { IsNumeric: false, IsText: false } && field.Columns[0].Header == column.Name)?.Names is { } names)
                    Write(json, "names", names);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            if (others.Where(field => field.Name != DataLayout.Weight).ToArray() is [{ Columns: [var label] } target])
            {
                json.WriteString("label", label.Header);
                if (target.IsLabel)
                    Write(json, "classes", target.Names!);
            }

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private static void Write(Utf8JsonWriter json, string name, IReadOnlyList<string> texts)
    {
        json.WriteStartArray(name);
        foreach (string text in texts)
            json.WriteStringValue(text);
        json.WriteEndArray();
    }
}
