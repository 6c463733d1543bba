using Toolkit.Autograd.Graph;
using Toolkit.OnnxExport.Format;

namespace Toolkit.OnnxExport.Export;

/// <summary>What a model with updates calls a parameter and its new value. The metadata of the file say so: <c>update:NAME</c> = the output with the new value,
/// <c>role:NAME</c> = what the parameter is for; a role alone, in a model that was saved, says that the initializer is a parameter.</summary>
/// <param name="Name">The input with the present value.</param>
/// <param name="NewName">The output with the new value.</param>
/// <param name="Role">What the parameter is for.</param>
internal sealed record WrittenUpdate(string Name, string NewName, ParameterRole Role)
{
    private const string UpdateKey = "update:", RoleKey = "role:";

    /// <summary>The entries of the metadata.</summary>
    public IEnumerable<KeyValuePair<string, string>> Metadata => [new(UpdateKey + Name, NewName), new(RoleKey + Name, Role.ToString())];

    /// <summary>What the output with the new value of a parameter is called.</summary>
    public static string NewNameOf(string name) => $"{name}_out";

    /// <summary>The entry of the metadata that says what a parameter is for.</summary>
    public static KeyValuePair<string, string> RoleOf(Parameter parameter) => new(RoleKey + parameter.Name, parameter.Role.ToString());

    /// <summary>What the metadata of a model say that parameters are for, by their names.</summary>
    public static IReadOnlyDictionary<string, ParameterRole> RolesOf(ModelProto model) => model.MetadataProps
        .Where(entry => entry.Key.StartsWith(RoleKey, StringComparison.Ordinal) && Enum.TryParse(entry.Value, out ParameterRole _))
        .ToDictionary(entry => entry.Key[RoleKey.Length..], entry => Enum.Parse<ParameterRole>(entry.Value), StringComparer.Ordinal);

    /// <summary>The keys under which metadata tell of updates.</summary>
    public static IEnumerable<string> KeysOf(IEnumerable<Update> updates) => updates.SelectMany(update => new[] { UpdateKey + update.Parameter.Name, RoleKey + update.Parameter.Name });

    /// <summary>The updates that the metadata of a model tell of, by the names of their parameters; none of a model without.</summary>
    public static IReadOnlyDictionary<string, WrittenUpdate> Of(ModelProto model)
    {
        var entries = model.MetadataProps.ToDictionary(entry => entry.Key, entry => entry.Value, StringComparer.Ordinal);
        return entries.Where(entry => entry.Key.StartsWith(UpdateKey, StringComparison.Ordinal)).Select(entry => (Name: entry.Key[UpdateKey.Length..], entry.Value))
            .Where(update => entries.ContainsKey(RoleKey + update.Name))
            .Select(update => new WrittenUpdate(
                update.Name, update.Value, Enum.TryParse(entries[RoleKey + update.Name], out ParameterRole role) ? role : ParameterRole.State))
            .ToDictionary(update => update.Name, StringComparer.Ordinal);
    }
}
