namespace Toolkit.Autograd.Schema;

/// <summary>An input or output that an operator has.</summary>
/// <param name="Name">The name in the standard.</param>
/// <param name="Type">The type variable, such as <c>T</c>; the arguments of one variable have one type. Where the standard names a type instead of a
/// variable, that type.</param>
/// <param name="Types">The types it may have, as the standard writes them, for example <c>tensor(float16)</c>.</param>
public sealed record SchemaArgument(string Name, string Type, IReadOnlySet<string> Types)
{
    /// <summary>Whether it may be left out: by an empty name, or at the end by no name.</summary>
    public bool IsOptional { get; init; }

    /// <summary>Whether any number of arguments may stand here; only the last one may be variadic.</summary>
    public bool IsVariadic { get; init; }

    /// <summary>Whether the arguments of a variadic one may differ in type.</summary>
    public bool IsHeterogeneous { get; init; }

    /// <summary>The least number of arguments of a variadic one, 0 or 1.</summary>
    public int Least { get; init; } = 1;

    /// <summary>Whether derivatives with respect to it (or of it) are defined; null where the standard does not say.</summary>
    public bool? IsDifferentiable { get; init; }
}
