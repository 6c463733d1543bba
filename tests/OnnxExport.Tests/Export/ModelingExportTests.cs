using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Autograd.Tests;
using Toolkit.Modeling;
using Toolkit.Modeling.Modules;
using Toolkit.OnnxExport.Checking;
using Toolkit.OnnxExport.Export;
using Toolkit.OnnxExport.Serving;

namespace Toolkit.OnnxExport.Tests.Export;

/// <summary>Models as users write them, exported to a file and served from it.</summary>
public sealed class ModelingExportTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public static TheoryData<int> Opsets => [13, 17, 21];

    public void Dispose() => folder.Dispose();

    [Theory]
    [MemberData(nameof(Opsets))]
    public void A_dense_network_with_dropout_serves_the_same_numbers(int opset)
    {
        var random = new RandomSource(1);
        Module model = new Sequential(
            new Dense(8, 16, random) { Activation = Ops.Relu },
            new Dropout(0.5, random),
            new Residual(new Dense(16, 16, random) { Activation = Ops.Tanh }),
            new Dense(16, 3, random) { Activation = x => Ops.Softmax(x) });
        Check(model, opset, 8);
    }

    [Theory]
    [MemberData(nameof(Opsets))]
    public void A_convolutional_network_serves_the_same_numbers(int opset)
    {
        var random = new RandomSource(2);
        Module model = new Sequential(
            new Conv2D(1, 4, 3, random) { Padding = Padding.Same, Activation = Ops.Relu },
            new MaxPool2D(2),
            new Conv2D(4, 8, 3, random) { Stride = 2, Groups = 2, Activation = x => Ops.LeakyRelu(x) },
            new AveragePool2D(2),
            new Flatten(),
            new Dense(8, 10, random))
        { InputShape = [1, 12, 12] };
        Check(model, opset, 1, 12, 12);
    }

    private void Check(Module model, int opset, params int[] example)
    {
        string path = folder.File("model.onnx");
        model.ExportOnnx(path, new() { Opset = opset });
        Assert.Empty(ModelCheck.Check(path));
        using OnnxSession session = OnnxSession.Load(path);
        Assert.Equal(("input", "output"), (Assert.Single(session.Inputs).Name, Assert.Single(session.Outputs).Name));
        Signature inference = model.Inference;
        foreach (int batch in new[] { 1, 6 })
        {
            Parity.Check(session, inference, [SmallModels.Random(new Random(batch), DType.Float32, [batch, .. example])], 1e-5);
        }
    }
}
