using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Recurrent;

/// <summary>The examples of the recurrent operators: directions, activations, lengths, initial states, clipping, peepholes, the order of axes.</summary>
internal static class RecurrentExamples
{
    // What the standard lets an activation be, smooth where the examples lie.
    private static readonly string[] Smooth = ["Softsign", "Affine", "ScaledTanh", "Softplus", "Elu", "Sigmoid"];

    public static IEnumerable<OperationExample> For(Func<RecurrentOptions, Operation> operation, int gates, int states, int activations)
    {
        var plain = new RecurrentOptions(2);
        RecurrentOptions both = plain with { Direction = RecurrentDirection.Bidirectional };
        ExampleInput[] initial = [.. Enumerable.Range(0, states).Select(_ => new ExampleInput([1, "batch", 2]))];
        ExampleInput lengths = new(["batch"], DType.Int32, 1, 3);
        ExampleInput[] peepholes = states == 2 ? [new ExampleInput([1, 6])] : [];
        Dim three = 3;
        yield return Of(plain, ["time", "batch", 3]);
        yield return Of(plain with { Direction = RecurrentDirection.Reverse, Clip = 5 }, [three, "batch", 3], [new ExampleInput([1, 4 * gates]), lengths, .. initial, .. peepholes]);
        yield return Of(both with { Activations = [.. Named(2 * activations)] }, [2, 2, 3], [new ExampleInput([2, 4 * gates])]);
        yield return Of(both, [three, "batch", 3], [new ExampleInput([2, 4 * gates]), lengths]);
        yield return Of(plain with { BatchFirst = true }, ["batch", "time", 3], [new ExampleInput([1, 4 * gates])]);

        OperationExample Of(RecurrentOptions options, Shape x, params ExampleInput[] rest) => new(
            operation(options),
            [
                new ExampleInput(x, Low: -1, High: 1),
                new ExampleInput([options.Directions, 2 * gates, 3], Low: -1, High: 1),
                new ExampleInput([options.Directions, 2 * gates, 2], Low: -1, High: 1),
                .. rest,
            ])
        {
            Smoothness = 2,
        };

        static IEnumerable<RecurrentActivation> Named(int count) => Enumerable.Range(0, count).Select(i => RecurrentActivation.Of(Smooth[i % Smooth.Length]) switch
        {
            { Name: "Affine" } affine => affine with { Alpha = 0.5f, Beta = 0.1f },
            { Name: "ScaledTanh" } scaled => scaled with { Alpha = 1.5f, Beta = 0.7f },
            var other => other,
        });
    }
}
