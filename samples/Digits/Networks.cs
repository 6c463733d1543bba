using Toolkit.Autograd.Operations;
using Toolkit.Modeling;
using Toolkit.Modeling.Initializers;
using Toolkit.Modeling.Modules;

namespace Toolkit.Samples.Digits;

/// <summary>The two networks of the sample; both give logits of ten classes.</summary>
internal static class Networks
{
    public static Sequential Create(string name, RandomSource random) => name == "cnn" ? Cnn(random) : Mlp(random);

    private static Sequential Mlp(RandomSource random) => new(
        new Dropout(0.2, random),
        new Dense(784, 512, random) { Activation = Ops.Relu, WeightInitializer = new HeNormal() },
        new Dropout(0.5, random),
        new Dense(512, 512, random) { Activation = Ops.Relu, WeightInitializer = new HeNormal() },
        new Dropout(0.5, random),
        new Dense(512, 10, random));

    private static Sequential Cnn(RandomSource random) => new(
        new Conv2D(1, 16, 5, random) { Activation = Ops.Relu, Padding = Padding.Same, WeightInitializer = new HeNormal() },
        new MaxPool2D(2),
        new Conv2D(16, 32, 5, random) { Activation = Ops.Relu, Padding = Padding.Same, WeightInitializer = new HeNormal() },
        new MaxPool2D(2),
        new Flatten(),
        new Dropout(0.5, random),
        new Dense(1568, 128, random) { Activation = Ops.Relu, WeightInitializer = new HeNormal() },
        new Dropout(0.5, random),
        new Dense(128, 10, random));
}
