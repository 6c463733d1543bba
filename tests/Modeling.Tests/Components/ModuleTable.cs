using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Modules;

namespace Toolkit.Modeling.Tests.Components;

/// <summary>Every module.</summary>
internal static class ModuleTable
{
    public static Dictionary<string, Case> Rows { get; } = new()
    {
        [nameof(Activation)] = new(() => new Activation(Ops.Relu)),
        [nameof(Autoencoder)] = new(() => new Autoencoder(new Flatten(), new Flatten())),
        [nameof(AveragePool1D)] = Pooling(size => new AveragePool1D(size), (stride, pads) => new AveragePool1D(2) { Stride = stride, Pads = pads }),
        [nameof(AveragePool2D)] = Pooling(size => new AveragePool2D(size), (stride, pads) => new AveragePool2D(2) { Stride = stride, Pads = pads }),
        [nameof(AveragePool3D)] = Pooling(size => new AveragePool3D(size), (stride, pads) => new AveragePool3D(2) { Stride = stride, Pads = pads }),
        [nameof(BatchNormalization)] = new(
            () => new BatchNormalization(2),
            Case.Counts(v => new BatchNormalization(v)),
            Case.Numbers(v => new BatchNormalization(2) { Decay = v }, -0.1, 1),
            Case.Numbers(v => new BatchNormalization(2) { Stabilizer = v }, 0, -1),
            Case.Counts(v => new BatchNormalization(2) { Parts = [3, v] })),
        [nameof(Conv1D)] = Convolution(
            (inputs, outputs, kernel) => new Conv1D(inputs, outputs, kernel, Random), (stride, dilation, groups, pads) => new Conv1D(1, 2, 2, Random) { Stride = stride, Dilation = dilation, Groups = groups, Pads = pads }),
        [nameof(Conv2D)] = Convolution(
            (inputs, outputs, kernel) => new Conv2D(inputs, outputs, kernel, Random), (stride, dilation, groups, pads) => new Conv2D(1, 2, 2, Random) { Stride = stride, Dilation = dilation, Groups = groups, Pads = pads }),
        [nameof(Conv3D)] = Convolution(
            (inputs, outputs, kernel) => new Conv3D(inputs, outputs, kernel, Random), (stride, dilation, groups, pads) => new Conv3D(1, 2, 2, Random) { Stride = stride, Dilation = dilation, Groups = groups, Pads = pads }),
        [nameof(ConvTranspose1D)] = Convolution(
            (inputs, outputs, kernel) => new ConvTranspose1D(inputs, outputs, kernel, Random), (stride, dilation, groups, pads) => new ConvTranspose1D(1, 2, 2, Random) { Stride = stride, Dilation = dilation, Groups = groups, Pads = pads },
            [() => new ConvTranspose1D(1, 2, 2, Random) { OutputPadding = -1 }]),
        [nameof(ConvTranspose2D)] = Convolution(
            (inputs, outputs, kernel) => new ConvTranspose2D(inputs, outputs, kernel, Random), (stride, dilation, groups, pads) => new ConvTranspose2D(1, 2, 2, Random) { Stride = stride, Dilation = dilation, Groups = groups, Pads = pads },
            [() => new ConvTranspose2D(1, 2, 2, Random) { OutputPadding = -1 }]),
        [nameof(ConvTranspose3D)] = Convolution(
            (inputs, outputs, kernel) => new ConvTranspose3D(inputs, outputs, kernel, Random), (stride, dilation, groups, pads) => new ConvTranspose3D(1, 2, 2, Random) { Stride = stride, Dilation = dilation, Groups = groups, Pads = pads },
            [() => new ConvTranspose3D(1, 2, 2, Random) { OutputPadding = -1 }]),
        [nameof(Dense)] = new(() => new Dense(2, 3, Random), Case.Counts(v => new Dense(v, 3, Random)), Case.Counts(v => new Dense(2, v, Random))),
        [nameof(DenseConnection)] = new(() => new DenseConnection(new Flatten())),
        [nameof(DropConnect)] = new(
            () => new DropConnect(2, 3, 0.5, Random),
            Case.Counts(v => new DropConnect(v, 3, 0.5, Random)),
            Case.Counts(v => new DropConnect(2, v, 0.5, Random)),
            Case.Numbers(v => new DropConnect(2, 3, v, Random), -0.1, 1)),
        [nameof(Dropout)] = new(() => new Dropout(0.5, Random), Case.Numbers(v => new Dropout(v, Random), -0.1, 1)),
        [nameof(Embedding)] = new(() => new Embedding(2, 3, Random), Case.Counts(v => new Embedding(v, 3, Random)), Case.Counts(v => new Embedding(2, v, Random))),
        [nameof(Ensemble)] = new(
            () => new Ensemble([new Flatten()]),
            [() => new Ensemble([]), () => new Ensemble([new Flatten()], [0.5, 0.5])],
            Case.Numbers(v => new Ensemble([new Flatten()], [v]))),
        [nameof(FastDropout)] = new(
            () => new FastDropout(2, 3, 0.5, FastDropoutUnit.Logit, Random),
            Case.Counts(v => new FastDropout(v, 3, 0.5, FastDropoutUnit.Logit, Random)),
            Case.Counts(v => new FastDropout(2, v, 0.5, FastDropoutUnit.Logit, Random)),
            Case.Numbers(v => new FastDropout(2, 3, v, FastDropoutUnit.Logit, Random), -0.1, 1)),
        [nameof(FixedProjection)] = new(
            () => new FixedProjection([0, 1], [1, 2, 3, 4]),
            [() => new FixedProjection([], [1]), () => new FixedProjection([0, 1], [1, 2, 3])],
            Case.Numbers(v => new FixedProjection([0], [(float)v]))),
        [nameof(Flatten)] = new(() => new Flatten()),
        [nameof(GaussianNoise)] = new(() => new GaussianNoise(0.5, Random), Case.Numbers(v => new GaussianNoise(v, Random), -0.1)),
        [nameof(GeometricEnsemble)] = new(() => new GeometricEnsemble(new Flatten())),
        [nameof(GlobalPool)] = new(() => new GlobalPool(), [() => new GlobalPool { Axes = [0] }, () => new GlobalPool { Axes = [] }]),
        [nameof(GroupNormalization)] = new(
            () => new GroupNormalization(4, 2),
            Case.Counts(v => new GroupNormalization(v, 2)),
            Case.Counts(v => new GroupNormalization(4, v)),
            [() => new GroupNormalization(4, 3)],
            Case.Numbers(v => new GroupNormalization(4, 2) { Stabilizer = v }, 0, -1)),
        [nameof(Gru)] = new(
            () => new Gru(2, 3, Random),
            Case.Counts(v => new Gru(v, 3, Random)),
            Case.Counts(v => new Gru(2, v, Random)),
            Case.Counts(v => new Gru(2, 3, Random) { Layers = v }),
            Case.Numbers(v => new Gru(2, 3, Random) { InputDropout = v }, -0.1, 1),
            Case.Numbers(v => new Gru(2, 3, Random) { RecurrentDropout = v }, -0.1, 1),
            [() => new Gru(2, 3, Random) { Streams = -1 }, () => new Gru(2, 3, Random) { Streams = 4, Bidirectional = true }.Parameters]),
        [nameof(LayerNormalization)] = new(
            () => new LayerNormalization(4),
            Case.Counts(v => new LayerNormalization(v)),
            [() => new LayerNormalization([1, 1]), () => new LayerNormalization([])],
            [() => new LayerNormalization([2, 3]) { Axes = [1] }, () => new LayerNormalization(4) { Axes = [0] }],
            Case.Numbers(v => new LayerNormalization(4) { Stabilizer = v }, 0, -1)),
        [nameof(LowRankDense)] = new(
            () => new LowRankDense(4, 3, 2, Random),
            Case.Counts(v => new LowRankDense(v, 3, 2, Random)),
            Case.Counts(v => new LowRankDense(4, v, 2, Random)),
            Case.Counts(v => new LowRankDense(4, 3, v, Random))),
        [nameof(Lstm)] = new(
            () => new Lstm(2, 3, Random),
            Case.Counts(v => new Lstm(v, 3, Random)),
            Case.Counts(v => new Lstm(2, v, Random)),
            Case.Counts(v => new Lstm(2, 3, Random) { Layers = v }),
            Case.Numbers(v => new Lstm(2, 3, Random) { InputDropout = v }, -0.1, 1),
            Case.Numbers(v => new Lstm(2, 3, Random) { RecurrentDropout = v }, -0.1, 1),
            Case.Numbers(v => new Lstm(2, 3, Random) { ForgetBias = v }),
            [() => new Lstm(2, 3, Random) { Streams = -1 }, () => new Lstm(2, 3, Random) { Streams = 4, Bidirectional = true }.Parameters]),
        [nameof(MaxPool1D)] = Pooling(
            size => new MaxPool1D(size), (stride, pads) => new MaxPool1D(2) { Stride = stride, Pads = pads }, Case.Counts(v => new MaxPool1D(2) { Dilation = v })),
        [nameof(MaxPool2D)] = Pooling(
            size => new MaxPool2D(size), (stride, pads) => new MaxPool2D(2) { Stride = stride, Pads = pads }, Case.Counts(v => new MaxPool2D(2) { Dilation = v })),
        [nameof(MaxPool3D)] = Pooling(
            size => new MaxPool3D(size), (stride, pads) => new MaxPool3D(2) { Stride = stride, Pads = pads }, Case.Counts(v => new MaxPool3D(2) { Dilation = v })),
        [nameof(Maxout)] = new(
            () => new Maxout(4, 3, 2, Random),
            Case.Counts(v => new Maxout(v, 3, 2, Random)),
            Case.Counts(v => new Maxout(4, v, 2, Random)),
            Case.Counts(v => new Maxout(4, 3, v, Random))),
        [nameof(MixtureClassifier)] = new(
            () => new MixtureClassifier(2, 3, 2, Random),
            Case.Counts(v => new MixtureClassifier(v, 3, 2, Random)),
            Case.Counts(v => new MixtureClassifier(2, v, 2, Random)),
            Case.Counts(v => new MixtureClassifier(2, 3, v, Random)),
            Case.Numbers(v => new MixtureClassifier(2, 3, 2, Random) { InitialDeviation = v }, 0, -1),
            Case.Numbers(v => new MixtureClassifier(2, 3, 2, Random) { VarianceFloor = v }, 0, -1)),
        [nameof(MonteCarlo)] = new(() => new MonteCarlo(new Flatten(), 3), Case.Counts(v => new MonteCarlo(new Flatten(), v))),
        [nameof(MultiHeadAttention)] = new(
            () => new MultiHeadAttention(4, 2, Random),
            Case.Counts(v => new MultiHeadAttention(v, 2, Random)),
            Case.Counts(v => new MultiHeadAttention(4, v, Random)),
            Case.Counts(v => new MultiHeadAttention(4, 2, Random) { KeyWidth = v }),
            Case.Counts(v => new MultiHeadAttention(4, 2, Random) { ValueWidth = v }),
            Case.Counts(v => new MultiHeadAttention(4, 2, Random) { MemoryWidth = v }),
            Case.Numbers(v => new MultiHeadAttention(4, 2, Random) { Dropout = v }, -0.1, 1),
            [() => new MultiHeadAttention(4, 2, Random) { KeyWidth = 3, Rotary = true }.Parameters]),
        [nameof(ParametricRelu)] = new(
            () => new ParametricRelu(2), Case.Counts(v => new ParametricRelu(v)), Case.Numbers(v => new ParametricRelu(2) { InitialSlope = v })),
        [nameof(PositionalEmbedding)] = new(
            () => new PositionalEmbedding(3, 4, Random), Case.Counts(v => new PositionalEmbedding(v, 4, Random)), Case.Counts(v => new PositionalEmbedding(3, v, Random))),
        [nameof(PositionalEncoding)] = new(() => new PositionalEncoding(), Case.Numbers(v => new PositionalEncoding { Base = v }, 0, -1)),
        [nameof(RadialBasis)] = new(
            () => new RadialBasis(2, 3, Random),
            Case.Counts(v => new RadialBasis(v, 3, Random)),
            Case.Counts(v => new RadialBasis(2, v, Random)),
            Case.Numbers(v => new RadialBasis(2, 3, Random) { InitialWidth = v }, 0, -1)),
        [nameof(Recurrent)] = new(
            () => new Recurrent(2, 3, Random),
            Case.Counts(v => new Recurrent(v, 3, Random)),
            Case.Counts(v => new Recurrent(2, v, Random)),
            Case.Counts(v => new Recurrent(2, 3, Random) { Layers = v }),
            Case.Numbers(v => new Recurrent(2, 3, Random) { InputDropout = v }, -0.1, 1),
            Case.Numbers(v => new Recurrent(2, 3, Random) { RecurrentDropout = v }, -0.1, 1),
            [() => new Recurrent(2, 3, Random) { Activation = "Sine" }],
            [() => new Recurrent(2, 3, Random) { Streams = -1 }, () => new Recurrent(2, 3, Random) { Streams = 4, Bidirectional = true }.Parameters]),
        [nameof(Rescaling)] = new(() => new Rescaling(), Case.Numbers(v => new Rescaling(v), 0, -1)),
        [nameof(Reshape)] = new(() => new Reshape(2, 3), Case.Counts(v => new Reshape(v, 3))),
        [nameof(Residual)] = new(() => new Residual(new Flatten())),
        [nameof(Sequential)] = new(() => new Sequential(new Flatten()), [() => new Sequential()]),
        [nameof(SharedOutputs)] = new(() => new SharedOutputs(2), Case.Counts(v => new SharedOutputs(v)), Case.Numbers(v => new SharedOutputs(2) { Initial = v })),
        [nameof(SignatureModel)] = new(
            () => new SignatureModel(new Dense(2, 3, Random) { InputShape = [2] }.Inference),
            [() => new SignatureModel(new Dense(2, 3, Random) { InputShape = [2] }.Inference, "other"), () => new SignatureModel(new Signature([], []))]),
        [nameof(Standardization)] = new(
            () => new Standardization([0, 1], [1, 2]),
            [() => new Standardization([], []), () => new Standardization([0, 1], [1])],
            Case.Numbers(v => new Standardization([(float)v], [1])),
            Case.Numbers(v => new Standardization([0], [(float)v]), 0, -1)),
        [nameof(StochasticPool2D)] = Pooling(size => new StochasticPool2D(size, Random), (stride, pads) => new StochasticPool2D(2, Random) { Stride = stride, Pads = pads }),
        [nameof(TransformerDecoder)] = new(
            () => new TransformerDecoder(4, 2, Random),
            Case.Counts(v => new TransformerDecoder(v, 2, Random)),
            Case.Counts(v => new TransformerDecoder(4, v, Random)),
            Case.Counts(v => new TransformerDecoder(4, 2, Random) { Layers = v }),
            Case.Counts(v => new TransformerDecoder(4, 2, Random) { Hidden = v }),
            Case.Counts(v => new TransformerDecoder(4, 2, Random) { MemoryWidth = v }),
            Case.Numbers(v => new TransformerDecoder(4, 2, Random) { Dropout = v }, -0.1, 1),
            [() => new TransformerDecoder(4, 2, Random).Forward(Run.Tensor(new float[8], 1, 2, 4), new ForwardContext(Mode.Inference))]),
        [nameof(TransformerEncoder)] = new(
            () => new TransformerEncoder(4, 2, Random) { Hidden = 3, Activation = Ops.Tanh },
            Case.Counts(v => new TransformerEncoder(v, 2, Random)),
            Case.Counts(v => new TransformerEncoder(4, v, Random)),
            Case.Counts(v => new TransformerEncoder(4, 2, Random) { Layers = v }),
            Case.Counts(v => new TransformerEncoder(4, 2, Random) { Hidden = v }),
            Case.Numbers(v => new TransformerEncoder(4, 2, Random) { Dropout = v }, -0.1, 1),
            [() => new TransformerEncoder(2, 2, Random) { Rotary = true }.Parameters]),
        [nameof(TransposedDense)] = new(() => new TransposedDense(new Dense(2, 3, Random))),
    };

    private static RandomSource Random => new(1);

    /// <summary>A pooling with a window of 2, and with steps and borders.</summary>
    private static Case Pooling(Func<PerAxis, object> make, Func<PerAxis, IntList?, object> with, params Func<object>[][] others) => new(
        () => make(2),
        [
            [.. Case.Counts(v => make(v)), () => make([1, 1, 1, 1])],
            [.. Case.Counts(v => with(v, null)), () => with([1, 1, 1, 1], null)],
            [() => with(1, [1]), () => with(1, [-1, 0]), () => with(1, [0, 0, 0, 0, 0, 0, 0, 0])],
            .. others,
        ]);

    /// <summary>A convolution of 1 channel into 2 with a window of 2, and with other settings.</summary>
    private static Case Convolution(Func<int, int, PerAxis, object> make, Func<PerAxis, PerAxis, int, IntList?, object> with, params Func<object>[][] others) => new(
        () => make(1, 2, 2),
        [
            Case.Counts(v => make(v, 2, 2)),
            Case.Counts(v => make(1, v, 2)),
            [.. Case.Counts(v => make(1, 2, v)), () => make(1, 2, [1, 1, 1, 1])],
            Case.Counts(v => with(v, 1, 1, null)),
            Case.Counts(v => with(1, v, 1, null)),
            [.. Case.Counts(v => with(1, 1, v, null)), () => ((Module)with(1, 1, 2, null)).Parameters],
            [() => with(1, 1, 1, [1]), () => with(1, 1, 1, [-1, 0]), () => with(1, 1, 1, [0, 0, 0, 0, 0, 0, 0, 0])],
            .. others,
        ]);
}
