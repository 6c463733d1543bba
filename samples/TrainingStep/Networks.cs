using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Modeling;
using Toolkit.Modeling.Initializers;
using Toolkit.Modeling.Modules;

namespace Toolkit.Samples.TrainingStep;

/// <summary>The networks; all give logits of ten classes. No bias stands before a normalization: its gradient would be nothing but rounding. "cnn" is smooth; "cnn-relu" has rectifiers and maximum pooling, where a
/// difference of rounding can become one of the gradient.</summary>
internal static class Networks
{
    public static IReadOnlyList<string> Names => ["mlp", "cnn", "cnn-relu"];

    public static Sequential Create(string name, RandomSource random) => name switch
    {
        "mlp" => Mlp(random),
        "cnn" => Cnn(random, Ops.Tanh, () => new AveragePool2D(2)),
        _ => Cnn(random, Ops.Relu, () => new MaxPool2D(2)),
    };

    private static Sequential Mlp(RandomSource random) => new(
        new Dense(784, 256, random) { Activation = Ops.Relu, WeightInitializer = new HeNormal() },
        new Dropout(0.2, random),
        new Dense(256, 128, random) { Activation = Ops.Relu, WeightInitializer = new HeNormal() },
        new Dropout(0.5, random),
        new Dense(128, 10, random))
    { InputShape = [784] };

    private static Sequential Cnn(RandomSource random, Func<Variable, Variable> activation, Func<Module> pooling) => new(
        new Conv2D(1, 8, 3, random) { Padding = Padding.Same, UseBias = false, WeightInitializer = new HeNormal() },
        new BatchNormalization(8),
        new Activation(activation),
        pooling(),
        new Conv2D(8, 16, 3, random) { Padding = Padding.Same, UseBias = false, WeightInitializer = new HeNormal() },
        new BatchNormalization(16),
        new Activation(activation),
        pooling(),
        new Flatten(),
        new Dense(784, 10, random))
    { InputShape = [1, 28, 28] };
}
