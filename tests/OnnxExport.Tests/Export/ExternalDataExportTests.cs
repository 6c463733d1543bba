using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Google.Protobuf;
using Toolkit.Autograd.Gradients;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Autograd.Tests;
using Toolkit.OnnxExport.Checking;
using Toolkit.OnnxExport.Export;
using Toolkit.OnnxExport.Format;
using Toolkit.OnnxExport.Import;
using Toolkit.OnnxExport.Serving;
using static Toolkit.OnnxExport.Format.TensorProto.Types;

namespace Toolkit.OnnxExport.Tests.Export;

/// <summary>Large tensors in a file beside the model.</summary>
public sealed class ExternalDataExportTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    /// <summary>The first weight of the perceptron has 128 bytes, its biases 32 and 12, the second weight 96.</summary>
    [Theory]
    [InlineData(0, 4)]
    [InlineData(32, 3)]
    [InlineData(33, 2)]
    [InlineData(128, 1)]
    [InlineData(129, 0)]
    public void Tensors_of_so_many_bytes_lie_beside_the_model_at_pages(long threshold, int count)
    {
        Signature perceptron = SmallModels.Perceptron();
        string path = folder.File("model.onnx");
        OnnxExporter.Export(perceptron, path, new OnnxExportOptions { ExternalDataThreshold = threshold });
        Assert.Equal(count == 0 ? ["model.onnx"] : ["model.onnx", "model.onnx.data"], Directory.GetFiles(folder.Path).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal));
        ModelProto model = ModelProto.Parser.ParseFrom(File.ReadAllBytes(path));
        TensorProto[] external = [.. model.Graph.Initializer.Where(tensor => tensor.DataLocation == DataLocation.External)];
        Assert.Equal(count, external.Length);
        byte[] data = count == 0 ? [] : File.ReadAllBytes(path + ".data");
        int expected = 0;
        foreach (TensorProto tensor in external)
        {
            Assert.Equal(["location", "offset", "length"], tensor.ExternalData.Select(entry => entry.Key));
            Assert.Equal("model.onnx.data", tensor.ExternalData[0].Value);
            int offset = Number(tensor.ExternalData[1].Value), length = Number(tensor.ExternalData[2].Value);
            Assert.Equal(expected, offset);
            float[] values = perceptron.Parameters.Single(parameter => parameter.Name == tensor.Name).Value.Span<float>().ToArray();
            Assert.Equal(values.Length * sizeof(float), length);
            for (int i = 0; i < values.Length; i++)
                Assert.Equal(values[i], BinaryPrimitives.ReadSingleLittleEndian(data.AsSpan(offset + (i * sizeof(float)))));
            expected += 4096;
        }

        if (count == 0)
            Assert.Equal(OnnxExporter.Export(perceptron), File.ReadAllBytes(path));
        else
            Assert.Equal(Number(external[^1].ExternalData[1].Value) + Number(external[^1].ExternalData[2].Value), data.Length);
        Assert.Empty(ModelCheck.Check(path));

        static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
    }

    [Fact]
    public void Both_engines_read_what_was_written_and_it_is_written_again_alike()
    {
        Signature perceptron = SmallModels.Perceptron();
        string path = folder.File("model.onnx");
        var options = new OnnxExportOptions { ExternalDataThreshold = 96 };
        OnnxExporter.Export(perceptron, path, options);
        Value x = Value.Of([0.5f, -1f, 2f, 0.25f, 1f, 0f, -0.5f, 3f], 2, 4);
        using (OnnxSession session = OnnxSession.Load(path))
            Parity.Check(session, perceptron, [x], 1e-6);

        OnnxModel read = OnnxModel.Load(path);
        Assert.All(perceptron.Parameters, parameter => Assert.True(parameter.Value.BitEquals(read.Parameters.Single(p => p.Name == parameter.Name).Value)));
        Assert.Equal(96, read.ExportOptions.ExternalDataThreshold);
        Directory.CreateDirectory(folder.File("again"));
        string again = folder.File("again/model.onnx");
        OnnxExporter.Export(read.Signature, again, read.ExportOptions);
        Assert.Equal(File.ReadAllBytes(path), File.ReadAllBytes(again));
        Assert.Equal(File.ReadAllBytes(path + ".data"), File.ReadAllBytes(again + ".data"));
        // In memory there is nothing beside it.
        byte[] alone = OnnxExporter.Export(read.Signature, read.ExportOptions);
        Assert.Equal(OnnxExporter.Export(perceptron), alone);
        Assert.Null(OnnxModel.Load(alone).ExportOptions.ExternalDataThreshold);
    }

    /// <summary>Elements of less than a byte, of two and of eight; a large tensor begins at a multiple of 65,536 bytes.</summary>
    [Fact]
    public void Every_element_type_comes_back()
    {
        Value large = Value.Zeros(DType.Float16, 40_000);
        for (int i = 0; i < large.Count; i++)
            large[i] = (i % 2000) - 1000;
        Value[] values =
        [
            Value.Of([true, false, true], 3), Value.Of([1.5, -2.5], 2), large, Value.Of([long.MinValue, long.MaxValue], 1, 2), Packed(DType.Int4, -8, 7, 3), Packed(DType.UInt4, 0, 15, 9),
            Value.Of([(Half)0.1f], 1), Value.Of(["a text", ""], 2), Value.Zeros(DType.Float32, 0, 3),
        ];
        Output[] outputs = [.. values.Select((value, i) => new Output($"y{i}", Variable.Of(value)))];
        string path = folder.File("types.onnx");
        OnnxExporter.Export(new Signature([], outputs), path, new OnnxExportOptions { Opset = 21, ExternalDataThreshold = 0 });
        ModelProto model = ModelProto.Parser.ParseFrom(File.ReadAllBytes(path));
        Assert.Equal(7, model.Graph.Initializer.Count(tensor => tensor.DataLocation == DataLocation.External));
        Assert.Contains(model.Graph.Initializer, tensor => tensor.DataType == (int)DataType.Float16 && tensor.ExternalData[1].Value == "65536");
        OnnxModel read = OnnxModel.Load(path);
        for (int i = 0; i < values.Length; i++)
        {
            string name = model.Graph.Initializer[i].Name;
            Assert.True(values[i].BitEquals(read.Parameters.FirstOrDefault(parameter => parameter.Name == name)?.Value ?? read.Values[name].Constant!), values[i].ToString());
        }

        static Value Packed(DType type, params double[] numbers)
        {
            Value value = Value.Zeros(type, numbers.Length);
            for (int i = 0; i < numbers.Length; i++)
                value[i] = numbers[i];
            return value;
        }
    }

    [Fact]
    public void A_training_step_in_a_model_shares_its_weights()
    {
        Signature model = SmallModels.Perceptron();
        Variable loss = Ops.Mean(model.Outputs[0].Variable);
        Parameter[] weights = [.. model.Parameters];
        IReadOnlyList<Variable> gradients = Gradient.Of(loss, [.. weights.Select(weight => weight.Variable)]);
        var step = new Signature(model.Inputs, [new Output("loss", loss)], [.. weights.Select((weight, i) => new Update(weight, weight.Variable - gradients[i]))], "step");
        string path = folder.File("model.onnx");
        OnnxExporter.Export(model, path, new OnnxExportOptions { ExternalDataThreshold = 33, TrainingStep = step });
        Assert.Empty(ModelCheck.Check(path));
        Assert.Equal(4096 + 96, new FileInfo(path + ".data").Length);
        Assert.Equal(weights.Length, OnnxModel.Load(path).Parameters.Count);
    }

    [Fact]
    public void Tensors_are_read_out_of_a_safetensors_file()
    {
        // The length of the header, 64 bits, the header, then the tensors: 4 and 6 numbers.
        byte[] header = Encoding.UTF8.GetBytes("""{"bias":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"weight":{"dtype":"F32","shape":[3,2],"data_offsets":[8,32]}}""");
        float[] bias = [0.5f, -0.5f], weight = [1, 2, 3, 4, 5, 6];
        using (var file = new BinaryWriter(File.Create(folder.File("weights.safetensors"))))
        {
            file.Write((long)header.Length);
            file.Write(header);
            Array.ForEach([.. bias, .. weight], file.Write);
        }

        var matrix = new Parameter("weight", Value.Zeros(DType.Float32, 3, 2), ParameterRole.Weight);
        var shift = new Parameter("bias", Value.Zeros(DType.Float32, 2), ParameterRole.Bias);
        Variable x = Variable.Input("x", DType.Float32, ["n", 3]);
        ModelProto model = ModelProto.Parser.ParseFrom(OnnxExporter.Export(new Signature([x], [new Output("y", Ops.MatMul(x, matrix) + shift)])));
        foreach ((TensorProto tensor, int offset, int length) in new[] { (model.Graph.Initializer.Single(t => t.Name == "bias"), 0, 8), (model.Graph.Initializer.Single(t => t.Name == "weight"), 8, 24) })
        {
            (tensor.RawData, tensor.DataLocation) = (ByteString.Empty, DataLocation.External);
            foreach ((string key, string value) in new[] { ("location", "weights.safetensors"), ("offset", $"{8 + header.Length + offset}"), ("length", $"{length}") })
                tensor.ExternalData.Add(new StringStringEntryProto { Key = key, Value = value });
        }

        string path = folder.File("model.onnx");
        File.WriteAllBytes(path, model.ToByteArray());
        OnnxModel read = OnnxModel.Load(path);
        Assert.Equal(weight, read.Parameters.Single(p => p.Name == "weight").Value.Span<float>().ToArray());
        Assert.Equal(bias, read.Parameters.Single(p => p.Name == "bias").Value.Span<float>().ToArray());
        using OnnxSession session = OnnxSession.Load(path);
        Assert.Equal([22.5f, 27.5f], session.Run(Value.Of([1f, 2f, 3f], 1, 3))[0].Span<float>().ToArray());
    }

    [Fact]
    public void Without_room_for_the_second_file_both_stay_as_they_were()
    {
        string path = folder.File("model.onnx");
        File.WriteAllText(path, "old");
        Directory.CreateDirectory(path + ".data");
        Assert.Throws<IOException>(() => OnnxExporter.Export(SmallModels.Perceptron(), path, new OnnxExportOptions { ExternalDataThreshold = 0 }));
        Assert.Equal("old", File.ReadAllText(path));
        Assert.Single(Directory.GetFiles(folder.Path));
        Assert.Contains("Expected at least 0 bytes", Assert.Throws<ArgumentOutOfRangeException>(() => new OnnxExportOptions { ExternalDataThreshold = -1 }).Message, StringComparison.Ordinal);
    }
}
