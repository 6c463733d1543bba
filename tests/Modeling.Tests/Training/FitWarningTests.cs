using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Training;

namespace Toolkit.Modeling.Tests.Training;

/// <summary>What is allowed and hardly ever meant is said once, and what is meant is not.</summary>
public sealed class FitWarningTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void A_softmax_before_a_loss_of_logits_is_noticed()
    {
        string warning = Assert.Single(Fit(Net(v => v.Softmax(), 3), new SoftmaxCrossEntropy(), SmallTraining.Data()).Warnings);
        Assert.Contains("SoftmaxCrossEntropy takes logits", warning, StringComparison.Ordinal);
        Assert.Contains("Softmax", warning, StringComparison.Ordinal);
        warning = Assert.Single(Fit(Net(v => v.Softmax(), 3), new LabelledOnly(new SoftmaxCrossEntropy()), SmallTraining.Data()).Warnings);
        Assert.Contains("\"output\"", warning, StringComparison.Ordinal);
        Assert.Empty(Fit(Net(null, 3), new SoftmaxCrossEntropy(), SmallTraining.Data()).Warnings);
        Assert.Empty(Fit(Net(Ops.Relu, 3), new SoftmaxCrossEntropy(), SmallTraining.Data()).Warnings);
    }

    [Fact]
    public void A_sigmoid_before_a_loss_of_logits_is_noticed_and_before_another_is_not()
    {
        Dataset data = Dataset.FromTargets([.. Enumerable.Range(0, 60).Select(i => (float)Math.Sin(i))], [6], [.. Enumerable.Range(0, 10).Select(i => i % 2f)], [1]);
        Assert.Contains("Sigmoid", Assert.Single(Fit(Net(Ops.Sigmoid, 1), new BinaryCrossEntropy(), data).Warnings), StringComparison.Ordinal);
        Assert.Empty(Fit(Net(Ops.Sigmoid, 1), new MeanSquaredError(), data).Warnings);
    }

    [Theory]
    [InlineData(false, true, 4, true)]
    [InlineData(true, true, 4, false)]
    [InlineData(false, false, 4, false)]
    [InlineData(false, true, 12, false)]
    public void Examples_that_are_sorted_by_label_are_noticed_where_they_stay_so(bool shuffle, bool sorted, int batch, bool expected)
    {
        long[] labels = sorted ? [0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2] : [0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2];
        Dataset data = Dataset.FromLabels([.. Enumerable.Range(0, 72).Select(i => (float)Math.Sin(i))], [6], labels, 3);
        IReadOnlyList<string> warnings = Fit(Net(null, 3), new SoftmaxCrossEntropy(), data, shuffle: shuffle, batch: batch).Warnings;
        Assert.Equal(expected ? 1 : 0, warnings.Count);
        Assert.All(warnings, warning => Assert.Contains("sorted by their labels \"target\"", warning, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(1e3, "too great", false)]
    [InlineData(0.1, null, false)]
    [InlineData(1e-12, "too small", false)]
    [InlineData(1e3, "too great", true)]
    [InlineData(0.1, null, true)]
    [InlineData(1e-12, "too small", true)]
    public void An_extreme_rate_is_noticed_in_the_first_step(double rate, string? expected, bool isDouble)
    {
        var reported = new Warnings();
        History history = Fit(isDouble ? new DoubleWeights() : Net(null, 3), new SoftmaxCrossEntropy(), SmallTraining.Data(), rate, callback: reported);
        Assert.Equal(history.Warnings, reported.Seen);
        if (expected is null)
            Assert.Empty(history.Warnings);
        else
            Assert.Contains(expected, Assert.Single(history.Warnings), StringComparison.Ordinal);
        Assert.All(history.Warnings, warning => Assert.Contains($"warning: {warning}", history.ToString(), StringComparison.Ordinal));
    }

    private static History Fit(Module model, Loss loss, Dataset data, double rate = 0.1, bool shuffle = true, int batch = 8, Callback? callback = null) => new Trainer
    {
        Model = model,
        Loss = loss,
        Optimizer = new Sgd { LearningRate = rate },
        Execution = new ExecutionOptions { Threads = 1 },
    }.Fit(data, new() { Epochs = 2, BatchSize = batch, Shuffle = shuffle, Callbacks = callback is null ? [] : [callback] }, Token);

    private static Dense Net(Func<Variable, Variable>? activation, int outputs) => new(6, outputs, new RandomSource(1)) { Activation = activation };

    /// <summary>Weights in double precision alone.</summary>
    private sealed class DoubleWeights : Module
    {
        protected override IReadOnlyList<Parameter> CreateParameters() =>
            [new Parameter("weight", Value.Of([.. Enumerable.Range(0, 18).Select(i => Math.Sin(i))], 6, 3), ParameterRole.Weight)];

        protected override Variable Build(Variable input, ForwardContext context) => input.Cast(DType.Float64).MatMul(Own[0]).Cast(DType.Float32);
    }

    private sealed class Warnings : Callback
    {
        public List<string> Seen { get; } = [];

        public override void OnWarning(TrainingControl training, string warning) => Seen.Add(warning);
    }
}
