using Google.Protobuf;
using Toolkit.Autograd.Tensors;
using Toolkit.OnnxExport.Format;
using static Toolkit.OnnxExport.Format.AttributeProto.Types;

namespace Toolkit.Conformance;

/// <summary>A few cases of our own in the form of the suite, with numbers computed by hand: what the tool is tried on.</summary>
internal static class OwnCases
{
    /// <summary>Writes the cases.</summary>
    /// <param name="folder">The folder below which they lie, in suites "right" and "wrong": of the second every case must fail.</param>
    public static void Write(string folder)
    {
        Value x = Value.Of([1f, -2f, 3f, 4f, 5f, -6f], 2, 3);
        string right = Path.Combine(folder, "right"), wrong = Path.Combine(folder, "wrong");
        Write(right, "test_add", Node("Add"), [x, Value.Of([10f, 20f, 30f], 3)], Value.Of([11f, 18f, 33f, 14f, 25f, 24f], 2, 3));
        Write(right, "test_relu", Node("Relu"), [x], Value.Of([1f, 0f, 3f, 4f, 5f, 0f], 2, 3));
        Write(right, "test_mul_nan", Node("Mul"), [Value.Of([float.NaN, float.PositiveInfinity, 2f], 3), Value.Of([1f, -1f, 3f], 3)], Value.Of([float.NaN, float.NegativeInfinity, 6f], 3));
        Write(right, "test_transpose_int64", Node("Transpose"), [Value.Of([1L, 2L, 3L, 4L, 5L, 6L], 2, 3)], Value.Of([1L, 4L, 2L, 5L, 3L, 6L], 3, 2));
        Write(right, "test_softmax", Node("Softmax", Integer("axis", 1)), [Value.Of([0f, MathF.Log(3)], 1, 2)], Value.Of([0.25f, 0.75f], 1, 2));
        Write(right, "test_matmul", Node("MatMul"), [Value.Of([1f, 2f, 3f, 4f], 2, 2), Value.Of([1f, -1f], 2, 1)], Value.Of([-1f, -1f], 2, 1));
        Write(right, "test_greater", Node("Greater"), [x, Value.Of(0f)], Value.Of([true, false, true, true, true, false], 2, 3));

        Write(wrong, "test_numbers", Node("Add"), [x, Value.Of(1f)], Value.Of([2f, -1f, 4f, 5f, 6.01f, -5f], 2, 3));
        Write(wrong, "test_nan", Node("Add"), [x, Value.Of(1f)], Value.Of([2f, -1f, 4f, 5f, float.NaN, -5f], 2, 3));
        Write(wrong, "test_shape", Node("Relu"), [x], Value.Of([1f, 0f, 3f, 4f, 5f, 0f], 3, 2), declared: [2, 3]);
        Write(wrong, "test_type", Node("Relu"), [x], Value.Of([1.0, 0.0, 3.0, 4.0, 5.0, 0.0], 2, 3), declaredType: DType.Float32);
        Write(wrong, "test_operator", Node("NoSuchOperator"), [x], x);
    }

    private static NodeProto Node(string name, params AttributeProto[] attributes)
    {
        var node = new NodeProto { OpType = name };
        node.Attribute.AddRange(attributes);
        return node;
    }

    private static AttributeProto Integer(string name, long value) => new() { Name = name, Type = AttributeType.Int, I = value };

    private static void Write(string suite, string name, NodeProto node, Value[] inputs, Value output, int[]? declared = null, DType? declaredType = null)
    {
        var graph = new GraphProto { Name = name };
        string folder = Path.Combine(suite, name), data = Directory.CreateDirectory(Path.Combine(folder, "test_data_set_0")).FullName;
        for (int i = 0; i < inputs.Length; i++)
        {
            node.Input.Add($"x{i}");
            graph.Input.Add(Info($"x{i}", inputs[i].DType, inputs[i].Sizes.ToArray()));
            File.WriteAllBytes(Path.Combine(data, $"input_{i}.pb"), TensorConversion.ToProto(inputs[i], $"x{i}").ToByteArray());
        }

        node.Output.Add("y");
        graph.Node.Add(node);
        graph.Output.Add(Info("y", declaredType ?? output.DType, declared ?? output.Sizes.ToArray()));
        File.WriteAllBytes(Path.Combine(data, "output_0.pb"), TensorConversion.ToProto(output, "y").ToByteArray());
        var model = new ModelProto { IrVersion = 8, Graph = graph };
        model.OpsetImport.Add(new OperatorSetIdProto { Version = 17 });
        File.WriteAllBytes(Path.Combine(folder, "model.onnx"), model.ToByteArray());
    }

    private static ValueInfoProto Info(string name, DType type, int[] sizes)
    {
        var shape = new TensorShapeProto();
        shape.Dim.AddRange(sizes.Select(size => new TensorShapeProto.Types.Dimension { DimValue = size }));
        return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)type.ToDataType(), Shape = shape } } };
    }
}
