using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Features;

/// <summary>Operators of <c>ai.onnx.ml</c> that prepare the inputs of a network, as ML.NET and others write them: each is read as the operations that it stands for.</summary>
internal static class FeatureOperators
{
    private const string Domain = "ai.onnx.ml";

    /// <summary>What applies a node, by domain and operator.</summary>
    public static IEnumerable<KeyValuePair<(string Domain, string Name), Func<OnnxNode, IReadOnlyList<Variable>>>> All { get; } =
    [
        new((Domain, nameof(FeatureVectorizer)), FeatureVectorizer),
        new((Domain, nameof(LabelEncoder)), LabelEncoder),
        new((Domain, nameof(Scaler)), Scaler),
    ];

    /// <summary>The inputs side by side, [batch, sum of the sizes], as float32; a vector is one number for each example.</summary>
    private static IReadOnlyList<Variable> FeatureVectorizer(OnnxNode node)
    {
        Variable[] columns = [.. node.Inputs.Select(x => x.Shape.Rank == 1 ? Ops.Reshape(x, [x.Shape[0], 1]) : Ops.Flatten(x)).Select(x => Ops.Cast(x, DType.Float32))];
        IReadOnlyList<long> sizes = node.Integers("inputdimensions") ?? [.. columns.Select(column => (long)column.Shape[1].Size)];
        for (int i = 0; i < columns.Length; i++)
        {
            if (sizes.Count != columns.Length || columns[i].Shape[1] != Dim.Of(sizes[i]))
                throw new ShapeException($"FeatureVectorizer expects inputs of the sizes {string.Join(", ", sizes)}, found {string.Join(", ", columns.Select(column => column.Shape))}.");
        }

        // Sizes that a file leaves open for each input are one when it runs.
        if (columns.All(column => column.Shape[0] == columns[0].Shape[0]))
            return [Ops.Concat(1, columns)];
        Variable zeros = columns.Select(column => Ops.Expand(Variable.Scalar(0, DType.Float32), [column.Shape[0], 1], column)).Aggregate(Ops.Add);
        return [Ops.Concat(1, [.. columns.Select(column => column + zeros)])];
    }

    /// <summary>For each element the value of the key that it is, or the default: keys and values of int64, float32 or texts.</summary>
    private static IReadOnlyList<Variable> LabelEncoder(OnnxNode node)
    {
        Variable keys = Listed(node, "keys"), values = Listed(node, "values");
        if (keys.Shape != values.Shape || keys.DType != node[0].DType)
            throw new GraphException($"LabelEncoder expects as many values as keys, of the type of its input, found {keys.Type} and {values.Type} for {node[0].Type}.");
        Variable x = node[0], row = Ops.Reshape(x, [.. x.Shape, 1]);
        Variable matches = Ops.Cast(Ops.Equal(row, keys), DType.Int64);
        Variable found = Ops.Gather(values, Ops.ArgMax(matches, x.Shape.Rank));
        Variable otherwise = Variable.Of(values.DType switch
        {
            DType.Float32 => Value.Of(node.Number("default_float")),
            DType.Int64 => Value.Of(node.Integer("default_int64")),
            _ => Value.Of([node.Text("default_string")]),
        });
        return [Ops.Where(Ops.Greater(Ops.Sum(matches, [x.Shape.Rank]), 0), found, otherwise)];
    }

    private static Variable Listed(OnnxNode node, string name) =>
        node.Integers($"{name}_int64s") is { } whole ? Ops.Integers(whole)
        : node.Numbers($"{name}_floats") is { } real ? Variable.Of(Value.Of(real.ToArray(), real.Count))
        : node.Texts($"{name}_strings") is { } texts ? Variable.Of(Value.Of(texts.ToArray(), texts.Count))
        : throw new GraphException($"LabelEncoder expects {name} as lists of numbers or texts, found others.");

    /// <summary>(x − offset)·scale as float32, with one number for all or one for each feature.</summary>
    private static IReadOnlyList<Variable> Scaler(OnnxNode node)
    {
        Variable x = Ops.Cast(node[0], DType.Float32);
        Variable Numbers(string name, float otherwise)
        {
            IReadOnlyList<float> numbers = node.Numbers(name) is { Count: > 0 } given ? given : [otherwise];
            return numbers.Count == 1 || numbers.Count == x.Shape[^1].Size
                ? Variable.Of(Value.Of(numbers.ToArray(), numbers.Count))
                : throw new ShapeException($"Scaler expects one number or {x.Shape[^1]} as \"{name}\", found {numbers.Count}.");
        }

        return [(x - Numbers("offset", 0)) * Numbers("scale", 1)];
    }
}
