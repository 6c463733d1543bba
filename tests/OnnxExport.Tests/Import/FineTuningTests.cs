using Toolkit.Autograd.Graph;
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
}
