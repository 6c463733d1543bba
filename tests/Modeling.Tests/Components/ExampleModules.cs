using Toolkit.Autograd.Operations;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Training;
using static Toolkit.Modeling.Tests.Components.Given;

namespace Toolkit.Modeling.Tests.Components;

/// <summary>Two lines with every module.</summary>
internal static class ExampleModules
{
    public static Dictionary<string, TwoLines> Rows { get; } = new()
    {
        [nameof(Activation)] = TwoLines.Of(
            "6.3", () => new Activation(Ops.Relu),
            relu => new Sequential(new Dense(4, 6, new RandomSource(1)), relu, new Dense(6, 3, new RandomSource(2)))),
        [nameof(Autoencoder)] = TwoLines.On(
            Labelled.AsReconstruction(), "7.14 and 14.7; Rifai et al. 2011", () => new Dense(4, 3, new RandomSource(1)) { Activation = Ops.Sigmoid },
            encoder => new Trainer { Model = new Autoencoder(encoder, new TransposedDense(encoder)), Loss = new MeanSquaredError(), Optimizer = new Adam() }),
        [nameof(AveragePool1D)] = TwoLines.On(
            Images, "9.3", () => new AveragePool1D(4), pool => new Sequential(new Reshape(8, 8), pool, new Flatten(), new Dense(16, 3, new RandomSource(1)))),
        [nameof(AveragePool2D)] = TwoLines.On(
            Images, "9.3", () => new AveragePool2D(2), pool => new Sequential(pool, new Flatten(), new Dense(16, 3, new RandomSource(1)))),
        [nameof(AveragePool3D)] = TwoLines.On(
            Images, "9.3", () => new AveragePool3D([1, 2, 2]), pool => new Sequential(new Reshape(1, 4, 4, 4), pool, new Flatten(), new Dense(16, 3, new RandomSource(1)))),
        [nameof(BatchNormalization)] = TwoLines.Of(
            "8.7.1, equations 8.35 to 8.37", () => new BatchNormalization(6),
            normalized => new Sequential(new Dense(4, 6, new RandomSource(1)), normalized, new Activation(Ops.Relu), new Dense(6, 3, new RandomSource(2)))),
        [nameof(Conv1D)] = TwoLines.On(
            Images, "9.1", () => new Conv1D(8, 4, kernel: 3, new RandomSource(1)) { Pads = [2, 0] },
            causal => new Sequential(new Reshape(8, 8), causal, new GlobalPool(), new Dense(4, 3, new RandomSource(2)))),
        [nameof(Conv2D)] = TwoLines.On(
            Images, "9.1, equation 9.6", () => new Conv2D(1, 4, kernel: [5, 3], new RandomSource(1)) { Activation = Ops.Relu, Stride = [2, 1] },
            convolution => new Sequential(convolution, new GlobalPool(), new Dense(4, 3, new RandomSource(2)))),
        [nameof(Conv3D)] = TwoLines.On(
            Images, "9.7", () => new Conv3D(1, 4, kernel: 2, new RandomSource(1)) { Activation = Ops.Relu },
            convolution => new Sequential(new Reshape(1, 4, 4, 4), convolution, new GlobalPool(), new Dense(4, 3, new RandomSource(2)))),
        [nameof(ConvTranspose1D)] = TwoLines.On(
            Images, "9.5", () => new ConvTranspose1D(8, 4, kernel: 2, new RandomSource(1)) { Stride = 2 },
            larger => new Sequential(new Reshape(8, 8), larger, new Flatten(), new Dense(64, 3, new RandomSource(2)))),
        [nameof(ConvTranspose2D)] = TwoLines.On(
            Images, "9.5, equation 9.13", () => new ConvTranspose2D(4, 1, kernel: 3, new RandomSource(1)) { Stride = 2, Padding = Padding.Same, OutputPadding = 1 },
            larger => new Sequential(new Conv2D(1, 4, 3, new RandomSource(2)) { Stride = 2, Padding = Padding.Same }, larger, new Flatten(), new Dense(64, 3, new RandomSource(3)))),
        [nameof(ConvTranspose3D)] = TwoLines.On(
            Images, "9.5", () => new ConvTranspose3D(1, 2, kernel: 2, new RandomSource(1)),
            larger => new Sequential(new Reshape(1, 4, 4, 4), larger, new GlobalPool(), new Dense(2, 3, new RandomSource(2)))),
        [nameof(Dense)] = TwoLines.Of(
            "6.3, equation 6.36", () => new Dense(4, 6, new RandomSource(1)) { Activation = Ops.Tanh },
            hidden => new Sequential(hidden, new Dense(6, 3, new RandomSource(2)))),
        [nameof(DenseConnection)] = TwoLines.Of(
            "6.4.2; Huang et al. 2017", () => new DenseConnection(new Dense(4, 2, new RandomSource(1)) { Activation = Ops.Relu }),
            connected => new Sequential(connected, new Dense(6, 3, new RandomSource(2)))),
        [nameof(DropConnect)] = TwoLines.Of(
            "7.12; Wan et al. 2013", () => new DropConnect(4, 6, rate: 0.5, new RandomSource(1)) { Activation = Ops.Relu },
            dropping => new Sequential(dropping, new Dense(6, 3, new RandomSource(2)))),
        [nameof(Dropout)] = TwoLines.Of(
            "7.12, equations 7.52 to 7.66", () => new Dropout(0.5, new RandomSource(1)),
            dropout => new Sequential(new Dense(4, 6, new RandomSource(2)) { Activation = Ops.Relu }, dropout, new Dense(6, 3, new RandomSource(3)))),
        [nameof(Embedding)] = TwoLines.On(
            Words, "12.4.2", () => new Embedding(symbols: 5, size: 3, new RandomSource(1)),
            embedding => new Sequential(embedding, new Flatten(), new Dense(12, 3, new RandomSource(2)))),
        [nameof(Ensemble)] = TwoLines.Of("7.11, equation 7.50", () => new[] { Network(3), Network(3) }, members => new Ensemble(members, [0.7, 0.3])),
        [nameof(FastDropout)] = TwoLines.Of(
            "7.12; Wang, Manning 2013", () => new FastDropout(4, 6, rate: 0.5, FastDropoutUnit.Rectifier, new RandomSource(1)),
            fast => new Sequential(fast, new Dense(6, 3, new RandomSource(2)))),
        [nameof(FixedProjection)] = TwoLines.Of(
            "7.6", () => new FixedProjection(mean: [0, 0, 0.5f, 0], weight: [1, 0, 0, 1, 1, 1, 0, 1]),
            projection => new Sequential(projection, new Dense(2, 3, new RandomSource(1)))),
        [nameof(Flatten)] = TwoLines.On(Images, "9.3", () => new Flatten(), flatten => new Sequential(flatten, new Dense(64, 3, new RandomSource(1)))),
        [nameof(GaussianNoise)] = TwoLines.Of(
            "7.5", () => new GaussianNoise(0.3, new RandomSource(1)), noise => new Sequential(noise, new Dense(4, 3, new RandomSource(2)))),
        [nameof(GeometricEnsemble)] = TwoLines.Of(
            "7.12, equations 7.52 to 7.55", () => new Sequential(new Dropout(0.5, new RandomSource(1)), new Dense(4, 3, new RandomSource(2))),
            dropping => new GeometricEnsemble(dropping)),
        [nameof(GlobalPool)] = TwoLines.On(
            Images, "9.3; Lin, Chen, Yan 2014", () => new GlobalPool { Greatest = true },
            pool => new Sequential(new Conv2D(1, 4, 3, new RandomSource(1)), pool, new Dense(4, 3, new RandomSource(2)))),
        [nameof(GroupNormalization)] = TwoLines.Of(
            "8.7.1; Wu, He 2018", () => new GroupNormalization(channels: 6, groups: 2),
            normalized => new Sequential(new Dense(4, 6, new RandomSource(1)), normalized, new Dense(6, 3, new RandomSource(2)))),
        [nameof(Gru)] = TwoLines.Of(
            "10.10.2; Cho et al. 2014", () => new Gru(inputs: 2, units: 6, new RandomSource(1)) { LastOnly = true },
            gru => new Sequential(new Reshape(2, 2), gru, new Dense(6, 3, new RandomSource(2)))),
        [nameof(LayerNormalization)] = TwoLines.Of(
            "8.7.1; Ba, Kiros, Hinton 2016", () => new LayerNormalization(6),
            normalized => new Sequential(new Dense(4, 6, new RandomSource(1)), normalized, new Dense(6, 3, new RandomSource(2)))),
        [nameof(LowRankDense)] = TwoLines.Of(
            "6.3.3", () => new LowRankDense(4, 6, rank: 2, new RandomSource(1)),
            factored => new Sequential(factored, new Activation(Ops.Relu), new Dense(6, 3, new RandomSource(2)))),
        [nameof(Lstm)] = TwoLines.Of(
            "10.10.1, equations 10.40 to 10.44; Hochreiter, Schmidhuber 1997", () => new Lstm(inputs: 2, units: 6, new RandomSource(1)) { LastOnly = true },
            lstm => new Sequential(new Reshape(2, 2), lstm, new Dense(6, 3, new RandomSource(2)))),
        [nameof(MaxPool1D)] = TwoLines.On(
            Images, "9.3", () => new MaxPool1D(4), pool => new Sequential(new Reshape(8, 8), pool, new Flatten(), new Dense(16, 3, new RandomSource(1)))),
        [nameof(MaxPool2D)] = TwoLines.On(
            Images, "9.3", () => new MaxPool2D(2), pool => new Sequential(pool, new Flatten(), new Dense(16, 3, new RandomSource(1)))),
        [nameof(MaxPool3D)] = TwoLines.On(
            Images, "9.3", () => new MaxPool3D([1, 2, 2]), pool => new Sequential(new Reshape(1, 4, 4, 4), pool, new Flatten(), new Dense(16, 3, new RandomSource(1)))),
        [nameof(Maxout)] = TwoLines.Of(
            "6.3.1, equation 6.37", () => new Maxout(4, 6, pieces: 3, new RandomSource(1)), maxout => new Sequential(maxout, new Dense(6, 3, new RandomSource(2)))),
        [nameof(MixtureClassifier)] = TwoLines.Of(
            "7.6; McLachlan, Basford 1988", () => new MixtureClassifier(4, 3, components: 2, new RandomSource(1)),
            mixture => new Trainer { Model = mixture, Loss = new GenerativeDiscriminative(0.1), Optimizer = new Adam() }),
        [nameof(MonteCarlo)] = TwoLines.Of(
            "7.12", () => new Sequential(new Dropout(0.2, new RandomSource(1)), new Dense(4, 3, new RandomSource(2))),
            dropping => new MonteCarlo(dropping, samples: 10)),
        [nameof(MultiHeadAttention)] = TwoLines.On(
            Words, "12.4.5.1; Vaswani et al. 2017", () => new MultiHeadAttention(width: 4, heads: 2, new RandomSource(1)) { Causal = true },
            attention => new Sequential(new Embedding(5, 4, new RandomSource(2)), attention, new Flatten(), new Dense(16, 3, new RandomSource(3)))),
        [nameof(ParametricRelu)] = TwoLines.Of(
            "6.3.1; He et al. 2015", () => new ParametricRelu(6),
            unit => new Sequential(new Dense(4, 6, new RandomSource(1)), unit, new Dense(6, 3, new RandomSource(2)))),
        [nameof(PositionalEmbedding)] = TwoLines.On(
            Words, "Gehring et al. 2017", () => new PositionalEmbedding(places: 4, width: 6, new RandomSource(1)),
            places => new Sequential(new Embedding(5, 6, new RandomSource(2)), places, new TransformerEncoder(6, 2, new RandomSource(3)), new Flatten(), new Dense(24, 3, new RandomSource(4)))),
        [nameof(PositionalEncoding)] = TwoLines.On(
            Words, "Vaswani et al. 2017, section 3.5", () => new PositionalEncoding(),
            places => new Sequential(new Embedding(5, 6, new RandomSource(2)), places, new TransformerEncoder(6, 2, new RandomSource(3)), new Flatten(), new Dense(24, 3, new RandomSource(4)))),
        [nameof(RadialBasis)] = TwoLines.Of(
            "6.3.3", () => new RadialBasis(4, 6, new RandomSource(1)) { InitialWidth = 2 }, basis => new Sequential(basis, new Dense(6, 3, new RandomSource(2)))),
        [nameof(Recurrent)] = TwoLines.Of(
            "10.2, equations 10.8 and 10.9", () => new Recurrent(inputs: 2, units: 6, new RandomSource(1)) { LastOnly = true },
            recurrent => new Sequential(new Reshape(2, 2), recurrent, new Dense(6, 3, new RandomSource(2)))),
        [nameof(Rescaling)] = TwoLines.Of(
            "12.2.1", () => new Rescaling(divisor: 2),
            rescaling => new Sequential(rescaling, new Dense(4, 3, new RandomSource(1)))),
        [nameof(Reshape)] = TwoLines.Of(
            "9.1", () => new Reshape(1, 2, 2), reshape => new Sequential(reshape, new Conv2D(1, 3, 2, new RandomSource(1)), new Flatten())),
        [nameof(Residual)] = TwoLines.Of(
            "6.4.2; He et al. 2016", () => new Residual(new Dense(4, 4, new RandomSource(1)) { Activation = Ops.Relu }),
            residual => new Sequential(residual, new Dense(4, 3, new RandomSource(2)))),
        [nameof(Sequential)] = TwoLines.Of(
            "6, equation 6.41", () => new Dense(4, 6, new RandomSource(1)) { Activation = Ops.Relu },
            hidden => new Sequential(hidden, new Dense(6, 3, new RandomSource(2)))),
        [nameof(SharedOutputs)] = TwoLines.Of(
            "6.2.2.4 (one variance for all inputs)", () => new SharedOutputs(1) { Initial = 0.5 },
            shared => new Sequential(new Dense(4, 2, new RandomSource(1)), shared)),
        [nameof(SignatureModel)] = TwoLines.Of(
            "8.7.4 (pretrained models)", () => new Dense(4, 6, new RandomSource(1)) { Name = "features", Activation = Ops.Relu }.Inference,
            pretrained => new Sequential(new SignatureModel(pretrained), new Dense(6, 3, new RandomSource(2)))),
        [nameof(Standardization)] = TwoLines.Of(
            "12.2.1", () => new Standardization(mean: [0, 0, 0.5f, 0], deviation: [1, 1, 2, 4]),
            standardization => new Sequential(standardization, new Dense(4, 3, new RandomSource(1)))),
        [nameof(StochasticPool2D)] = TwoLines.On(
            Images, "7.12; Zeiler, Fergus 2013", () => new StochasticPool2D(2, new RandomSource(1)),
            pool => new Sequential(new Conv2D(1, 2, 3, new RandomSource(2)) { Activation = Ops.Relu }, pool, new Flatten(), new Dense(18, 3, new RandomSource(3)))),
        [nameof(TransformerDecoder)] = TwoLines.Of(
            "12.4.5.1; Vaswani et al. 2017", () => new TransformerDecoder(width: 4, heads: 2, new RandomSource(1)) { Layers = 2, MemoryWidth = 6 },
            decoder => decoder.Forward(Sequence(steps: 3, width: 4), memory: Sequence(steps: 5, width: 6), new ForwardContext(Mode.Inference))),
        [nameof(TransformerEncoder)] = TwoLines.On(
            Words, "12.4.5.1; Vaswani et al. 2017", () => new TransformerEncoder(width: 6, heads: 2, new RandomSource(1)) { Layers = 2, NormalizeFirst = true },
            encoder => new Sequential(new Embedding(5, 6, new RandomSource(2)), new PositionalEncoding(), encoder, new Flatten(), new Dense(24, 3, new RandomSource(3)))),
        [nameof(TransposedDense)] = TwoLines.On(
            Labelled.AsReconstruction(), "7.9; Rifai et al. 2011", () => new Dense(4, 3, new RandomSource(1)),
            first => new Trainer { Model = new Sequential(first, new Activation(Ops.Tanh), new TransposedDense(first)), Loss = new MeanSquaredError(), Optimizer = new Adam() }),
    };
}
