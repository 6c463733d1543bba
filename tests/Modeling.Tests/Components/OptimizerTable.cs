using Toolkit.Modeling.Constraints;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Optimizers.FullBatch;
using Toolkit.Modeling.Schedules;

namespace Toolkit.Modeling.Tests.Components;

/// <summary>Every optimizer, minimizer, schedule and constraint.</summary>
internal static class OptimizerTable
{
    public static Dictionary<string, Case> Optimizers { get; } = new()
    {
        [nameof(AdaGrad)] = new(() => new AdaGrad(), Case.Numbers(v => new AdaGrad { Stabilizer = v }, 0, -1), Case.Numbers(v => new AdaGrad { LearningRate = v }, -1)),
        [nameof(Adam)] = new(
            () => new Adam(),
            Case.Numbers(v => new Adam { FirstDecay = v }, -0.1, 1),
            Case.Numbers(v => new Adam { SecondDecay = v }, -0.1, 1),
            Case.Numbers(v => new Adam { Stabilizer = v }, 0, -1),
            Case.Numbers(v => new Adam { LearningRate = v }, -1)),
        [nameof(AdamW)] = new(
            () => new AdamW(),
            Case.Numbers(v => new AdamW { FirstDecay = v }, -0.1, 1),
            Case.Numbers(v => new AdamW { SecondDecay = v }, -0.1, 1),
            Case.Numbers(v => new AdamW { Stabilizer = v }, 0, -1),
            Case.Numbers(v => new AdamW { WeightDecay = v }, -1)),
        [nameof(Averaged)] = new(() => new Averaged(0.9, new Sgd()), Case.Numbers(v => new Averaged(v, new Sgd()), -0.1, 1)),
        [nameof(ClipByNorm)] = new(() => new ClipByNorm(1, new Sgd()), Case.Numbers(v => new ClipByNorm(v, new Sgd()), 0, -1)),
        [nameof(ClipByValue)] = new(() => new ClipByValue(1, new Sgd()), Case.Numbers(v => new ClipByValue(v, new Sgd()), 0, -1)),
        [nameof(Momentum)] = new(() => new Momentum(), Case.Numbers(v => new Momentum { Decay = v }, -0.1, 1), Case.Numbers(v => new Momentum { Decay = new LinearDecay(0.5, v, 5) }, -0.1, 1)),
        [nameof(Nesterov)] = new(() => new Nesterov(), Case.Numbers(v => new Nesterov { Decay = v }, -0.1, 1), Case.Numbers(v => new Nesterov { Decay = new LinearDecay(0.5, v, 5) }, -0.1, 1)),
        [nameof(ProximalL1)] = new(() => new ProximalL1(1, new Sgd()), Case.Numbers(v => new ProximalL1(v, new Sgd()), -1)),
        [nameof(RmsProp)] = new(() => new RmsProp(), Case.Numbers(v => new RmsProp { Decay = v }, -0.1, 1), Case.Numbers(v => new RmsProp { Stabilizer = v }, 0, -1)),
        [nameof(Sgd)] = new(() => new Sgd(), Case.Numbers(v => new Sgd { LearningRate = v }, -1)),
    };

    public static Dictionary<string, Case> Minimizers { get; } = new()
    {
        [nameof(LimitedMemoryBfgs)] = new(() => new LimitedMemoryBfgs(), Case.Counts(v => new LimitedMemoryBfgs { Memory = v })),
        [nameof(NewtonConjugateGradient)] = new(() => new NewtonConjugateGradient(), Case.Counts(v => new NewtonConjugateGradient { InnerIterations = v })),
        [nameof(NonlinearConjugateGradient)] = new(
            () => new NonlinearConjugateGradient(),
            Case.Counts(v => new NonlinearConjugateGradient { Iterations = v }),
            Case.Numbers(v => new NonlinearConjugateGradient { Tolerance = v }, -1)),
    };

    public static Dictionary<string, Case> Schedules { get; } = new()
    {
        [nameof(AdjustableRate)] = new(() => new AdjustableRate(1), Case.Numbers(v => new AdjustableRate(v), -1)),
        [nameof(CosineDecay)] = new(
            () => new CosineDecay(1, 0, 5),
            Case.Numbers(v => new CosineDecay(v, 0, 5), -1), Case.Numbers(v => new CosineDecay(1, v, 5), -1), Case.Counts(v => new CosineDecay(1, 0, v))),
        [nameof(ExponentialDecay)] = new(
            () => new ExponentialDecay(1, 0.5, 5),
            Case.Numbers(v => new ExponentialDecay(v, 0.5, 5), -1), Case.Numbers(v => new ExponentialDecay(1, v, 5), 0, -1), Case.Counts(v => new ExponentialDecay(1, 0.5, v))),
        [nameof(FixedRate)] = new(() => new FixedRate(1), Case.Numbers(v => new FixedRate(v), -1)),
        [nameof(LinearDecay)] = new(
            () => new LinearDecay(1, 0, 5),
            Case.Numbers(v => new LinearDecay(v, 0, 5), -1), Case.Numbers(v => new LinearDecay(1, v, 5), -1), Case.Counts(v => new LinearDecay(1, 0, v))),
        [nameof(ReduceOnPlateau)] = new(
            () => new ReduceOnPlateau(1),
            Case.Numbers(v => new ReduceOnPlateau(1) { Factor = v }, 0, 1, -1), Case.Counts(v => new ReduceOnPlateau(1) { Patience = v }),
            Case.Numbers(v => new ReduceOnPlateau(1) { MinimumImprovement = v }, -1), Case.Numbers(v => new ReduceOnPlateau(1) { LeastFactor = v }, -0.1, 1.1)),
        [nameof(StepDecay)] = new(
            () => new StepDecay(1, 0.5, 5),
            Case.Numbers(v => new StepDecay(v, 0.5, 5), -1), Case.Numbers(v => new StepDecay(1, v, 5), 0, -1), Case.Counts(v => new StepDecay(1, 0.5, v))),
        [nameof(WarmUp)] = new(() => new WarmUp(3, 1.0), Case.Counts(v => new WarmUp(v, 1.0))),
    };

    public static Dictionary<string, Case> Constraints { get; } = new()
    {
        [nameof(L1Ball)] = new(() => new L1Ball(1), Case.Numbers(v => new L1Ball(v), 0, -1)),
        [nameof(L2Ball)] = new(() => new L2Ball(1), Case.Numbers(v => new L2Ball(v), 0, -1)),
        [nameof(MaxColumnNorm)] = new(() => new MaxColumnNorm(1), Case.Numbers(v => new MaxColumnNorm(v), 0, -1)),
        [nameof(MaxRowNorm)] = new(() => new MaxRowNorm(1), Case.Numbers(v => new MaxRowNorm(v), 0, -1)),
    };
}
