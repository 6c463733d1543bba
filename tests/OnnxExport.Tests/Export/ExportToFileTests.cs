using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tests;
using Toolkit.OnnxExport.Checking;
using Toolkit.OnnxExport.Export;

namespace Toolkit.OnnxExport.Tests.Export;

public sealed class ExportToFileTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_model_is_written_as_its_inference_computation()
    {
        var model = new Model(SmallModels.Perceptron());
        model.ExportOnnx(folder.File("model.onnx"));
        Assert.Equal(OnnxExporter.Export(model.Inference), File.ReadAllBytes(folder.File("model.onnx")));
        Assert.Empty(ModelCheck.Check(folder.File("model.onnx")));
        Assert.Single(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void A_model_that_cannot_be_exported_leaves_the_old_file()
    {
        File.WriteAllText(folder.File("model.onnx"), "old");
        Assert.Throws<ExportException>(() => OnnxExporter.Export(SmallModels.Perceptron(), folder.File("model.onnx"), new() { Opset = 5 }));
        Assert.Equal("old", File.ReadAllText(folder.File("model.onnx")));
        Assert.Single(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void A_missing_folder_is_named()
    {
        var failure = Assert.Throws<DirectoryNotFoundException>(
            () => OnnxExporter.Export(SmallModels.Perceptron(), folder.File("nowhere/model.onnx")));
        Assert.Contains("nowhere", failure.Message, StringComparison.Ordinal);
    }

    private sealed class Model(Signature signature) : ISignatureSource
    {
        public Signature Inference { get; } = signature;
    }
}
