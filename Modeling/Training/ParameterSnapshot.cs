using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Modeling.Training;

/// <summary>The values of some parameters at one moment.</summary>
internal sealed class ParameterSnapshot
{
    private readonly Parameter[] parameters;
    private readonly Value[] values;

    /// <summary>Copies the values that parameters have now.</summary>
    public ParameterSnapshot(IReadOnlyList<Parameter> parameters)
        : this(parameters, [.. parameters.Select(parameter => parameter.Value)])
    {
    }

    /// <summary>Copies values that belong to parameters.</summary>
    public ParameterSnapshot(IReadOnlyList<Parameter> parameters, IReadOnlyList<Value> values)
    {
        this.parameters = [.. parameters];
        this.values = [.. values.Select(value => value.Clone())];
    }

    public IReadOnlyList<Parameter> Parameters => parameters;

    public IReadOnlyList<Value> Values => values;

    /// <summary>Whether the parameters have these values now, bit for bit.</summary>
    public bool IsCurrent => parameters.Zip(values).All(pair => pair.First.Value.BitEquals(pair.Second));

    /// <summary>Takes the values that the parameters have now, into the same memory.</summary>
    public void Refresh()
    {
        for (int i = 0; i < parameters.Length; i++)
            values[i].CopyFrom(parameters[i].Value);
    }

    /// <summary>Gives the parameters their values back.</summary>
    public void Restore()
    {
        for (int i = 0; i < parameters.Length; i++)
            parameters[i].Value = values[i];
    }
}
