using Toolkit.Autograd.Operations;
using Toolkit.Modeling;
using Toolkit.Modeling.Modules;
using Toolkit.OnnxExport.Export;

using Toolkit.Autograd.Tests;

namespace Toolkit.Tool.Tests;

/// <summary>Small models as files.</summary>
internal static class SmallFiles
{
    /// <summary>4 numbers to the logits of 3 classes through 8 units: 4·8 + 8 + 8·3 + 3 = 67 numbers.</summary>
    public static string Classifier(TemporaryFolder folder, bool softmax = false)
    {
        var random = new RandomSource(3);
        string path = folder.File(softmax ? "softmax.onnx" : "classifier.onnx");
        Module[] layers = [new Dense(4, 8, random) { Name = "hidden", Activation = Ops.Relu }, new Dense(8, 3, random) { Name = "classes", Activation = softmax ? x => x.Softmax() : null }];
        new Sequential(layers).ExportOnnx(path, new OnnxExportOptions { Description = "a small classifier", Metadata = new Dictionary<string, string> { ["author"] = "a test" } });
        return path;
    }
}
