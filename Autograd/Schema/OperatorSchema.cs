namespace Toolkit.Autograd.Schema;

/// <summary>What an operator of ONNX takes and gives from one version of its operator set on.</summary>
/// <param name="Domain">The domain; empty for the standard one.</param>
/// <param name="Name">The operator.</param>
/// <param name="Since">The first version of the operator set with this schema.</param>
public sealed record OperatorSchema(string Domain, string Name, int Since)
{
    /// <summary>Whether the operator may no longer be used from this version on.</summary>
    public bool IsDeprecated { get; init; }

    /// <summary>The inputs.</summary>
    public IReadOnlyList<SchemaArgument> Inputs { get; init; } = [];

    /// <summary>The outputs.</summary>
    public IReadOnlyList<SchemaArgument> Outputs { get; init; } = [];

    /// <summary>The attributes, in the order of their names.</summary>
    public IReadOnlyList<SchemaAttribute> Attributes { get; init; } = [];

    /// <summary>How many inputs a node may have.</summary>
    public ArgumentCount InputCount => ArgumentCount.Of(Inputs);

    /// <summary>How many outputs a node may have.</summary>
    public ArgumentCount OutputCount => ArgumentCount.Of(Outputs);

    /// <summary>Whether a gradient may go through the operator: it has an input of which the standard says that it is differentiable.</summary>
    public bool IsDifferentiable => Inputs.Any(input => input.IsDifferentiable == true);

    /// <summary>The name with the domain before it, as messages and tables give it.</summary>
    public string FullName => Domain.Length == 0 ? Name : $"{Domain}.{Name}";

    /// <summary>The attribute of a name; null if the operator has none.</summary>
    /// <param name="name">The name.</param>
    public SchemaAttribute? Attribute(string name) => Attributes.FirstOrDefault(attribute => attribute.Name == name);
}
