using Microsoft.ML.OnnxRuntime;
using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Gradients;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.OnnxExport.Export;
using Toolkit.OnnxExport.Serving;

namespace Toolkit.OnnxExport.Tests.Export;

/// <summary>Whole computations through ONNX Runtime, at the oldest, default and newest operator set.</summary>
public class ModelParityTests
{
    public static TheoryData<int> Opsets => [13, 17, 21];

    [Theory]
    [MemberData(nameof(Opsets))]
    public void A_perceptron_gives_the_same_probabilities(int opset)
    {
        foreach (DType type in new[] { DType.Float32, DType.Float64 })
        {
            Signature signature = SmallModels.Perceptron(type);
            using OnnxSession session = OnnxSession.Load(OnnxExporter.Export(signature, new() { Opset = opset }));
            foreach (int batch in new[] { 1, 7, 64 })
            {
                Parity.Check(session, signature, [SmallModels.Random(new Random(batch), type, batch, 4)], 1e-5);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Opsets))]
    public void A_convolutional_network_gives_the_same_scores(int opset)
    {
        Signature signature = SmallModels.ConvolutionalNetwork();
        using OnnxSession session = OnnxSession.Load(OnnxExporter.Export(signature, new() { Opset = opset }));
        foreach (int batch in new[] { 1, 5 })
        {
            Parity.Check(session, signature, [SmallModels.Random(new Random(batch), DType.Float32, batch, 1, 8, 8)], 1e-5);
        }
    }

    [Theory]
    [MemberData(nameof(Opsets))]
    public void A_gradient_of_a_gradient_gives_the_same_numbers(int opset)
    {
        Signature perceptron = SmallModels.Perceptron();
        Variable loss = -Ops.Mean(Ops.Log(perceptron.Outputs[0].Variable));
        Variable penalty = Ops.Sum(Ops.Square(Gradient.Of(loss, perceptron.Inputs[0])));
        IReadOnlyList<Variable> gradients = Gradient.Of(penalty, [.. perceptron.Parameters.Select(p => p.Variable)]);
        var signature = new Signature(
            perceptron.Inputs, [new Output("penalty", penalty), .. gradients.Select((g, i) => new Output($"g{i}", g))], name: "penalty");
        using OnnxSession session = OnnxSession.Load(OnnxExporter.Export(signature, new() { Opset = opset }));
        Parity.Check(session, signature, [SmallModels.Random(new Random(5), DType.Float32, 6, 4)], 1e-5);
    }

    [Theory]
    [MemberData(nameof(Opsets))]
    public void A_training_step_gives_the_same_new_parameters(int opset)
    {
        Signature signature = SmallModels.TrainingStep();

        // ONNX Runtime warns of every initializer that an input may override.
        var quiet = new ServingOptions { Configure = o => o.LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
        using OnnxSession session = OnnxSession.Load(OnnxExporter.Export(signature, new() { Opset = opset }), quiet);

        // The parameters are inputs with a default: a caller need not give them.
        Assert.Equal(["x", "target"], session.Inputs.Select(i => i.Name));
        Assert.Equal(["loss", "w1_out", "b1_out", "w2_out", "step_out"], session.Outputs.Select(o => o.Name));
        Value[] inputs = [SmallModels.Random(new Random(6), DType.Float32, 9, 3), SmallModels.Random(new Random(7), DType.Float32, 9, 2)];
        IReadOnlyList<Value> found = session.Run(inputs);
        IReadOnlyList<Value> expected = [.. Interpreter.Run(signature, inputs), .. signature.Updates.Select(u => u.Parameter.Value)];
        for (int i = 0; i < expected.Count; i++)
        {
            Parity.Equal(expected[i], found[i], 1e-5, session.Outputs[i].Name);
        }

        Assert.Equal(1, found[^1].Scalar());
    }
}
