using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Training;

namespace Toolkit.Modeling.Tests.Training;

/// <summary>Book section 7.8, algorithm 7.1.</summary>
public sealed class EarlyStoppingTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void The_best_parameters_come_back_and_ties_are_no_improvement()
    {
        // The one weight grows by 1 with each epoch; the validation targets make its errors what the script says.
        double[] script = [5, 4, 4, 3, 3.5, 3.2, 3.1];
        (History history, float weight) = Run(script, patience: 3, epochs: 20);
        Assert.Equal(StopReason.EarlyStopped, history.StopReason);
        Assert.Equal(4, history.BestEpoch);
        Assert.Equal(7, history.Epochs.Count);
        Assert.Equal(script, history.Epochs.Select(e => Math.Round(e.Validation!.Loss, 4)));
        Assert.Equal(4f, weight);
    }

    [Fact]
    public void A_run_that_keeps_improving_ends_with_its_last_parameters()
    {
        (History history, float weight) = Run([5, 4, 3, 2], patience: 2, epochs: 4);
        Assert.Equal(StopReason.Completed, history.StopReason);
        Assert.Equal(4, history.BestEpoch);
        Assert.Equal(4f, weight);
    }

    [Fact]
    public void A_measure_that_nobody_computes_is_refused()
    {
        var error = Assert.Throws<ArgumentException>(() => SmallTraining.Trainer().Fit(
            SmallTraining.Data(), SmallTraining.Options(3) with { EarlyStopping = new() { Monitor = "recall" } }, Token));
        Assert.Contains("recall", error.Message, StringComparison.Ordinal);
        Assert.Contains("accuracy", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => SmallTraining.Trainer().Fit(
            SmallTraining.Data(), SmallTraining.Options(3) with { Validation = null, EarlyStopping = new() }, Token));
    }

    private static (History History, float Weight) Run(double[] script, int patience, int epochs)
    {
        var model = new Counter();
        var trainer = new Trainer { Model = model, Loss = new Scripted(script), Optimizer = new Sgd { LearningRate = 1 } };
        Dataset data = Dataset.FromTargets(new float[1], [1], new float[1], [1]);
        History history = trainer.Fit(data, new() { Epochs = epochs, Validation = data, EarlyStopping = new() { Patience = patience } }, Token);
        return (history, model.Weight.Value.Span<float>()[0]);
    }

    /// <summary>Gives its only weight, whatever comes in.</summary>
    private sealed class Counter : Module
    {
        public Counter() => Weight = new Parameter("weight", Value.Zeros(DType.Float32, 1, 1), ParameterRole.Weight);

        public Parameter Weight { get; }

        protected override IReadOnlyList<Parameter> CreateParameters() => [Weight];

        protected override Variable Build(Variable input, ForwardContext context) => (0.0 * input) + Weight.Variable;
    }

    /// <summary>A loss whose value at weight i is the i-th of the script, and whose gradient is −1.</summary>
    private sealed record Scripted(double[] Script) : Loss
    {
        public override Variable PerExample(Variable prediction, Variable target)
        {
            Variable epoch = prediction.Reshape([prediction.Shape[0]]);
            Variable at = Ops.Clip(epoch - 1.0, 0, Script.Length - 1).Cast(DType.Int64);
            Variable value = Ops.Gather(Variable.Of(Value.Of([.. Script.Select(s => (float)s)], Script.Length)), at, 0);
            return value + (epoch.StopGradient() - epoch);
        }
    }
}
