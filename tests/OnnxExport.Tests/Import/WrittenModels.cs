using Google.Protobuf;
using Toolkit.OnnxExport.Format;
using Toolkit.OnnxExport.Tests.Checking;
using static Toolkit.OnnxExport.Format.AttributeProto.Types;
using static Toolkit.OnnxExport.Format.TensorProto.Types;

namespace Toolkit.OnnxExport.Tests.Import;

/// <summary>Small models, message by message in the forms that other programs write: names with slashes and colons, old versions, weights that are inputs, attributes that say
/// what is the default anyway.</summary>
internal static class WrittenModels
{
    /// <summary>As PyTorch 2.0 writes a network of convolutions with batch normalization: IR 8, operator set 16, one image.</summary>
    public static byte[] TorchConvolutions()
    {
        var graph = new GraphProto
        {
            Name = "main_graph",
            Input = { GoodModel.Value("input.1", DataType.Float, 1, 1, 28, 28) },
            Output = { GoodModel.Value("33", DataType.Float, 1, 10) },
            Node =
            {
                Convolution("input.1", "conv1", "/conv1/Conv_output_0"),
                GoodModel.Node("Relu", ["/conv1/Conv_output_0"], ["/Relu_output_0"], "/Relu"),
                Convolution("/Relu_output_0", "conv2", "/conv2/Conv_output_0"),
                GoodModel.Node("Relu", ["/conv2/Conv_output_0"], ["/Relu_1_output_0"], "/Relu_1"),
                Normalization("/Relu_1_output_0", "norm1"),
                GoodModel.Node("Flatten", ["/norm1/BatchNormalization_output_0"], ["/Flatten_output_0"], "/Flatten", GoodModel.Int("axis", 1)),
                Gemm("/Flatten_output_0", "fc1", "/fc1/Gemm_output_0"),
                GoodModel.Node("Relu", ["/fc1/Gemm_output_0"], ["/Relu_3_output_0"], "/Relu_3"),
                Gemm("/Relu_3_output_0", "fc2", "/fc2/Gemm_output_0"),
                Normalization("/fc2/Gemm_output_0", "norm2"),
                GoodModel.Node("LogSoftmax", ["/norm2/BatchNormalization_output_0"], ["33"], "/LogSoftmax", GoodModel.Int("axis", 1)),
            },
        };
        Weights(graph, ("conv1.weight", [4, 1, 3, 3]), ("conv1.bias", [4]), ("conv2.weight", [6, 4, 3, 3]), ("conv2.bias", [6]));
        Weights(graph, ("norm1.weight", [6]), ("norm1.bias", [6]), ("norm1.running_mean", [6]), ("norm1.running_var", [6]));
        Weights(graph, ("fc1.weight", [16, 216]), ("fc1.bias", [16]), ("fc2.weight", [10, 16]), ("fc2.bias", [10]));
        Weights(graph, ("norm2.weight", [10]), ("norm2.bias", [10]), ("norm2.running_mean", [10]), ("norm2.running_var", [10]));
        return Model(graph, "pytorch", irVersion: 8, opset: 16);
    }

    /// <summary>As CNTK writes one: IR 3, operator set 8, every weight an input too, a weight that is reshaped, padding by a word.</summary>
    public static byte[] CntkConvolutions()
    {
        AttributeProto Word(string name, string value) => new() { Name = name, Type = AttributeType.String, S = ByteString.CopyFromUtf8(value) };
        var graph = new GraphProto
        {
            Name = "CNTKGraph",
            Input = { GoodModel.Value("Input3", DataType.Float, 1, 1, 12, 12) },
            Output = { GoodModel.Value("Plus214_Output_0", DataType.Float, 1, 5) },
            Node =
            {
                GoodModel.Node("Reshape", ["Parameter193", "Parameter193_reshape1_shape"], ["Parameter193_reshape1"], "Times212_reshape1"),
                GoodModel.Node(
                    "Conv", ["Input3", "Parameter5"], ["Convolution28_Output_0"], "Convolution28", Ints("kernel_shape", 5, 5), Ints("strides", 1, 1), Word("auto_pad", "SAME_UPPER"),
                    GoodModel.Int("group", 1), Ints("dilations", 1, 1)),
                GoodModel.Node("Add", ["Convolution28_Output_0", "Parameter6"], ["Plus30_Output_0"], "Plus30"),
                GoodModel.Node("Relu", ["Plus30_Output_0"], ["ReLU32_Output_0"], "ReLU32"),
                GoodModel.Node(
                    "MaxPool", ["ReLU32_Output_0"], ["Pooling66_Output_0"], "Pooling66", Ints("kernel_shape", 3, 3), Ints("strides", 3, 3), Ints("pads", 0, 0, 0, 0),
                    Word("auto_pad", "NOTSET")),
                GoodModel.Node("Reshape", ["Pooling66_Output_0", "Pooling66_Output_0_reshape0_shape"], ["Pooling66_Output_0_reshape0"], "Times212_reshape0"),
                GoodModel.Node("MatMul", ["Pooling66_Output_0_reshape0", "Parameter193_reshape1"], ["Times212_Output_0"], "Times212"),
                GoodModel.Node("Add", ["Times212_Output_0", "Parameter194"], ["Plus214_Output_0"], "Plus214"),
            },
            Initializer =
            {
                new TensorProto { Name = "Parameter193_reshape1_shape", DataType = (int)DataType.Int64, Dims = { 2 }, Int64Data = { 48, 5 } },
                new TensorProto { Name = "Pooling66_Output_0_reshape0_shape", DataType = (int)DataType.Int64, Dims = { 2 }, Int64Data = { 1, 48 } },
            },
        };
        Weights(graph, ("Parameter193", [3, 4, 4, 5]), ("Parameter5", [3, 1, 5, 5]), ("Parameter6", [3, 1, 1]), ("Parameter194", [1, 5]));
        graph.Input.AddRange(graph.Initializer.Select(t => GoodModel.Value(t.Name, (DataType)t.DataType, [.. t.Dims])));
        return Model(graph, "CNTK", irVersion: 3, opset: 8);
    }

    /// <summary>As tf2onnx writes a network of Keras: a batch with a name, products and sums apart, a second domain that nothing uses.</summary>
    public static byte[] KerasLayers()
    {
        string Weight(string layer) => $"sequential/{layer}/MatMul/ReadVariableOp:0";
        string Bias(string layer) => $"sequential/{layer}/BiasAdd/ReadVariableOp:0";
        var graph = new GraphProto
        {
            Name = "tf2onnx",
            Input = { Named("main_input_input", "unk__6", 20) },
            Output = { Named("dense_1", "unk__7", 1) },
            Node =
            {
                GoodModel.Node("MatMul", ["main_input_input", Weight("main_input")], ["sequential/main_input/MatMul:0"], "sequential/main_input/MatMul"),
                GoodModel.Node("Add", ["sequential/main_input/MatMul:0", Bias("main_input")], ["sequential/main_input/BiasAdd:0"], "sequential/main_input/BiasAdd"),
                GoodModel.Node("Relu", ["sequential/main_input/BiasAdd:0"], ["sequential/main_input/Relu:0"], "sequential/main_input/Relu"),
                GoodModel.Node("MatMul", ["sequential/main_input/Relu:0", Weight("dense_1")], ["sequential/dense_1/MatMul:0"], "sequential/dense_1/MatMul"),
                GoodModel.Node("Add", ["sequential/dense_1/MatMul:0", Bias("dense_1")], ["sequential/dense_1/BiasAdd:0"], "sequential/dense_1/BiasAdd"),
                GoodModel.Node("Sigmoid", ["sequential/dense_1/BiasAdd:0"], ["dense_1"], "sequential/dense_1/Sigmoid"),
            },
        };
        Weights(graph, (Weight("main_input"), [20, 8]), (Bias("main_input"), [8]), (Weight("dense_1"), [8, 1]), (Bias("dense_1"), [1]));
        return Model(graph, "tf2onnx", irVersion: 7, opset: 13, new OperatorSetIdProto { Domain = "ai.onnx.ml", Version = 2 });
    }

    private static AttributeProto Ints(string name, params long[] values) => new() { Name = name, Type = AttributeType.Ints, Ints = { values } };

    private static AttributeProto Float(string name, float value) => new() { Name = name, Type = AttributeType.Float, F = value };

    private static NodeProto Convolution(string from, string layer, string to) => GoodModel.Node(
        "Conv", [from, $"{layer}.weight", $"{layer}.bias"], [to], $"/{layer}/Conv", Ints("dilations", 1, 1), GoodModel.Int("group", 1), Ints("kernel_shape", 3, 3),
        Ints("pads", 0, 0, 0, 0), Ints("strides", 2, 2));

    private static NodeProto Normalization(string from, string layer) => GoodModel.Node(
        "BatchNormalization", [from, $"{layer}.weight", $"{layer}.bias", $"{layer}.running_mean", $"{layer}.running_var"], [$"/{layer}/BatchNormalization_output_0"],
        $"/{layer}/BatchNormalization", Float("epsilon", 1e-5f), Float("momentum", 0.9f), GoodModel.Int("training_mode", 0));

    private static NodeProto Gemm(string from, string layer, string to) => GoodModel.Node(
        "Gemm", [from, $"{layer}.weight", $"{layer}.bias"], [to], $"/{layer}/Gemm", Float("alpha", 1), Float("beta", 1), GoodModel.Int("transB", 1));

    /// <summary>Raw little-endian numbers, as all of these programs write them: variances from ½ to 1½, others about 0.</summary>
    private static void Weights(GraphProto graph, params (string Name, long[] Dims)[] tensors)
    {
        foreach ((string name, long[] dims) in tensors)
        {
            var random = new System.Random(name.Length + graph.Initializer.Count);
            double fan = Math.Max(1, dims[1..].Aggregate(1L, (a, b) => a * b));
            bool variance = name.EndsWith("running_var", StringComparison.Ordinal), scale = name.StartsWith("norm", StringComparison.Ordinal) && name.EndsWith("weight", StringComparison.Ordinal);
            byte[] bytes = [.. Enumerable.Range(0, (int)dims.Aggregate(1L, (a, b) => a * b))
                .SelectMany(_ => BitConverter.GetBytes((float)(((random.NextDouble() - 0.5) * (variance ? 1 : 3 / Math.Sqrt(fan))) + (variance || scale ? 1 : 0))))];
            graph.Initializer.Add(new TensorProto { Name = name, DataType = (int)DataType.Float, Dims = { dims }, RawData = ByteString.CopyFrom(bytes) });
        }
    }

    private static ValueInfoProto Named(string name, string batch, long width)
    {
        ValueInfoProto info = GoodModel.Value(name, DataType.Float, 1, width);
        info.Type.TensorType.Shape.Dim[0] = new TensorShapeProto.Types.Dimension { DimParam = batch };
        return info;
    }

    private static byte[] Model(GraphProto graph, string producer, long irVersion, long opset, params OperatorSetIdProto[] others) => new ModelProto
    {
        IrVersion = irVersion,
        ProducerName = producer,
        OpsetImport = { new OperatorSetIdProto { Domain = "", Version = opset }, others },
        Graph = graph,
    }.ToByteArray();
}
