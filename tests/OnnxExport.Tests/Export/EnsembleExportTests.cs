using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Autograd.Tests;
using Toolkit.Modeling;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Ensembles;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Training;
using Toolkit.OnnxExport.Checking;
using Toolkit.OnnxExport.Export;
using Toolkit.OnnxExport.Serving;

namespace Toolkit.OnnxExport.Tests.Export;

/// <summary>Ensembles, fast dropout and stochastic pooling: trained, exported as one graph, and served with the same numbers.</summary>
public sealed class EnsembleExportTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_bagged_model_serves_the_same_numbers() => Check(
        new Bagging { Create = Classifier, Members = 3, MemberOutput = z => z.Softmax() }.Fit(Data(), new() { Epochs = 3, BatchSize = 16 }, Token).Model, 4);

    [Fact]
    public void A_boosted_model_serves_the_same_votes() => Check(
        new AdaBoost { Rounds = 4 }.Fit(Data(), Classifier, new() { Epochs = 2, BatchSize = 16 }, Token).Ensemble.Model, 4);

    [Fact]
    public void Fast_dropout_serves_the_same_numbers()
    {
        var random = new RandomSource(2);
        var trainer = new Trainer
        {
            Model = new Sequential(
                new FastDropout(4, 6, 0.2, FastDropoutUnit.Rectifier, random),
                new FastDropout(6, 6, 0.5, FastDropoutUnit.Sigmoid, random),
                new FastDropout(6, 3, 0.5, FastDropoutUnit.Logit, random)),
            Loss = new SoftmaxCrossEntropy(),
            Optimizer = new Adam(),
        };
        trainer.Fit(Data(), new() { Epochs = 3, BatchSize = 16 }, Token);
        Check((Module)trainer.Model, 4);
    }

    [Fact]
    public void Stochastic_pooling_serves_the_same_numbers()
    {
        var random = new RandomSource(2);
        var trainer = new Trainer
        {
            Model = new Sequential(new Conv2D(1, 3, 3, random) { Activation = Ops.Relu }, new StochasticPool2D(2, random), new Flatten(), new Dense(12, 3, random)),
            Loss = new SoftmaxCrossEntropy(),
            Optimizer = new Adam(),
        };
        var x = new float[40 * 36];
        random.FillUniform(x, 0, 1);
        Dataset data = Dataset.FromLabels(x, [1, 6, 6], [.. x.Chunk(36).Select(image => image[0] > 0.5 ? 1L : image[7] > 0.5 ? 2L : 0L)], 3);
        trainer.Fit(data, new() { Epochs = 2, BatchSize = 16 }, Token);
        Check((Module)trainer.Model, 1, 6, 6);
    }

    private static Trainer Classifier(RandomSource random) => new()
    {
        Model = new Sequential(new Dense(4, 6, random) { Activation = Ops.Relu }, new Dense(6, 3, random)),
        Loss = new SoftmaxCrossEntropy(),
        Optimizer = new Adam { LearningRate = 0.02 },
    };

    private static Dataset Data()
    {
        var random = new RandomSource(3);
        var x = new float[48 * 4];
        random.FillUniform(x, -1, 1);
        return Dataset.FromLabels(x, [4], [.. x.Chunk(4).Select(row => row[0] > 0.3 ? 2L : row[1] > row[2] ? 1L : 0L)], 3);
    }

    private void Check(Module model, params int[] shape)
    {
        string path = folder.File("model.onnx");
        model.ExportOnnx(path, new());
        Assert.Empty(ModelCheck.Check(path));
        using OnnxSession session = OnnxSession.Load(path);
        foreach (int batch in new[] { 1, 5 })
            Parity.Check(session, model.Inference, [SmallModels.Random(new Random(batch), DType.Float32, [batch, .. shape])], 2e-5);
    }
}
