namespace Toolkit.Autograd.Schema;

/// <summary>An attribute that an operator has.</summary>
/// <param name="Name">The name.</param>
/// <param name="Kind">What it holds.</param>
/// <param name="IsRequired">Whether a node must give it.</param>
/// <param name="Default">What stands in its place where a node does not give it, as text, the elements of a list joined by commas; null where the
/// standard names nothing.</param>
public sealed record SchemaAttribute(string Name, AttributeKind Kind, bool IsRequired, string? Default);
