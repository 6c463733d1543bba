using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Metrics;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Training;

namespace Toolkit.Modeling.Tests.Training;

/// <summary>A training whose loss follows a script: the one weight grows by 1 with each step, whatever the data are.</summary>
internal static class ScriptedTraining
{
    public static Trainer Trainer(double[] script, int stepsPerEpoch = 1, Optimizer? optimizer = null, params Metric[] metrics) =>
        Trainer(0, script, stepsPerEpoch, optimizer, metrics);

    /// <summary>A trainer whose model also keeps numbers that nothing changes.</summary>
    public static Trainer Trainer(int ballast, double[] script, int stepsPerEpoch = 1, Optimizer? optimizer = null, params Metric[] metrics) => new()
    {
        Model = new Counter(ballast),
        Loss = new Scripted(script, stepsPerEpoch),
        Optimizer = optimizer ?? new Sgd { LearningRate = 1 },
        Metrics = metrics,
        Execution = new ExecutionOptions { Threads = 1 },
    };

    /// <summary>A metric whose value after the i-th step is the i-th of a script.</summary>
    public static Metric Metric(double[] script, bool higherIsBetter) => new ScriptedMetric(script, higherIsBetter);

    public static Dataset Data(int count) => Dataset.FromTargets(new float[count], [1], new float[count], [1]);

    public static float Weight(Trainer trainer) => ((Counter)trainer.Model).Weight.Value.Span<float>()[0];

    /// <summary>Gives its only weight, whatever comes in.</summary>
    private sealed class Counter(int ballast) : Module
    {
        public Parameter Weight { get; } = new("weight", Value.Zeros(DType.Float32, 1, 1), ParameterRole.Weight);

        protected override IReadOnlyList<Parameter> CreateParameters() =>
            ballast == 0 ? [Weight] : [Weight, new Parameter("ballast", Value.Zeros(DType.Float32, ballast), ParameterRole.State)];

        protected override Variable Build(Variable input, ForwardContext context) => (0.0 * input) + Weight.Variable;
    }

    /// <summary>A loss whose value after the i-th epoch is the i-th of the script, and whose gradient is −1.</summary>
    private sealed record Scripted(double[] Script, int StepsPerEpoch) : Loss
    {
        public override Variable PerExample(Variable prediction, Variable target)
        {
            Variable step = prediction.Reshape([prediction.Shape[0]]);
            return Line(Script, step / StepsPerEpoch) + (step.StopGradient() - step);
        }
    }

    private sealed record ScriptedMetric(double[] Script, bool Higher) : MeanMetric
    {
        public override string Name => "scripted";

        public override bool HigherIsBetter => Higher;

        public override Variable PerExample(Variable prediction, Variable target) => Line(Script, prediction.Reshape([prediction.Shape[0]]));
    }

    private static Variable Line(double[] script, Variable number) => Ops.Gather(
        Variable.Of(Value.Of([.. script.Select(s => (float)s)], script.Length)), Ops.Clip(number - 1.0, 0, script.Length - 1).Cast(DType.Int64), 0);
}
