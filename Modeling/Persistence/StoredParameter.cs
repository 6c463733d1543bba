using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Data;

namespace Toolkit.Modeling.Persistence;

/// <summary>A parameter as a checkpoint holds it.</summary>
internal sealed record StoredParameter(string Name, ParameterRole Role, Value Value)
{
    private const int Named = 10;

    public static StoredParameter Of(Parameter parameter) => new(parameter.Name, parameter.Role, parameter.Value);

    public static StoredParameter Of(Parameter parameter, Value value) => new(parameter.Name, parameter.Role, value);

    /// <summary>Gives parameters their stored values.</summary>
    public static void Assign(IReadOnlyList<Parameter> parameters, IReadOnlyList<Value> values)
    {
        for (int i = 0; i < parameters.Count; i++)
            parameters[i].Value = values[i];
    }

    /// <summary>For each parameter its stored value.</summary>
    /// <exception cref="CheckpointException">One is missing, superfluous, or of another type or shape.</exception>
    public static IReadOnlyList<Value> Match(
        IReadOnlyList<StoredParameter> stored, IReadOnlyList<Parameter> expected, string path, string user, bool allowOthers = false)
    {
        var byName = stored.ToDictionary(parameter => parameter.Name, StringComparer.Ordinal);
        var differences = new List<string>();
        var values = new List<Value>();
        foreach (Parameter parameter in expected)
        {
            if (!byName.Remove(parameter.Name, out StoredParameter? found))
                differences.Add($"\"{parameter.Name}\" is missing in the file");
            else if (found.Value.DType != parameter.DType || !found.Value.Sizes.SequenceEqual(parameter.Value.Sizes))
                differences.Add($"\"{parameter.Name}\" is {found.Value} in the file, but {parameter.Value} in the {user}");
            else
                values.Add(found.Value);
        }

        if (!allowOthers)
            differences.AddRange(byName.Keys.Order(StringComparer.Ordinal).Select(name => $"{Excerpt.Quoted(name)} is in the file only"));
        if (differences.Count == 0)
            return values;
        string more = differences.Count > Named ? $"; and {differences.Count - Named} more" : "";
        throw new CheckpointException(
            $"The checkpoint '{path}' does not fit the {user}, which is unchanged: {string.Join("; ", differences.Take(Named))}{more}.");
    }
}
