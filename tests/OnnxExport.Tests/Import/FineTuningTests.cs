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
using Toolkit.Modeling.Training;
using Toolkit.OnnxExport.Export;
using Toolkit.OnnxExport.Import;
using Toolkit.OnnxExport.Serving;
using Toolkit.OnnxExport.Tests.Export;
using DropoutNode = Toolkit.Autograd.Operations.Random.Dropout;

namespace Toolkit.OnnxExport.Tests.Import;

/// <summary>A file comes in, is trained further and goes out again.</summary>
public class FineTuningTests
{
    [Fact]
    public void A_network_in_the_form_of_PyTorch_learns_on_and_is_served_with_its_new_weights()
    {
        OnnxModel file = OnnxModel.Load(WrittenModels.TorchConvolutions());
        Dataset few = GeneratedDigits.Create(512, seed: 1).Reshape(784), held = GeneratedDigits.Create(512, seed: 2).Reshape(784);
        var model = new Sequential(new Reshape(1, 28, 28), new SignatureModel(file.Inference));
        var trainer = new Trainer { Model = model, Loss = new SoftmaxCrossEntropy(), Optimizer = new Adam { LearningRate = 1e-3 }, Metrics = [new Accuracy()] };
        double before = trainer.Evaluate(few).Loss;
        Dictionary<string, float[]> states = file.Parameters.Where(p => p.Role == ParameterRole.State).ToDictionary(p => p.Name, p => p.Value.ToArray<float>());
        trainer.Fit(few, new FitOptions { Epochs = 1, BatchSize = 64 }, TestContext.Current.CancellationToken);
        Assert.True(trainer.Evaluate(few).Loss < before, "One epoch does not make the loss smaller.");
        Assert.Equal(4, states.Count);
        Assert.All(states, state => Assert.NotEqual(state.Value, file.Parameters.Single(p => p.Name == state.Key).Value.ToArray<float>()));

        byte[] written = OnnxExporter.Export(model.Inference);
        using OnnxSession session = OnnxSession.Load(written);
        var expected = model.Predict(held);
        Parity.Equal(expected, session.Run(held.Batches(new BatchOptions { Size = 512 }).Single().Features)[0], 1e-4, "the model trained further");
    }

    [Theory]
    [InlineData(7)]
    [InlineData(13)]
    public void Dropout_of_a_file_drops_again_in_training(int opset)
    {
        Value ones = Value.Full(1, DType.Float32, 4, 500);
        OneNode node = new OneNode("Dropout", opset).Of(ones);
        OnnxModel file = OnnxModel.Load((opset < 12 ? node.With("ratio", 0.25f) : node.Constant(Value.Of(0.25f))).Bytes([ones]));
        var model = new SignatureModel(file.Inference);
        Function training = Training(file.Inference.Inputs, x => [new Output("y", model.Forward(x["x0"], x.Context))]);
        float[] first = training.Run(ones)[0].ToArray<float>(), second = training.Run(ones)[0].ToArray<float>();
        Assert.All(first, number => Assert.True(number == 0 || Math.Abs(number - (4.0 / 3)) < 1e-6));
        Assert.InRange(first.Count(number => number == 0) / 2000.0, 0.2, 0.3);
        Assert.NotEqual(first, second);
        Assert.Equal(ones.ToArray<float>(), model.Predict(Dataset.FromTargets(ones.ToArray<float>(), [500], new float[4], [1])).ToArray<float>());
    }

    [Fact]
    public void Each_dropout_of_a_file_has_masks_of_its_own()
    {
        Variable x = Variable.Input("x", DType.Float32, ["n", 100]);
        Output[] outputs = [.. Enumerable.Range(0, 2).Select(i => new Output($"y{i}", new DropoutNode().Apply(x + i, Variable.Scalar(0.5, DType.Float32)) - (2.0 * i)))];
        OnnxModel file = OnnxModel.Load(OnnxExporter.Export(new Signature([x], outputs)));
        var model = new ComputationModel(file.Inference);
        Function training = Training(file.Inference.Inputs, inputs => [.. model.Forward(inputs.Fields, inputs.Context).Select(output => new Output(output.Key, output.Value))]);
        Value[] found = training.Run(Value.Full(1, DType.Float32, 2, 100));
        Assert.NotEqual(found[0].ToArray<float>(), found[1].ToArray<float>());
        Assert.Equal(1UL, model.Parameters.Single(parameter => parameter.Name == "dropout_counter").Value.Span<ulong>()[0]);
    }

    private sealed record Inputs(Named Fields, ForwardContext Context)
    {
        public Variable this[string name] => Fields[name];
    }

    private static Function Training(IReadOnlyList<Variable> inputs, Func<Inputs, IReadOnlyList<Output>> build)
    {
        var context = new ForwardContext(Mode.Training);
        IReadOnlyList<Output> outputs = build(new Inputs(new Named([.. inputs.Select(input => (input.Name!, input))]), context));
        return Function.Compile(new Signature(inputs, outputs, context.Updates));
    }
}
