using Toolkit.Autograd.Tensors;

namespace Toolkit.Modeling.Data;

/// <summary>One example of a stream: features with either a class label or a target of real numbers, and a weight where the layout has weights; or any fields by name.</summary>
public readonly record struct Example
{
    /// <summary>An example of any fields: <c>new Example(("text", Value.Of(ids, ids.Length)), ("price", Value.Of(3.5f)))</c>.</summary>
    /// <param name="fields">The fields of the layout in any order, each a tensor for one example, without a batch axis.</param>
    public Example(params ReadOnlySpan<(string Name, Value Value)> fields)
    {
        Fields = fields.ToArray();
        Label = -1;
    }

    /// <summary>An example with a class label.</summary>
    /// <param name="features">The features in row-major order.</param>
    /// <param name="label">The class, from 0.</param>
    public Example(ReadOnlyMemory<float> features, long label)
    {
        Features = features;
        Label = label;
    }

    /// <summary>An example with a target of real numbers.</summary>
    /// <param name="features">The features in row-major order.</param>
    /// <param name="target">The target in row-major order.</param>
    public Example(ReadOnlyMemory<float> features, ReadOnlyMemory<float> target)
    {
        Features = features;
        Target = target;
        Label = -1;
    }

    /// <summary>The features in row-major order.</summary>
    public ReadOnlyMemory<float> Features { get; }

    /// <summary>The class, from 0; −1 if the example has a target instead.</summary>
    public long Label { get; }

    /// <summary>The target in row-major order; empty if the example has a label instead.</summary>
    public ReadOnlyMemory<float> Target { get; }

    /// <summary>The fields by name; null for an example of features with a label or a target.</summary>
    internal (string Name, Value Value)[]? Fields { get; }

    /// <summary>Its weight, at least 0; 1 by default. Others need a layout with weights (<see cref="DataLayout.WithWeights"/>).</summary>
    public float Weight { get; init; } = 1f;

    /// <summary>A field of an example of fields; null if it has none of that name.</summary>
    internal Value? Find(string name) => Array.Find(Fields!, field => field.Name == name).Value;
}
