using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Modules;
using static Toolkit.Modeling.Tests.Values.ModuleValues;

namespace Toolkit.Modeling.Tests.Values;

/// <summary>Modules that are made of others, or change nothing but the shape.</summary>
internal static class CompositeValues
{
    private static readonly Activation Twice = new(x => 2.0 * x), Squared = new(x => x.Square()), Shifted = new(x => x + 1.0);

    public static Dictionary<string, Setting[]> Settings { get; } = new()
    {
        [nameof(Activation)] =
        [
            AtFirst(new Activation(Ops.Tanh), [2, 3], x => [.. x.Select(Math.Tanh)]),
            AtFirst(new Activation(x => x.Square()), [2, 3], x => [.. x.Select(v => v * v)]) with { Argument = "function" },
        ],
        [nameof(Autoencoder)] =
        [
            AtFirst(new Autoencoder(Squared, Twice), [2, 3], x => [.. x.Select(v => 2 * v * v)]),
            AtFirst(new Autoencoder(Shifted, Twice), [2, 3], x => [.. x.Select(v => 2 * (v + 1))]),
            AtFirst(new Autoencoder(Squared, Shifted), [2, 3], x => [.. x.Select(v => (v * v) + 1)]),
        ],
        [nameof(DenseConnection)] =
        [
            AtFirst(new DenseConnection(Squared), [2, 3], x => [.. x.Chunk(3).SelectMany(row => row.Concat(row.Select(v => v * v)))]),
            AtFirst(new DenseConnection(Twice), [2, 3], x => [.. x.Chunk(3).SelectMany(row => row.Concat(row.Select(v => 2 * v)))]) with { Argument = "inner" },
        ],
        [nameof(Ensemble)] =
        [
            AtFirst(new Ensemble([Squared, Twice, Shifted]), [2, 3], x => [.. x.Select(v => ((v * v) + (2 * v) + v + 1) / 3)]),
            AtFirst(new Ensemble([Squared, Twice]), [2, 3], x => [.. x.Select(v => ((v * v) + (2 * v)) / 2)]) with { Argument = "members" },
            AtFirst(new Ensemble([Squared, Twice, Shifted], [0.7, 0.1, -2]), [2, 3], x => [.. x.Select(v => (0.7 * v * v) + (0.1 * 2 * v) - (2 * (v + 1)))]) with { Argument = "weights" },
        ],
        [nameof(Flatten)] = [AtFirst(new Sequential(new Flatten(), new Activation(x => x.Sum([1]))), [2, 3, 2], x => [x[..6].Sum(), x[6..].Sum()]) with { Component = new Flatten() }],
        [nameof(Reshape)] =
        [
            Shaped(2, 3), Shaped(3, 2) with { Argument = "sizes" }, Shaped(6, 1),
        ],
        [nameof(Residual)] =
        [
            AtFirst(new Residual(Squared), [2, 3], x => [.. x.Select(v => (v * v) + v)]),
            AtFirst(new Residual(Twice), [2, 3], x => [.. x.Select(v => 3 * v)]) with { Argument = "inner" },
            AtFirst(new Residual(Squared) { Shortcut = Shifted }, [2, 3], x => [.. x.Select(v => (v * v) + v + 1)]),
        ],
        [nameof(SignatureModel)] =
        [
            AtFirst(new SignatureModel(Computation(x => 2.0 * x), "y"), [2, 3], x => [.. x.Select(v => 2 * v)]),
            AtFirst(new SignatureModel(Computation(x => x.Square() + 1.0), "y"), [2, 3], x => [.. x.Select(v => (v * v) + 1)]) with { Argument = "signature" },
            AtFirst(new SignatureModel(Computation(x => 2.0 * x), "negative"), [2, 3], x => [.. x.Select(v => -2 * v)]) with { Argument = "output" },
        ],
        [nameof(Sequential)] =
        [
            AtFirst(new Sequential(Squared, Shifted, Twice), [2, 3], x => [.. x.Select(v => 2 * ((v * v) + 1))]),
            AtFirst(new Sequential(Shifted, Squared), [2, 3], x => [.. x.Select(v => (v + 1) * (v + 1))]) with { Argument = "layers" },
        ],
    };

    /// <summary>A computation of three numbers for each example, whose input and output have names of their own.</summary>
    private static Signature Computation(Func<Variable, Variable> function)
    {
        Variable x = Variable.Input("x", DType.Float32, ["rows", 3]);
        return new Signature([x], [new Output("y", function(x)), new Output("negative", -function(x))]);
    }

    /// <summary>Sums over the last axis of the new shape tell how it was cut.</summary>
    private static Setting Shaped(int rows, int columns)
    {
        var reshape = new Reshape(rows, columns);
        return AtFirst(new Sequential(reshape, new Activation(x => x.Sum([2]))), [2, 6], x => [.. x.Chunk(columns).Select(part => part.Sum())]) with { Component = reshape };
    }
}
