using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations.Elementwise;
using Toolkit.Autograd.Operations.Indexing;
using Toolkit.Autograd.Operations.Shaping;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Features;

/// <summary>Operators of <c>ai.onnx.ml</c> on a map, which comes as two vectors: its keys, and in the same order its values.</summary>
internal static class Maps
{
    // So ONNX Runtime fills the gaps between texts.
    private const string TextOfNone = "0.f";

    /// <summary>A row of the values in the order of their keys, integers; or, if it is sparse, with each at the place that its key says, zeros between.</summary>
    public static IReadOnlyList<Variable> CastMap(OnnxNode node)
    {
        (Variable keys, Variable given) = Entries(node);
        if (keys.DType != DType.Int64)
            throw new DTypeException($"{node.Operator} expects a map from int64, found keys of {keys.DType}.");
        DType type = node.Text("cast_to") switch
        {
            "TO_FLOAT" => DType.Float32,
            "TO_INT64" => DType.Int64,
            "TO_STRING" => DType.String,
            var other => throw new GraphException($"{node.Operator} expects cast_to TO_FLOAT, TO_INT64 or TO_STRING, found {other}."),
        };
        Variable values = Ops.Cast(given, type);
        return Row(node.Text("map_form") switch
        {
            "DENSE" => Ops.Gather(values, new TopK(Largest: false).ApplyAll(keys, Ops.ShapeOf(keys))[1]),
            "SPARSE" => Sparse(keys, values, node.Int32("max_map")),
            var other => throw new GraphException($"{node.Operator} expects the map_form DENSE or SPARSE, found {other}."),
        });
    }

    /// <summary>A row with the value of each key of the vocabulary, zero where the map has none. Keys that are not in the vocabulary are left out, of equal keys the first counts.</summary>
    public static IReadOnlyList<Variable> DictVectorizer(OnnxNode node)
    {
        (Variable keys, Variable values) = Entries(node);
        Variable vocabulary = node.Texts("string_vocabulary") is { } texts ? Variable.Of(Value.Of(texts.ToArray(), texts.Count))
            : Ops.Integers(node.Integers("int64_vocabulary") ?? throw new GraphException($"{node.Operator} expects string_vocabulary or int64_vocabulary, found none."));
        if (vocabulary.DType != keys.DType)
            throw new DTypeException($"{node.Operator} expects a map from {vocabulary.DType}, as its vocabulary is, found keys of {keys.DType}.");

        // Behind the values stands the zero that keys take which the map does not have.
        Variable matches = Ops.Cast(Ops.Equal(new Unsqueeze().Apply(vocabulary, Ops.Integers(1)), keys), DType.Int64);
        Variable always = Variable.Of(Value.Full(1, DType.Int64, vocabulary.Shape[0].Size, 1));
        return Row(Ops.Gather(Ops.Concat(0, values, Variable.Of(Value.Zeros(values.DType, 1))), Ops.ArgMax(Ops.Concat(1, matches, always), 1)));
    }

    private static Variable Sparse(Variable keys, Variable values, int length)
    {
        Variable isInside = Ops.Cast(new And().Apply(Ops.GreaterOrEqual(keys, Variable.Scalar(0, DType.Int64)), Ops.Less(keys, length)), DType.Int64);
        Variable places = Ops.Checked(keys, Ops.Equal(Ops.Sum(isInside), Ops.Size(keys.Shape[0], DType.Int64, keys)), expected: true, $"CastMap takes keys from 0 to {length - 1}, as its max_map says.");
        Variable empty = Variable.Of(values.DType == DType.String ? Value.Of([TextOfNone]) : Value.Zeros(values.DType));
        return new ScatterElements().Apply(Ops.Expand(empty, [length]), places, values);
    }

    private static (Variable Keys, Variable Values) Entries(OnnxNode node) => node.Count == 2 && node[0].Shape.Rank == 1 && node[1].Shape == node[0].Shape
        ? (node[0], node[1])
        : throw new GraphException($"{node.Operator} expects a map, found {string.Join(", ", node.Inputs.Select(input => input.Type))}.");

    private static IReadOnlyList<Variable> Row(Variable values) => [new Unsqueeze().Apply(values, Ops.Integers(0))];
}
