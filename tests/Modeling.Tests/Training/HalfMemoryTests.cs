using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Training;

namespace Toolkit.Modeling.Tests.Training;

/// <summary>What half types take of memory: at most 0.55 of what float32 takes, of which 0.5 are the numbers themselves, and the rest is what stays in float32.</summary>
public sealed class HalfMemoryTests
{
    private const int Batch = 128;
    private const double Share = 0.55;

    public static TheoryData<string, TrainingPrecision> Cases
    {
        get
        {
            var cases = new TheoryData<string, TrainingPrecision>();
            foreach (string model in Models.Keys)
            {
                cases.Add(model, TrainingPrecision.BFloat16);
                cases.Add(model, TrainingPrecision.Float16);
            }

            return cases;
        }
    }

    private static Dictionary<string, (Field Input, Func<RandomSource, Module> Make)> Models { get; } = new()
    {
        ["MLP"] = (Numbers(784), random => new Sequential(
            new Dense(784, 512, random) { Activation = Ops.Relu }, new Dense(512, 512, random) { Activation = Ops.Tanh }, new Dense(512, 10, random))),
        ["CNN"] = (Numbers(1, 28, 28), random => new Sequential(
            new Conv2D(1, 16, 3, random) { Padding = Padding.Same, Activation = Ops.Relu }, new MaxPool2D(2),
            new Conv2D(16, 32, 3, random) { Padding = Padding.Same, Activation = Ops.Relu }, new MaxPool2D(2),
            new Flatten(), new Dense(32 * 7 * 7, 64, random) { Activation = Ops.Relu }, new Dense(64, 10, random))),
        ["CNN with normalization"] = (Numbers(1, 28, 28), random => new Sequential(
            new Conv2D(1, 16, 3, random) { Padding = Padding.Same }, new BatchNormalization(16), new Activation(Ops.Relu), new AveragePool2D(2),
            new Conv2D(16, 32, 3, random) { Padding = Padding.Same }, new BatchNormalization(32), new Activation(Ops.Relu), new GlobalPool(), new Dense(32, 10, random))),
        ["LSTM"] = (Numbers(28, 28), random => new Sequential(new Lstm(28, 128, random) { Layers = 2 }, new GlobalPool { Axes = [1] }, new Dense(128, 10, random))),
        ["GRU in two layers and directions"] = (Numbers(20, 32), random => new Sequential(
            new Gru(32, 64, random) { Layers = 2, Bidirectional = true }, new GlobalPool { Axes = [1] }, new Dense(128, 10, random))),
        ["texts"] = (new Field("input", DType.Int64, [30]), random => new Sequential(
            new Embedding(400, 48, random), new Gru(48, 64, random) { LinearBeforeReset = false, LastOnly = true }, new Dense(64, 10, random))),
        ["Transformer"] = (Numbers(32, 64), random => new Sequential(
            new TransformerEncoder(64, 4, random), new TransformerEncoder(64, 4, random), new GlobalPool { Axes = [1] }, new Dense(64, 10, random))),
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_training_step_works_in_half_the_memory(string model, TrainingPrecision precision)
    {
        long wide = Training(model, TrainingPrecision.Float32), narrow = Training(model, precision);
        Assert.True(narrow <= Share * wide, $"found {narrow} bytes, {(double)narrow / wide:F3} of {wide}");
    }

    /// <summary>What an application holds: the weights, and the arena of a run.</summary>
    [Theory]
    [MemberData(nameof(Cases))]
    public void Inference_takes_half_the_memory(string model, TrainingPrecision precision)
    {
        long wide = Inference(model, DType.Float32), narrow = Inference(model, precision == TrainingPrecision.Float16 ? DType.Float16 : DType.BFloat16);
        Assert.True(narrow <= Share * wide, $"found {narrow} bytes, {(double)narrow / wide:F3} of {wide}");
    }

    private static long Inference(string name, DType type)
    {
        (Field input, Func<RandomSource, Module> make) = Models[name];
        Module module = make(new RandomSource(1));
        module.InputFields = [input];
        Signature signature = module.InferenceIn(type);
        return signature.Parameters.Sum(parameter => parameter.Value.ByteCount) + MemoryOf(signature);
    }

    private static long Training(string name, TrainingPrecision precision)
    {
        (Field input, Func<RandomSource, Module> make) = Models[name];
        var trainer = new Trainer
        {
            Model = make(new RandomSource(1)),
            Loss = new SoftmaxCrossEntropy(),
            Optimizer = new Adam(),
            Precision = precision,
            Execution = new ExecutionOptions { Threads = 1 },
        };
        trainer.Prepare(new DataLayout(input, new Field("target", DType.Int64, []) { Classes = 10 }));
        return MemoryOf(trainer.TrainingStep);
    }

    private static long MemoryOf(Signature signature)
    {
        Function function = Function.Compile(signature, new ExecutionOptions { Threads = 1 });
        function.Run([.. signature.Inputs.Select(input => Value.Zeros(input.DType, [.. input.Shape.Select(dim => dim.IsStatic ? dim.Size : Batch)]))]);
        return function.WorkingMemory;
    }

    private static Field Numbers(params int[] sizes) => new("input", DType.Float32, Shape.OfSizes(sizes));
}
