using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations.Elementwise;
using Toolkit.Autograd.Operations.Reductions;
using Toolkit.Autograd.Operations.Shaping;
using Toolkit.Autograd.Operations.Texts;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Features;

/// <summary>Operators of <c>ai.onnx.ml</c> that look values up: labels, categories, columns.</summary>
internal static class Encoders
{
    /// <summary>For each element the value of the key that it is, or the default. Of equal keys the last counts; from version 4 on NaN is a key like any.</summary>
    public static IReadOnlyList<Variable> LabelEncoder(OnnxNode node)
    {
        if (node.Texts("classes_strings") is { } classes)
        {
            (Variable names, Variable numbers) = (Texts(classes), Ops.Integers([.. Enumerable.Range(0, classes.Count).Select(i => (long)i)]));
            return [node[0].DType == DType.String ? Found(node, names, numbers, Whole(node)) : Found(node, numbers, names, Text(node))];
        }

        if (node[0].DType == DType.String && node.Texts("keys_strings") is { Count: > 0 } texts && node.Integers("values_int64s") is { } integers && texts.Count == integers.Count && node.Tensor("default_tensor") is null)
        {
            // Of equal keys the first counts.
            (string Key, long Number)[] pairs = [.. texts.Zip(integers).DistinctBy(pair => pair.First, StringComparer.Ordinal)];
            return new LabelEncoder([.. pairs.Select(pair => pair.Key)], [.. pairs.Select(pair => pair.Number)], node.Integer("default_int64")).ApplyAll(node[0]);
        }

        (Variable keys, Variable values) = (Listed(node, "keys"), Listed(node, "values"));
        Variable otherwise = node.Tensor("default_tensor") is { Count: 1 } given ? Variable.Of(given.Reshape()) : values.DType switch
        {
            DType.String => Text(node),
            DType.Float32 => Variable.Of(Value.Of(node.Number("default_float"))),
            DType.Int64 => Whole(node),
            var type => Variable.Scalar(type.IsFloating() ? -0.0 : -1, type),
        };
        return [Found(node, keys, values, otherwise)];
    }

    /// <summary>Texts for integers or integers for texts.</summary>
    public static IReadOnlyList<Variable> CategoryMapper(OnnxNode node)
    {
        Variable texts = Texts(node.Texts("cats_strings") ?? []), numbers = Ops.Integers(node.Integers("cats_int64s") ?? []);
        return [node[0].DType == DType.String ? Found(node, texts, numbers, Whole(node)) : Found(node, numbers, texts, Text(node))];
    }

    /// <summary>1 at the category that an element is and 0 elsewhere, in a new last axis; numbers are cast to integers before.</summary>
    public static IReadOnlyList<Variable> OneHotEncoder(OnnxNode node)
    {
        Variable x = node[0].DType == DType.String ? node[0] : Ops.Cast(node[0], DType.Int64);
        Variable categories = x.DType == DType.String ? Texts(node.Texts("cats_strings") ?? []) : Ops.Integers(node.Integers("cats_int64s") ?? []);
        Variable hot = Ops.Cast(Matches(x, categories, takesNaN: false), DType.Float32);
        if (node.Flag("zeros"))
            return [hot];
        Variable areAll = Ops.Equal(Ops.ReduceMin(Ops.ReduceMax(hot, [x.Shape.Rank]), [.. Enumerable.Range(0, x.Shape.Rank)]), Variable.Scalar(1, DType.Float32));
        return [Ops.Checked(hot, areAll, expected: true, "OneHotEncoder takes elements that are categories of its list.")];
    }

    /// <summary>Elements along the last axis; of a vector a row.</summary>
    public static IReadOnlyList<Variable> ArrayFeatureExtractor(OnnxNode node)
    {
        Variable chosen = Ops.Gather(node[0], new Reshape().Apply(node[1], Ops.Integers(-1)), node[0].Shape.Rank - 1);
        return [node[0].Shape.Rank == 1 ? new Unsqueeze().Apply(chosen, Ops.Integers(0)) : chosen];
    }

    private static Variable Found(OnnxNode node, Variable keys, Variable values, Variable otherwise)
    {
        Variable x = node[0];
        if (keys.Shape != values.Shape || keys.DType != x.DType || keys.Shape.Rank != 1)
            throw new GraphException($"{node.Operator} expects as many values as keys, of the type of its input, found {keys.Type} and {values.Type} for {x.Type}.");
        if (keys.Shape[0] == 0)
            return Ops.ExpandLike(otherwise, x);
        int axis = x.Shape.Rank;
        Variable matches = Ops.Cast(Matches(x, keys, node.Version >= 4), DType.Int64);
        Variable found = Ops.Gather(values, new ArgMax(axis, KeepDims: false, SelectLastIndex: true).Apply(matches));
        return Ops.Where(Ops.Greater(Ops.Sum(matches, [axis]), 0), found, otherwise);
    }

    /// <summary>Which of the keys each element is, in a new last axis.</summary>
    private static Variable Matches(Variable x, Variable keys, bool takesNaN)
    {
        Variable row = new Unsqueeze().Apply(x, Ops.Integers(x.Shape.Rank)), same = Ops.Equal(row, keys);
        return takesNaN && x.DType.IsFloating() ? new Or().Apply(same, new And().Apply(new IsNaN().Apply(row), new IsNaN().Apply(keys))) : same;
    }

    private static Variable Texts(IReadOnlyList<string> texts) => Variable.Of(Value.Of(texts.ToArray(), texts.Count));

    private static Variable Whole(OnnxNode node) => Variable.Of(Value.Of(node.Integer("default_int64")));

    private static Variable Text(OnnxNode node) => Variable.Of(Value.Of([node.Text("default_string")]));

    private static Variable Listed(OnnxNode node, string name) =>
        node.Integers($"{name}_int64s") is { } whole ? Ops.Integers(whole)
        : node.Numbers($"{name}_floats") is { } real ? Variable.Of(Value.Of(real.ToArray(), real.Count))
        : node.Texts($"{name}_strings") is { } texts ? Texts(texts)
        : node.Tensor($"{name}_tensor") is { } tensor ? Variable.Of(tensor.Reshape(tensor.Count))
        : throw new GraphException($"{node.Operator} expects {name} as lists of numbers or texts, or as a tensor, found others.");
}
