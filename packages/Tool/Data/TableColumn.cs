using System.Text.Json.Serialization;

namespace Toolkit.Tool.Data;

/// <summary>A column that a model reads.</summary>
/// <param name="Name">Its header.</param>
/// <param name="Names">The texts of a category in the order of their keys, which count from 1; null for a column of numbers.</param>
internal sealed record TableColumn(string Name, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? Names = null);
