using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Gradients;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Recurrent;
using Toolkit.Autograd.Tensors;
using Toolkit.OnnxExport.Export;
using Toolkit.OnnxExport.Import;
using Toolkit.OnnxExport.Serving;

namespace Toolkit.OnnxExport.Tests.Export;

/// <summary>Recurrent operators through ONNX Runtime: activations of every name, clipping that bites, and the gradient as a graph.</summary>
public class RecurrentParityTests
{
    public static TheoryData<string, float?, float?> Names => new()
    {
        { "Relu", null, null }, { "Tanh", null, null }, { "Sigmoid", null, null }, { "Affine", 0.3f, 0.4f }, { "LeakyRelu", 0.3f, null }, { "ThresholdedRelu", 0.3f, null },
        { "ScaledTanh", 0.3f, 0.4f }, { "HardSigmoid", 0.3f, 0.4f }, { "HardSigmoid", null, null }, { "Elu", 0.3f, null }, { "Softsign", null, null }, { "Softplus", null, null },
        { "LeakyRelu", null, null }, { "Elu", null, null }, { "Affine", null, null }, { "ScaledTanh", null, null }, { "ThresholdedRelu", null, null },
    };

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_activation_has_the_runtimes_numbers(string name, float? alpha, float? beta)
    {
        RecurrentActivation activation = RecurrentActivation.Of(name, alpha, beta);
        RecurrentOptions options = new RecurrentOptions(3) { Activations = [activation] };
        Check(new RNN(options), 1, 1);
        Check(new GRU(options with { Activations = [activation, RecurrentActivation.Of("Tanh")] }), 3, 1);
        Check(new LSTM(options with { Activations = [RecurrentActivation.Of("Sigmoid"), activation, RecurrentActivation.Of("Tanh")] }), 4, 2);
    }

    [Fact]
    public void What_has_kernels_of_its_own_has_the_runtimes_numbers()
    {
        foreach (RecurrentDirection direction in Enum.GetValues<RecurrentDirection>())
        {
            var options = new RecurrentOptions(3) { Direction = direction };
            Check(new RNN(options), 1, 1);
            Check(new GRU(options), 3, 1);
            Check(new GRU(options, LinearBeforeReset: true), 3, 1);
            Check(new LSTM(options), 4, 2);
        }
    }

    [Fact]
    public void A_clip_that_bites_has_the_runtimes_numbers()
    {
        var options = new RecurrentOptions(3) { Clip = 0.4f, Direction = RecurrentDirection.Bidirectional };
        Check(new RNN(options), 1, 1);
        Check(new GRU(options), 3, 1);
        Check(new GRU(options, LinearBeforeReset: true), 3, 1);
        Check(new LSTM(options), 4, 2);
    }

    [Fact]
    public void A_training_step_through_a_word_is_exported()
    {
        Variable x = Variable.Input("x", DType.Float32, ["time", "batch", 2]), lengths = Variable.Input("lengths", DType.Int32, ["batch"]);
        Parameter w = Parameter("w", 1, 1, 12, 2), r = Parameter("r", 2, 1, 12, 3), b = Parameter("b", 3, 1, 24);
        IReadOnlyList<Variable> results = new LSTM(new RecurrentOptions(3)).ApplyAll(x, w, r, b, lengths);
        Variable loss = results[1].Square().Sum() + results[0].Sum();
        IReadOnlyList<Variable> gradients = Gradient.Of(loss, [w, r, b, x]);
        var signature = new Signature(
            [x, lengths],
            [new Output("loss", loss), new Output("gw", gradients[0]), new Output("gr", gradients[1]), new Output("gb", gradients[2]), new Output("gx", gradients[3])]);
        using OnnxSession session = OnnxSession.Load(OnnxExporter.Export(signature));
        Parity.Check(session, signature, [Numbers(4, 5, 3, 2), Value.Of([5, 2, 3], 3)], 1e-5);
        Parity.Check(session, signature, [Numbers(5, 2, 2, 2), Value.Of([1, 2], 2)], 1e-5);
    }

    private static void Check(RecurrentOperation operation, int gates, int states)
    {
        int directions = operation.Options.Directions;
        Variable x = Variable.Input("x", DType.Float32, ["time", "batch", 2]);
        Parameter w = Parameter("w", 1, directions, gates * 3, 2), r = Parameter("r", 2, directions, gates * 3, 3), b = Parameter("b", 3, directions, gates * 6);
        Assert.Equal(states + 1, operation.StandardResults);
        Variable[] results = [.. operation.ApplyAll(x, w, r, b).Take(states + 1)];
        var signature = new Signature([x], [.. results.Select((y, i) => new Output($"y{i}", y))], name: $"{operation}");
        byte[] bytes = OnnxExporter.Export(signature);
        OnnxModel model = OnnxModel.Load(bytes);
        Assert.Equal(operation, model.Signature.Nodes.Single(n => n.Operation is RecurrentOperation).Operation);
        using OnnxSession session = OnnxSession.Load(bytes);
        Parity.Check(session, signature, [Numbers(4, 4, 2, 2)], 1e-5);
        Parity.Equal(Interpreter.Run(signature, Numbers(4, 4, 2, 2))[0], Function.Compile(signature).Run(Numbers(4, 4, 2, 2))[0], 1e-5, operation.Name);
    }

    private static Parameter Parameter(string name, int seed, params int[] sizes) => new(name, Numbers(seed, sizes));

    private static Value Numbers(int seed, params int[] sizes)
    {
        var random = new Random(seed);
        return Value.Of([.. Enumerable.Range(0, sizes.Aggregate(1, (a, s) => a * s)).Select(_ => (float)((2 * random.NextDouble()) - 1))], sizes);
    }
}
