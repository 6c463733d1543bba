using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Modules;

namespace Toolkit.Modeling.Tests.Components;

/// <summary>What holds for every module.</summary>
public sealed class ModuleTableTests
{
    /// <summary>An input that the module of a row does not take.</summary>
    private static readonly Dictionary<string, int[]> Unfit = new()
    {
        [nameof(AveragePool1D)] = [2, 4],
        [nameof(AveragePool2D)] = [2, 4],
        [nameof(AveragePool3D)] = [2, 1, 4, 4],
        [nameof(BatchNormalization)] = [2, 9],
        [nameof(Conv1D)] = [1, 9, 5],
        [nameof(Conv2D)] = [1, 9, 5, 5],
        [nameof(Conv3D)] = [1, 9, 3, 3, 3],
        [nameof(ConvTranspose1D)] = [1, 9, 5],
        [nameof(ConvTranspose2D)] = [1, 9, 5, 5],
        [nameof(ConvTranspose3D)] = [1, 1, 3, 3],
        [nameof(Dense)] = [2, 9],
        [nameof(DropConnect)] = [2, 9],
        [nameof(FastDropout)] = [2, 9],
        [nameof(FixedProjection)] = [2, 9],
        [nameof(GlobalPool)] = [2],
        [nameof(GroupNormalization)] = [2, 9],
        [nameof(Gru)] = [2, 3, 9],
        [nameof(LayerNormalization)] = [2, 9],
        [nameof(LowRankDense)] = [2, 9],
        [nameof(Lstm)] = [2, 2],
        [nameof(MaxPool1D)] = [2, 1, 4, 4],
        [nameof(MaxPool2D)] = [2, 4],
        [nameof(MaxPool3D)] = [2, 4],
        [nameof(Maxout)] = [2, 9],
        [nameof(MixtureClassifier)] = [2, 9],
        [nameof(MultiHeadAttention)] = [2, 3, 9],
        [nameof(ParametricRelu)] = [2, 9],
        [nameof(PositionalEmbedding)] = [2, 9, 4],
        [nameof(PositionalEncoding)] = [2, 9],
        [nameof(RadialBasis)] = [2, 9],
        [nameof(Recurrent)] = [2, 3, 9],
        [nameof(Reshape)] = [2, 5],
        [nameof(SharedOutputs)] = [2],
        [nameof(SignatureModel)] = [2],
        [nameof(Standardization)] = [2, 9],
        [nameof(StochasticPool2D)] = [1, 1, 3, 1],
        [nameof(TransformerDecoder)] = [2, 3, 9],
        [nameof(TransformerEncoder)] = [2, 3, 9],
        [nameof(TransposedDense)] = [2, 9],
    };

    /// <summary>Modules that take what their parts take, or any shape.</summary>
    private static readonly string[] Tolerant =
    [
        nameof(Activation), nameof(Autoencoder), nameof(DenseConnection), nameof(Dropout), nameof(Embedding), nameof(Ensemble), nameof(Flatten), nameof(GaussianNoise),
        nameof(GeometricEnsemble), nameof(MonteCarlo), nameof(Rescaling), nameof(Residual), nameof(Sequential),
    ];

    public static TheoryData<string> Names => [.. ModuleTable.Rows.Keys];

    public static TheoryData<string> Particular => [.. Unfit.Keys];

    [Fact]
    public void Every_module_has_a_row()
    {
        Refusals.Complete(typeof(Module), ModuleTable.Rows.Keys);
        Refusals.Complete(typeof(Module), Unfit.Keys.Concat(Tolerant));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Wrong_settings_are_refused(string name) => Refusals.Check(name, ModuleTable.Rows[name]);

    [Theory]
    [MemberData(nameof(Particular))]
    public void Inputs_that_do_not_fit_are_refused(string name)
    {
        int[] sizes = Unfit[name];
        var module = (Module)ModuleTable.Rows[name].Make!();
        var error = Assert.Throws<ShapeException>(
            () => module.Forward(Run.Tensor(new float[sizes.Aggregate(1, (a, b) => a * b)], sizes), new ForwardContext(Mode.Training)));
        Assert.Contains("xpect", error.Message, StringComparison.Ordinal);
        Assert.Contains($"found [{string.Join(", ", sizes)}]", error.Message, StringComparison.Ordinal);
    }
}
