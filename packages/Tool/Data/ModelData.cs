using System.Text.Json;
using System.Text.Json.Serialization;
using Toolkit.Modeling.Data;

namespace Toolkit.Tool.Data;

/// <summary>What data a model reads and what its scores mean: it stands in the metadata of the file, so that the file is all that scoring needs.</summary>
/// <param name="Columns">The columns of a table in their order; empty for images.</param>
/// <param name="Label">The column that is predicted; null for images.</param>
/// <param name="Classes">The names of the classes in the order of the scores; null for a number.</param>
/// <param name="Pictures">How pictures become its input; null if it does not read pictures.</param>
internal sealed record ModelData(IReadOnlyList<TableColumn> Columns, string? Label, IReadOnlyList<string>? Classes, PictureFormat? Pictures = null)
{
    /// <summary>Its key in the metadata.</summary>
    public const string Key = "toolkit.data";

    private static readonly JsonSerializerOptions Compact = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    /// <summary>What a file says of its data; null if it says nothing.</summary>
    /// <exception cref="DataException">It says what makes no sense.</exception>
    public static ModelData? Of(IReadOnlyDictionary<string, string> metadata)
    {
        if (!metadata.TryGetValue(Key, out string? text))
            return null;
        try
        {
            return JsonSerializer.Deserialize<ModelData>(text, Compact) is { Columns: not null } data ? data : throw new JsonException("there are no columns.");
        }
        catch (JsonException e)
        {
            throw new DataException($"Expected \"{Key}\" in the metadata of the model as the tool writes it: {e.Message}", e);
        }
    }

    public string ToJson() => JsonSerializer.Serialize(this, Compact);
}
