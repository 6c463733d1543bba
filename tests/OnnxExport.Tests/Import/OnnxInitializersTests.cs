using Google.Protobuf;
using Toolkit.Autograd.Tensors;
using Toolkit.Autograd.Tests;
using Toolkit.OnnxExport.Checking;
using Toolkit.OnnxExport.Format;
using Toolkit.OnnxExport.Import;
using Toolkit.OnnxExport.Tests.Checking;
using static Toolkit.OnnxExport.Format.TensorProto.Types;

namespace Toolkit.OnnxExport.Tests.Import;

public sealed class OnnxInitializersTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Weights_come_by_name_without_those_in_other_files()
    {
        ModelProto model = GoodModel.Create();
        byte[] raw = new byte[16];
        BitConverter.TryWriteBytes(raw.AsSpan(4), 1.5f);
        model.Graph.Initializer[0].RawData = ByteString.CopyFrom(raw);
        model.Graph.Initializer.Add(new TensorProto
        {
            Name = "elsewhere",
            DataType = (int)DataType.Float,
            Dims = { 2 },
            DataLocation = DataLocation.External,
            ExternalData = { GoodModel.Entry("location", "weights.bin") },
        });
        IReadOnlyDictionary<string, Value> weights = OnnxInitializers.Read(Written(model));
        Assert.Equal(["scale", "w"], weights.Keys.Order(StringComparer.Ordinal));
        Assert.Equal([0f, 1.5f, 0, 0], weights["w"].ToArray<float>());
        Assert.Equal([2, 2], weights["w"].Sizes.ToArray());
        Assert.Equal([0.5f], weights["scale"].ToArray<float>());
    }

    [Fact]
    public void Metadata_come_by_key()
    {
        IReadOnlyDictionary<string, string> metadata = OnnxInitializers.ReadMetadata(Written(GoodModel.Create()));
        Assert.Equal(["author somebody", "license MIT"], metadata.OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => $"{entry.Key} {entry.Value}"));
    }

    [Fact]
    public void A_model_with_errors_is_refused_by_its_name()
    {
        ModelProto model = GoodModel.Create();
        model.Graph.Output[0].Name = "z";
        string path = Written(model);
        Assert.StartsWith("Expected a valid ONNX model, found 1 error(s) in model.onnx:", Assert.Throws<InvalidOnnxModelException>(() => OnnxInitializers.Read(path)).Message, StringComparison.Ordinal);
        Assert.StartsWith("Expected a valid ONNX model, found 1 error(s) in the model:", Assert.Throws<InvalidOnnxModelException>(() => OnnxInitializers.ReadMetadata(path)).Message, StringComparison.Ordinal);
        Assert.StartsWith("Expected a valid ONNX model, found 1 error(s) in model.onnx:", Assert.Throws<InvalidOnnxModelException>(() => OnnxModel.Load(path)).Message, StringComparison.Ordinal);
    }

    private string Written(ModelProto model)
    {
        File.WriteAllBytes(folder.File("model.onnx"), model.ToByteArray());
        return folder.File("model.onnx");
    }
}
