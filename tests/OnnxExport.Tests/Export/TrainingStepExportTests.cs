using Microsoft.ML.OnnxRuntime;
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
using Toolkit.Modeling.Regularizers;
using Toolkit.Modeling.Training;
using Toolkit.OnnxExport.Export;
using Toolkit.OnnxExport.Serving;

namespace Toolkit.OnnxExport.Tests.Export;

/// <summary>Whole training steps through ONNX Runtime: the updates are outputs, and follow those of the engine step by step.</summary>
public class TrainingStepExportTests
{
    private const int Steps = 3;

    public static TheoryData<int> Opsets => [13, 17, 18, 21];

    // The gradient of maximum pooling adds at positions, which operator sets have from 16 on.
    public static TheoryData<int> OpsetsThatScatter => [16, 17, 21];

    [Theory]
    [MemberData(nameof(Opsets))]
    public void A_step_with_dropout_gives_the_same_new_parameters(int opset)
    {
        var random = new RandomSource(4);
        Compare(
            new Trainer
            {
                Model = new Sequential(
                    new Dense(6, 16, random) { Activation = Ops.Relu },
                    new Dropout(0.5, random),
                    new Dense(16, 8, random) { Activation = x => Ops.Softplus(x) },
                    new Dropout(0.25, random),
                    new Dense(8, 3, random)),
                Loss = new SoftmaxCrossEntropy(),
                Optimizer = new Adam { LearningRate = 1e-2 },
                Regularizers = [new L2(1e-3)],
                Metrics = [new Accuracy()],
            },
            opset,
            6);
    }

    [Theory]
    [MemberData(nameof(OpsetsThatScatter))]
    public void A_step_of_a_convolutional_network_gives_the_same_new_parameters(int opset)
    {
        var random = new RandomSource(5);
        Compare(
            new Trainer
            {
                Model = new Sequential(
                    new Conv2D(1, 4, 3, random) { Padding = Padding.Same, Activation = Ops.Relu },
                    new MaxPool2D(3) { Stride = 2 },
                    new Dropout(0.2, random),
                    new Conv2D(4, 6, 3, random) { Padding = Padding.Same, Activation = Ops.Tanh },
                    new AveragePool2D(3) { Stride = 2, Padding = Padding.Same },
                    new Flatten(),
                    new Dense(54, 3, random))
                { InputShape = [1, 12, 12] },
                Loss = new SoftmaxCrossEntropy(),
                Optimizer = new Momentum { LearningRate = 1e-2 },
            },
            opset,
            1,
            12,
            12);
    }

    [Fact]
    public void An_operator_set_that_cannot_add_at_positions_is_refused_with_the_one_that_can()
    {
        Variable x = Variable.Input("x", DType.Float32, ["batch", 1, 4, 4]);
        Variable y = Ops.MaxPool(x, new() { Kernel = [2, 2] });
        var signature = new Signature([x], [new Output("g", Autograd.Gradients.Gradient.Of(Ops.Sum(Ops.Square(y)), x))]);
        var failure = Assert.Throws<ExportException>(() => OnnxExporter.Export(signature, new() { Opset = 15 }));
        Assert.Contains("GatherGradient", failure.Message, StringComparison.Ordinal);
        Assert.Contains("operator set 16 or newer", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Opsets))]
    public void A_step_of_weighted_and_unlabelled_examples_gives_the_same_new_parameters(int opset)
    {
        var random = new RandomSource(6);
        var trainer = new Trainer
        {
            Model = new Sequential(new Dense(6, 8, random), new BatchNormalization(8), new Activation(Ops.Tanh) { Name = "code" }, new Dense(8, 3, random)),
            Loss = new LabelledOnly(new SoftmaxCrossEntropy()),
            Optimizer = new Momentum { LearningRate = 1e-2 },
            Regularizers = [new HiddenL1(0.01, "code"), new HiddenMean(0.1, "code", 0.2), new EntropyMinimization(0.1)],
            Metrics = [new Accuracy()],
        };
        float[] weights = [0.5f, 0, 2, 3, 1];
        Compare(trainer, DataLayout.Labels([6], 3).WithWeights(), opset, Value.Of([0L, 2L, -1L, 1L, 0L], 5), Value.Of(weights, 5));
        double[] before = Numbers();
        // A batch of nothing changes nothing, there as here.
        Compare(trainer, DataLayout.Labels([6], 3).WithWeights(), opset, Value.Of([0L, 2L, -1L, 1L, 0L], 5), Value.Of(new float[5], 5));
        Assert.Equal(before, Numbers());

        double[] Numbers() => [.. trainer.Parameters.SelectMany(p => Enumerable.Range(0, p.Value.Count).Select(i => p.Value[i]))];
    }

    private static void Compare(Trainer trainer, int opset, params int[] example) =>
        Compare(trainer, DataLayout.Labels(example, 3), opset, Value.Of([0L, 2L, 1L, 1L, 0L], 5), null);

    private static void Compare(Trainer trainer, DataLayout layout, int opset, Value target, Value? weights)
    {
        trainer.Prepare(layout);
        Signature step = trainer.TrainingStep;
        Function native = Function.Compile(step);

        // ONNX Runtime warns of every initializer that an input may override.
        var quiet = new ServingOptions { Configure = o => o.LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
        for (int i = 0; i < Steps; i++)
        {
            var random = new Random(i);
            Value input = SmallModels.Random(random, DType.Float32, [5, .. layout.FeatureShape]);
            Value[] inputs = weights is null ? [input, target] : [input, target, weights];

            // The file holds the parameters as they are before the step.
            using OnnxSession session = OnnxSession.Load(OnnxExporter.Export(step, new() { Opset = opset }), quiet);
            IReadOnlyList<Value> found = session.Run(inputs);
            IReadOnlyList<Value> expected = [.. native.Run(inputs), .. step.Updates.Select(u => u.Parameter.Value)];
            Assert.Equal(expected.Count, found.Count);
            for (int o = 0; o < expected.Count; o++)
            {
                Parity.Equal(Single(expected[o]), Single(found[o]), 1e-5, $"step {i}, {session.Outputs[o].Name}");
            }
        }
    }

    /// <summary>Sums in float64 are of numbers that were computed in float32.</summary>
    private static Value Single(Value value) =>
        value.DType != DType.Float64 ? value : Value.Of([.. Enumerable.Range(0, value.Count).Select(i => (float)value[i])], [.. value.Sizes]);
}
