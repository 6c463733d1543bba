using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Autograd.Tests;
using Toolkit.Modeling;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Distributions;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Regularizers;
using Toolkit.Modeling.Training;
using Toolkit.OnnxExport.Checking;
using Toolkit.OnnxExport.Export;
using Toolkit.OnnxExport.Serving;

namespace Toolkit.OnnxExport.Tests.Export;

/// <summary>Each hidden unit and layer of the book in a model that is trained a little, exported, and served with the same numbers.</summary>
public sealed class BookExportTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly RandomSource random = new(7);

    public static TheoryData<string> Layers =>
    [
        "maxout", "prelu", "rbf", "lowrank", "batchnorm", "layernorm", "groupnorm", "connection", "shared", "noise", "dropconnect",
        "ensemble", "abs", "hardtanh", "gelu", "silu", "elu", "selu", "cos", "embedding",
        "mixture", "projection", "autoencoder", "masks",
    ];

    public static TheoryData<string> Distributions => ["mean", "variance", "quantile", "modes"];

    public void Dispose() => folder.Dispose();

    [Theory]
    [MemberData(nameof(Layers))]
    public void A_trained_model_serves_the_same_numbers(string layer)
    {
        var model = new Sequential(
            layer == "embedding"
                ? new Sequential(new Activation(x => Ops.Clip((2.0 * x) + 2.0, 0, 3).Cast(DType.Int64)), new Embedding(4, 3, random), new Flatten())
                : new Dense(4, 6, random),
            Make(layer),
            new Dense(layer == "embedding" ? 12 : layer == "connection" ? 8 : layer == "shared" ? 7 : 6, 3, random));
        Train(model, new SoftmaxCrossEntropy(), 3);
        Check(model);
    }

    [Theory]
    [MemberData(nameof(Distributions))]
    public void What_a_distribution_states_can_be_served(string what)
    {
        var loss = new MixtureDensity(3, 1);
        var trunk = new Sequential(new Dense(4, 8, random) { Activation = Ops.Tanh }, new Dense(8, loss.Predictions, random));
        var trainer = new Trainer { Model = trunk, Loss = loss, Optimizer = new ClipByNorm(1, new Adam()) };
        (float[] x, _) = Data();
        trainer.Fit(Dataset.FromTargets(x, [4], [.. x.Chunk(4).Select(row => row[0] - row[2])], [1]), new() { Epochs = 2, BatchSize = 16 }, TestContext.Current.CancellationToken);
        var model = new Sequential(trunk, new Activation(z =>
        {
            var mixture = (GaussianMixture)loss.Of(z);
            return what switch
            {
                "mean" => mixture.Mean,
                "variance" => mixture.Variance,
                "quantile" => mixture.Quantile(0.9),
                _ => mixture.Modes,
            };
        }))
        { InputShape = [4] };
        Check(model);
    }

    public static TheoryData<string> Outputs => ["gaussian", "laplace", "poisson", "covariance", "bernoulli", "categorical"];

    /// <summary>What each likelihood states as its mean, behind a model that was trained with it.</summary>
    [Theory]
    [MemberData(nameof(Outputs))]
    public void The_output_of_a_likelihood_can_be_served(string output)
    {
        Loss loss = output switch
        {
            "gaussian" => new GaussianLikelihood(),
            "laplace" => new LaplaceLikelihood(),
            "poisson" => new PoissonLikelihood(),
            "covariance" => new FullCovarianceGaussian(2),
            "bernoulli" => new BinaryCrossEntropy(),
            _ => new SoftmaxCrossEntropy(),
        };
        var trunk = new Sequential(new Dense(4, 6, random) { Activation = Ops.Tanh }, new Dense(6, output == "covariance" ? 5 : 2, random));
        (float[] x, long[] y) = Data();
        float[] targets = [.. x.Chunk(4).SelectMany(row => new[] { row[0] > 0 ? 1f : 0f, row[1] > row[2] ? 1f : 0f })];
        Dataset data = output == "categorical" ? Dataset.FromLabels(x, [4], [.. y.Select(label => label % 2)], 2) : Dataset.FromTargets(x, [4], targets, [2]);
        new Trainer { Model = trunk, Loss = loss, Optimizer = new Adam() }.Fit(data, new() { Epochs = 2, BatchSize = 16 }, TestContext.Current.CancellationToken);
        Check(new Sequential(trunk, new Activation(z => loss switch
        {
            Likelihood likelihood => Ops.Concat(1, likelihood.Of(z).Mean, likelihood.Of(z).Variance),
            BinaryCrossEntropy => new Bernoulli(z).Mean,
            _ => new Categorical(z).Mean,
        }))
        { InputShape = [4] });
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Global_pools_and_reshapes_serve_the_same_numbers(bool greatest)
    {
        var model = new Sequential(
            new Dense(4, 16, random), new Reshape(1, 4, 4), new Conv2D(1, 3, 2, random) { Activation = Ops.Relu }, new GlobalPool { Greatest = greatest }, new Dense(3, 3, random));
        Train(model, new SoftmaxCrossEntropy(), 2);
        Check(model);
    }

    [Fact]
    public void Draws_at_inference_are_served_with_the_same_numbers()
    {
        Check(new Sequential(new MonteCarlo(new Dropout(0.5, random), 3), new Dense(4, 3, random)) { InputShape = [4] });
        Check(new Activation(z => new Bernoulli(z).Sample(RandomStream.Of(1))) { InputShape = [4] });
    }

    private Module Make(string layer) => layer switch
    {
        "maxout" => new Maxout(6, 6, 3, random),
        "prelu" => new ParametricRelu(6),
        "rbf" => new RadialBasis(6, 6, random) { InitialWidth = 3 },
        "lowrank" => new LowRankDense(6, 6, 2, random, Ops.Relu),
        "batchnorm" => new BatchNormalization(6),
        "layernorm" => new LayerNormalization(6),
        "groupnorm" => new GroupNormalization(6, 2),
        "connection" => new DenseConnection(new Dense(6, 2, random)),
        "shared" => new SharedOutputs(1),
        "noise" => new GaussianNoise(0.1, random),
        "dropconnect" => new DropConnect(6, 6, 0.5, random),
        "ensemble" => new Ensemble([new Dense(6, 6, random), new Dense(6, 6, random)]),
        "abs" => new Activation(Activations.AbsoluteValue),
        "hardtanh" => new Activation(Activations.HardTanh),
        "gelu" => new Activation(Activations.Gelu),
        "silu" => new Activation(Activations.Silu),
        "elu" => new Activation(Activations.Elu),
        "selu" => new Activation(Activations.Selu),
        "mixture" => new MixtureClassifier(6, 6, 2, random),
        "autoencoder" => Tied(new Dense(6, 3, random) { Activation = Ops.Sigmoid }),
        "masks" => new GeometricEnsemble(new Sequential(new Dropout(0.5, random), new Dense(6, 6, random))),
        "projection" => new FixedProjection([0.1f, 0.2f, 0, 0, 0, 0.3f], [.. Enumerable.Range(0, 36).Select(i => 0.05f * (i - 18))]),
        _ => new Activation(Ops.Cos),
    };

    private static Autoencoder Tied(Dense encoder) => new(encoder, new TransposedDense(encoder));

    private static (float[] Features, long[] Labels) Data()
    {
        var random = new RandomSource(3);
        var x = new float[48 * 4];
        random.FillUniform(x, -1, 1);
        return (x, [.. x.Chunk(4).Select(row => row[0] > 0.3 ? 2L : row[1] > row[2] ? 1L : 0L)]);
    }

    private static void Train(Module model, Loss loss, int epochs)
    {
        (float[] x, long[] y) = Data();
        var trainer = new Trainer { Model = model, Loss = loss, Optimizer = new AdamW(), Regularizers = [new ConfidencePenalty(0.01)] };
        trainer.Fit(Dataset.FromLabels(x, [4], y, 3), new() { Epochs = epochs, BatchSize = 16 }, TestContext.Current.CancellationToken);
    }

    private void Check(Module model)
    {
        string path = folder.File("model.onnx");
        model.ExportOnnx(path, new());
        Assert.Empty(ModelCheck.Check(path));
        using OnnxSession session = OnnxSession.Load(path);
        foreach (int batch in new[] { 1, 5 })
            Parity.Check(session, model.Inference, [SmallModels.Random(new Random(batch), DType.Float32, [batch, 4])], 2e-5);
    }
}
