using Toolkit.Autograd.Compilation;
using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Regularizers;
using Toolkit.Modeling.Training;

namespace Toolkit.Modeling.Tests.Training;

/// <summary>Training that computes activations anew gives the bits of training that keeps them.</summary>
public sealed class RecomputationTests
{
    [Theory]
    [InlineData("convolutional")]
    [InlineData("penalized")]
    public void The_parameters_are_the_same_bit_for_bit(string kind)
    {
        IReadOnlyList<Parameter> kept = Trained(kind, false), anew = Trained(kind, true);
        Assert.Equal(kept.Count, anew.Count);
        Assert.All(kept.Zip(anew), pair => Assert.True(pair.First.Value.BitEquals(pair.Second.Value), pair.First.Name));
    }

    private static IReadOnlyList<Parameter> Trained(string kind, bool isRecomputed)
    {
        var random = new RandomSource(5);
        Dataset digits = GeneratedDigits.Create(90, 3);
        Module model = kind == "convolutional" ? Convolutional(random) : Layers(random);
        var trainer = new Trainer
        {
            Model = model,
            Loss = new SoftmaxCrossEntropy(),
            Optimizer = new ClipByNorm(1, new Adam { LearningRate = 1e-3 }),
            Regularizers = kind == "penalized" ? [new L2(1e-3), new DoubleBackprop(0.01)] : [new L2(1e-3)],
            Execution = new ExecutionOptions { Threads = 2, Compilation = new CompilationOptions { RecomputeActivations = isRecomputed } },
        };
        trainer.Fit(digits, new FitOptions { Epochs = 2, BatchSize = 40 });
        return model.Parameters;
    }

    private static Sequential Convolutional(RandomSource random) => new(
        new Reshape(1, 28, 28),
        new Conv2D(1, 4, 3, random) { Stride = 2 }, new BatchNormalization(4), new Activation(Ops.Relu), new Dropout(0.2, random),
        new Conv2D(4, 4, 3, random) { Stride = 2 }, new BatchNormalization(4), new Activation(Ops.Relu), new Dropout(0.2, random),
        new Conv2D(4, 6, 3, random), new BatchNormalization(6), new Activation(Ops.Tanh),
        new Flatten(), new Dense(96, 10, random));

    private static Sequential Layers(RandomSource random) => new(
        [new Dense(784, 12, random), .. Enumerable.Range(0, 8).SelectMany(_ => new Module[] { new Dense(12, 12, random) { Activation = Ops.Tanh }, new Dropout(0.1, random) }), new Dense(12, 10, random)]);
}
