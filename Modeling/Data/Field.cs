using Toolkit.Autograd.Tensors;

namespace Toolkit.Modeling.Data;

/// <summary>A named part of an example, such as its features, a text as ids, a label or a weight: a tensor of one type and shape for each example.</summary>
/// <param name="Name">The name by which models, losses and metrics read it, such as "input"; without dots, which set apart what belongs to a field.</param>
/// <param name="Type">The element type.</param>
/// <param name="Shape">The shape for one example, without the batch axis; empty for a single number. The first axis may be a symbol such as "time": its length is
/// another one in each example (a ragged axis), the same for all fields with the symbol.</param>
/// <exception cref="ArgumentException">The name is empty or has a dot, or a size is not positive.</exception>
public sealed record Field(string Name, DType Type, Shape Shape)
{
    /// <summary>The symbol of the axis of examples, which no axis of one example may have.</summary>
    internal const string BatchAxis = "batch";

    /// <summary>The name by which models, losses and metrics read it.</summary>
    public string Name { get; init => field = Checked(value); } = Checked(Name);

    /// <summary>The shape for one example.</summary>
    public Shape Shape { get; init => field = Checked(value); } = Checked(Shape);

    /// <summary>The number of classes if the field is a label (int64), from 0 to Classes − 1; 0 (the default) if it is not.</summary>
    public int Classes { get; init => field = Settings.AtLeastZero(value); }

    /// <summary>The symbol of the ragged axis; null if the shape is the same for every example.</summary>
    internal string? Axis => Shape.Rank > 0 ? Shape[0].Symbol?.Name : null;

    /// <summary>The field of several examples as an input of a graph, of shape ["batch", …].</summary>
    internal Autograd.Graph.Variable Symbol => Autograd.Graph.Variable.Input(Name, Type, [BatchAxis, .. Shape]);

    /// <summary>For example "input: Float32 [28, 28]" or "label: Int64 [] of 10 classes".</summary>
    public override string ToString() => $"{Name}: {Type} {Shape}{(Classes > 0 ? $" of {Classes} classes" : "")}";

    private static string Checked(string name) => !string.IsNullOrWhiteSpace(name) && !name.Contains('.', StringComparison.Ordinal)
        ? name
        : throw new ArgumentException($"Expected a name of a field without dots, found \"{name}\".", nameof(name));

    private static Shape Checked(Shape shape) => shape.All(dim => dim.IsStatic ? dim.Size >= 1 : dim.Symbol is { } symbol && symbol.Name != BatchAxis)
        ? shape
        : throw new ArgumentException($"Expected sizes of at least 1 and symbols other than \"{BatchAxis}\" in the shape of one example, found {shape}.", nameof(shape));
}
