using Toolkit.Autograd.Operations;
using Toolkit.Modeling.Modules;

namespace Toolkit.Modeling.Tests.Components;

/// <summary>Two lines with every function of hidden units.</summary>
internal static class ExampleActivations
{
    public static Dictionary<string, TwoLines> Rows { get; } = new()
    {
        [nameof(Ops.Relu)] = TwoLines.Of(
            "6.3.1", () => new Dense(4, 6, new RandomSource(1)) { Activation = Ops.Relu }, hidden => new Sequential(hidden, new Dense(6, 3, new RandomSource(2)))),
        [nameof(Ops.LeakyRelu)] = TwoLines.Of(
            "6.3.1; Maas et al. 2013", () => new Dense(4, 6, new RandomSource(1)) { Activation = z => z.LeakyRelu(0.01) },
            hidden => new Sequential(hidden, new Dense(6, 3, new RandomSource(2)))),
        [nameof(Activations.AbsoluteValue)] = TwoLines.Of(
            "6.3.1; Jarrett et al. 2009", () => new Dense(4, 6, new RandomSource(1)) { Activation = Activations.AbsoluteValue },
            hidden => new Sequential(hidden, new Dense(6, 3, new RandomSource(2)))),
        [nameof(Ops.Sigmoid)] = TwoLines.Of(
            "6.3.2, equation 6.38", () => new Dense(4, 6, new RandomSource(1)) { Activation = Ops.Sigmoid },
            hidden => new Sequential(hidden, new Dense(6, 3, new RandomSource(2)))),
        [nameof(Ops.Tanh)] = TwoLines.Of(
            "6.3.2, equation 6.39", () => new Dense(4, 6, new RandomSource(1)) { Activation = Ops.Tanh },
            hidden => new Sequential(hidden, new Dense(6, 3, new RandomSource(2)))),
        [nameof(Ops.Softplus)] = TwoLines.Of(
            "6.3.3; Dugas et al. 2001", () => new Dense(4, 6, new RandomSource(1)) { Activation = Ops.Softplus },
            hidden => new Sequential(hidden, new Dense(6, 3, new RandomSource(2)))),
        [nameof(Activations.HardTanh)] = TwoLines.Of(
            "6.3.3; Collobert 2004", () => new Dense(4, 6, new RandomSource(1)) { Activation = Activations.HardTanh },
            hidden => new Sequential(hidden, new Dense(6, 3, new RandomSource(2)))),
        [nameof(Ops.Softmax)] = TwoLines.Of(
            "6.3.3 (softmax as a hidden unit)", () => new Dense(4, 6, new RandomSource(1)) { Activation = z => z.Softmax() },
            hidden => new Sequential(hidden, new Dense(6, 3, new RandomSource(2)))),
        [nameof(Ops.Cos)] = TwoLines.Of(
            "6.3.3", () => new Dense(4, 6, new RandomSource(1)) { Activation = Ops.Cos }, hidden => new Sequential(hidden, new Dense(6, 3, new RandomSource(2)))),
        [nameof(Activations.Gelu)] = TwoLines.Of(
            "6.3; Hendrycks, Gimpel 2016", () => new Dense(4, 6, new RandomSource(1)) { Activation = Activations.Gelu },
            hidden => new Sequential(hidden, new Dense(6, 3, new RandomSource(2)))),
        [nameof(Activations.Silu)] = TwoLines.Of(
            "6.3; Elfwing, Uchibe, Doya 2017", () => new Dense(4, 6, new RandomSource(1)) { Activation = Activations.Silu },
            hidden => new Sequential(hidden, new Dense(6, 3, new RandomSource(2)))),
        [nameof(Activations.Elu)] = TwoLines.Of(
            "6.3; Clevert, Unterthiner, Hochreiter 2015", () => new Dense(4, 6, new RandomSource(1)) { Activation = Activations.Elu },
            hidden => new Sequential(hidden, new Dense(6, 3, new RandomSource(2)))),
        [nameof(Activations.Selu)] = TwoLines.Of(
            "6.3; Klambauer et al. 2017", () => new Dense(4, 6, new RandomSource(1)) { Activation = Activations.Selu },
            hidden => new Sequential(hidden, new Dense(6, 3, new RandomSource(2)))),
    };
}
