using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Metrics;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Training;
using Toolkit.OnnxExport.Export;
using Toolkit.OnnxExport.Import;
using Toolkit.OnnxExport.Serving;

namespace Toolkit.OnnxExport.Tests.Export;

/// <summary>Models in half types: written with weights of two bytes, read, run in half the memory, computed alike elsewhere, and trained further.</summary>
public sealed class HalfModelTests
{
    private const int Batch = 128;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(DType.Float16)]
    [InlineData(DType.BFloat16)]
    public void A_file_keeps_the_type_and_runs_in_half_the_memory(DType type)
    {
        Module model = Network(type);
        Value input = Images(model.InputShape!);
        OnnxModel wide = OnnxModel.Load(OnnxExporter.Export(model.Inference)), narrow = OnnxModel.Load(OnnxExporter.Export(model.InferenceIn(type)));
        Assert.All(narrow.Parameters, parameter => Assert.Equal(type, parameter.DType));
        Assert.Equal(model.Parameters.Select(parameter => parameter.Name).Order(), narrow.Parameters.Select(parameter => parameter.Name).Order());
        Function before = Function.Compile(model.InferenceIn(type)), after = Function.Compile(narrow.Inference);
        Value expected = before.Run(input)[0];
        Assert.Equal(DType.Float32, expected.DType);
        Assert.True(expected.BitEquals(after.Run(input)[0]));
        long bytes = Bytes(narrow, input), all = Bytes(wide, input);
        Assert.True(bytes <= 0.55 * all, $"found {bytes} bytes, {(double)bytes / all:F3} of {all}");

        // Sums of products of numbers of size 1 or so, some roundings one after the other.
        Value exact = Function.Compile(model.Inference).Run(input)[0];
        double unit = type == DType.Float16 ? Math.Pow(2, -11) : Math.Pow(2, -8);
        for (int i = 0; i < exact.Count; i++)
            Assert.Equal(exact[i], expected[i], 16 * unit);
    }

    [Fact]
    public void ONNX_Runtime_computes_float16_alike()
    {
        Module model = Network(DType.Float16);
        Value input = Images(model.InputShape!);
        Value expected = Function.Compile(model.InferenceIn(DType.Float16)).Run(input)[0];
        using OnnxSession session = OnnxSession.Load(OnnxExporter.Export(model.InferenceIn(DType.Float16)));
        Value found = session.Run([input])[0];
        for (int i = 0; i < expected.Count; i++)
            Assert.Equal(expected[i], found[i], 16 * Math.Pow(2, -11));
    }

    [Theory]
    [InlineData(DType.Float16)]
    [InlineData(DType.BFloat16)]
    public void What_was_read_in_a_half_type_is_trained_in_it(DType type)
    {
        Module model = Network(type);
        OnnxModel read = OnnxModel.Load(OnnxExporter.Export(model.InferenceIn(type)));
        Dataset data = GeneratedDigits.Create(600, seed: 1).Reshape([.. model.InputShape!.Select(dim => dim.Size)]);
        var trainer = new Trainer
        {
            Model = new SignatureModel(read.Inference),
            Loss = new SoftmaxCrossEntropy(),
            Optimizer = new Sgd { LearningRate = 0.05 },
            Metrics = [new Accuracy()],
            Execution = new ExecutionOptions { Threads = 1 },
        };
        History history = trainer.Fit(data, new FitOptions { Epochs = 6, BatchSize = 20 }, Token);
        Assert.All(trainer.Model.Parameters, parameter => Assert.Equal(type, parameter.DType));
        Assert.True(history.Epochs[^1].Loss < 0.6 * history.Epochs[0].Loss, $"found {history.Epochs[0].Loss} and {history.Epochs[^1].Loss}");
        OnnxModel again = OnnxModel.Load(OnnxExporter.Export(trainer.Model.Inference));
        Assert.All(again.Parameters, parameter => Assert.Equal(type, parameter.DType));
    }

    /// <summary>Convolutions, or dense layers where the operator sets have no convolution of the type.</summary>
    private static Sequential Network(DType type)
    {
        var random = new RandomSource(1);
        if (type == DType.BFloat16)
        {
            return new Sequential(new Dense(784, 512, random) { Activation = Ops.Tanh }, new Dense(512, 512, random) { Activation = Ops.Relu }, new Dense(512, 10, random))
            {
                InputShape = [784],
            };
        }

        return new Sequential(
            new Conv2D(1, 8, 3, random) { Padding = Padding.Same, Activation = Ops.Relu }, new MaxPool2D(2),
            new Conv2D(8, 16, 3, random) { Padding = Padding.Same, Activation = Ops.Relu }, new MaxPool2D(2),
            new Flatten(), new Dense(16 * 7 * 7, 10, random))
        {
            InputShape = [1, 28, 28],
        };
    }

    private static Value Images(Shape shape)
    {
        Value images = Value.Zeros(DType.Float32, [Batch, .. shape.Select(dim => dim.Size)]);
        new RandomSource(2).FillNormal(images.Span<float>(), 0, 0.5);
        return images;
    }

    private static long Bytes(OnnxModel model, Value input)
    {
        Function function = Function.Compile(model.Inference, new ExecutionOptions { Threads = 1 });
        function.Run(input);
        return function.WorkingMemory + model.Parameters.Sum(parameter => parameter.Value.ByteCount);
    }
}
