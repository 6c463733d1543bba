using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Gradients;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.OnnxExport.Export;
using Toolkit.OnnxExport.Format;
using Toolkit.OnnxExport.Import;
using Toolkit.OnnxExport.Serving;
using Toolkit.OnnxExport.Tests.Checking;
using Toolkit.OnnxExport.Tests.Export;
using static Toolkit.OnnxExport.Format.TensorProto.Types;

namespace Toolkit.OnnxExport.Tests.Import;

/// <summary>A map is two vectors, its keys and its values. What is made of it is what ONNX Runtime makes of the map itself.</summary>
public class MapTests
{
    private static readonly Value Integers = Value.Of([3L, 0, 2], 3), Texts = Value.Of(["c", "z", "a"], 3), Numbers = Value.Of([1.5f, -2f, 0.25f], 3);

    private static readonly Dictionary<string, (OneNode Node, Value Keys, Value Values, Value Expected)> Rows = new(StringComparer.Ordinal)
    {
        ["texts to numbers"] = (Words("a", "c", "b", "z"), Texts, Numbers, Value.Of([0.25f, 1.5f, 0, -2], 1, 4)),
        ["a key that is not in the vocabulary, and one that is twice"] = (Words("c", "b", "c"), Texts, Numbers, Value.Of([1.5f, 0, 1.5f], 1, 3)),
        ["texts to float64"] = (Words("a", "b"), Texts, Value.Of([1.5, -2, 0.25], 3), Value.Of([0.25, 0], 1, 2)),
        ["texts to integers"] = (Words("a", "b"), Texts, Value.Of([5L, 6, 7], 3), Value.Of([7L, 0], 1, 2)),
        ["integers to numbers"] = (Vectorizer().With("int64_vocabulary", [0L, 1, 2]), Integers, Numbers, Value.Of([-2f, 0, 0.25f], 1, 3)),
        ["integers to texts"] = (Vectorizer().With("int64_vocabulary", [1L, 3]).Gives(DataType.String), Integers, Texts, Value.Of(["", "c"], 1, 2)),
        ["nothing"] = (Words("a", "b"), Value.Of(Array.Empty<string>(), 0), Value.Zeros(DType.Float32, 0), Value.Zeros(DType.Float32, 1, 2)),
        ["dense"] = (Cast(), Integers, Numbers, Value.Of([-2f, 0.25f, 1.5f], 1, 3)),
        ["dense to integers"] = (Cast().With("cast_to", "TO_INT64").Gives(DataType.Int64), Integers, Value.Of([4f, -2, 7], 3), Value.Of([-2L, 7, 4], 1, 3)),
        ["dense from texts"] = (Cast(), Integers, Value.Of(["4.5", "-2", "7"], 3), Value.Of([-2f, 7, 4.5f], 1, 3)),
        ["dense texts"] = (Cast().With("cast_to", "TO_STRING").Gives(DataType.String), Integers, Texts, Value.Of(["z", "a", "c"], 1, 3)),
        ["sparse"] = (Cast().With("map_form", "SPARSE").With("max_map", 5), Integers, Numbers, Value.Of([-2f, 0, 0.25f, 1.5f, 0], 1, 5)),
        ["sparse texts"] = (Cast().With("map_form", "SPARSE").With("max_map", 4).With("cast_to", "TO_STRING").Gives(DataType.String), Integers, Texts, Value.Of(["z", "0.f", "a", "c"], 1, 4)),
    };

    public static TheoryData<string> Names => [.. Rows.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_map_becomes_what_ONNX_Runtime_makes_of_it(string name)
    {
        (OneNode node, Value keys, Value values, Value expected) = Rows[name];
        byte[] bytes = File(node, keys.DType, values.DType, expected);
        OnnxModel model = OnnxModel.Load(bytes);
        Assert.Equal(["x_keys", "x_values"], model.Signature.Inputs.Select(input => input.Name));
        Same(expected, Function.Compile(model.Signature).Run(keys, values)[0]);
        Same(expected, InRuntime(bytes, keys, values));

        // Texts are compared by ONNX from operator set 19 on.
        using OnnxSession written = OnnxSession.Load(OnnxExporter.Export(model.Signature, model.ExportOptions with { Opset = 21 }));
        Same(expected, written.Run(keys, values)[0]);
    }

    [Fact]
    public void Gradients_reach_the_values_that_are_taken()
    {
        Signature signature = OnnxModel.Load(File(Words("a", "b", "z"), DType.String, DType.Float32, Value.Zeros(DType.Float32, 1, 3))).Signature;
        Variable loss = Ops.Sum(signature.Outputs[0].Variable.Square());
        Value gradient = Function.Compile(signature.Inputs, [Gradient.Of(loss, signature.Inputs[1])]).Run(Texts, Numbers)[0];
        Assert.Equal([0f, -4, 0.5f], gradient.ToArray<float>());
    }

    [Fact]
    public void A_key_beyond_the_row_is_an_error()
    {
        foreach (long key in new[] { -1L, 4 })
        {
            Function function = Function.Compile(OnnxModel.Load(File(Cast().With("map_form", "SPARSE").With("max_map", 4), DType.Int64, DType.Float32, Value.Zeros(DType.Float32, 1, 4))).Signature);
            Assert.Contains("keys from 0 to 3", Assert.Throws<ShapeException>(() => function.Run(Value.Of([key], 1), Value.Of([1f], 1))).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void What_is_no_map_or_no_map_of_the_type_is_refused_by_its_name()
    {
        TypeProto tensor = GoodModel.Value("x", DataType.Float, 2).Type;
        var sequence = new TypeProto { SequenceType = new() { ElemType = tensor } };
        (OneNode Node, TypeProto Type, string Reason)[] rows =
        [
            (Words("a"), tensor, "DictVectorizer expects a map, found"),
            (Words("a"), sequence, "DictVectorizer expects a map, found"),
            (Words("a"), MapOf(DType.Int64, tensor), "a map from String, as its vocabulary is, found keys of Int64"),
            (Vectorizer(), MapOf(DType.Int64, tensor), "string_vocabulary or int64_vocabulary, found none"),
            (Cast(), MapOf(DType.String, tensor), "a map from int64, found keys of String"),
            (Cast().With("map_form", "ROUND"), MapOf(DType.Int64, tensor), "DENSE or SPARSE, found ROUND"),
            (Cast().With("cast_to", "TO_BOOL"), MapOf(DType.Int64, tensor), "TO_INT64 or TO_STRING, found TO_BOOL"),
            (new OneNode("Scaler", 17).In("ai.onnx.ml"), MapOf(DType.Int64, tensor), "(Scaler) takes tensors, found inputs of the kinds Map"),
            (Cast(), new TypeProto { SequenceType = new() { ElemType = sequence } }, "as the input \"x\", found sequence(sequence(float[2]))"),
            (Cast(), new TypeProto { SequenceType = new() { ElemType = MapOf(DType.Int64, tensor) } }, "found sequence(map(int64, float[2]))"),
            (Cast(), MapOf(DType.Int64, sequence), "found map(int64, sequence(float[2]))"),
        ];
        Assert.All(rows, row => Assert.Contains(row.Reason, Assert.Throws<ImportException>(() => OnnxModel.Load(File(row.Node, row.Type, Value.Zeros(DType.Float32)))).Message, StringComparison.Ordinal));
    }

    private static OneNode Vectorizer() => new OneNode("DictVectorizer", 17).In("ai.onnx.ml");

    private static OneNode Words(params string[] words) => Vectorizer().With("string_vocabulary", words);

    private static OneNode Cast() => new OneNode("CastMap", 17).In("ai.onnx.ml");

    private static TypeProto MapOf(DType key, TypeProto value) => new() { MapType = new() { KeyType = (int)key.ToDataType(), ValueType = value } };

    private static byte[] File(OneNode node, DType key, DType value, Value result) => File(node, MapOf(key, new TypeProto { TensorType = new() { ElemType = (int)value.ToDataType(), Shape = new() } }), result);

    private static byte[] File(OneNode node, TypeProto type, Value result)
    {
        ModelProto model = node.Model([result]);
        model.Graph.Output[0].Type.TensorType.ElemType = (int)result.DType.ToDataType();
        model.Graph.Input.Add(new ValueInfoProto { Name = "x", Type = type });
        model.Graph.Node[0].Input.Add("x");
        return model.ToByteArray();
    }

    /// <summary>The result of a file of one map and one result in ONNX Runtime, which takes keys in their order.</summary>
    private static Value InRuntime(byte[] bytes, Value keys, Value values)
    {
        int[] order = keys.DType == DType.String
            ? [.. Enumerable.Range(0, keys.Count).OrderBy(i => keys.Texts[i], StringComparer.Ordinal)]
            : [.. Enumerable.Range(0, keys.Count).OrderBy(i => keys[i])];
        string[] TextsOf(Value of) => [.. order.Select(i => of.Texts[i])];
        T[] Of<T>(Value of)
            where T : unmanaged => [.. order.Select(i => of.ToArray<T>()[i])];
        using OrtValue map = (keys.DType, values.DType) switch
        {
            (DType.String, DType.Float32) => OrtValue.CreateMapWithStringKeys(TextsOf(keys), Of<float>(values)),
            (DType.String, DType.Float64) => OrtValue.CreateMapWithStringKeys(TextsOf(keys), Of<double>(values)),
            (DType.String, _) => OrtValue.CreateMapWithStringKeys(TextsOf(keys), Of<long>(values)),
            (_, DType.String) => OrtValue.CreateMapWithStringValues(Of<long>(keys), TextsOf(values)),
            _ => OrtValue.CreateMap(Of<long>(keys), Of<float>(values)),
        };
        using var session = new InferenceSession(bytes);
        using var options = new RunOptions();
        using IDisposableReadOnlyCollection<OrtValue> results = session.Run(options, ["x"], [map], ["y0"]);
        int[] sizes = [.. results[0].GetTensorTypeAndShape().Shape.Select(size => (int)size)];
        return results[0].GetTensorTypeAndShape().ElementDataType switch
        {
            Microsoft.ML.OnnxRuntime.Tensors.TensorElementType.String => Value.Of(results[0].GetStringTensorAsArray(), sizes),
            Microsoft.ML.OnnxRuntime.Tensors.TensorElementType.Double => Value.Of(results[0].GetTensorDataAsSpan<double>().ToArray(), sizes),
            Microsoft.ML.OnnxRuntime.Tensors.TensorElementType.Int64 => Value.Of(results[0].GetTensorDataAsSpan<long>().ToArray(), sizes),
            _ => Value.Of(results[0].GetTensorDataAsSpan<float>().ToArray(), sizes),
        };
    }

    private static void Same(Value expected, Value found)
    {
        Assert.Equal(expected.Type, found.Type);
        if (expected.DType == DType.String)
            Assert.Equal(expected.Texts.ToArray(), found.Texts.ToArray());
        else
            Parity.Equal(expected, found, 0, "map");
    }
}
