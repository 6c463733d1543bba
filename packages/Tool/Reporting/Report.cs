using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Tool.Reporting;

/// <summary>What a command has to say: named values, lists and tables, written for a person or as JSON. Both have the same content.</summary>
/// <param name="content">The names, in camelCase, and values; null values are left out of the text.</param>
internal sealed class Report(JsonObject content)
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Whether the command could not do what it was asked, or found that something is wrong.</summary>
    public bool HasFailed { get; init; }

    /// <summary>Whether another process shows the same.</summary>
    public bool IsShownElsewhere { get; init; }

    /// <summary>A command that gives a report has not failed.</summary>
    public static implicit operator Report(JsonObject content) => new(content);

    /// <summary>A table: an object for each row.</summary>
    public static JsonArray Table<T>(IEnumerable<T> rows, Func<T, JsonObject> of) => [.. rows.Select(row => (JsonNode)of(row))];

    /// <summary>A type as <c>inspect</c> shows it, such as "float[batch, 784]".</summary>
    public static string Type(TensorType type) => $"{ElementType.Of(type.DType).Name}{type.Shape}";

    public void WriteJson(TextWriter output) => output.WriteLine(content.ToJsonString(Indented));

    public void WriteText(TextWriter output) => ReportText.Write(content, output);
}
