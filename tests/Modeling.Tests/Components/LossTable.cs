using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Losses;

namespace Toolkit.Modeling.Tests.Components;

/// <summary>Every loss, with its outputs for two examples and the targets that it takes.</summary>
internal static class LossTable
{
    private static readonly Variable Real = Variable.Of(Value.Of([0.3, -0.7, 1.2, 2.0], 2, 2));
    private static readonly Variable Classes = Run.Labels(2, 0);

    public static Dictionary<string, (Case Case, int Outputs, Variable Target)> Rows { get; } = new()
    {
        [nameof(BinaryCrossEntropy)] = (new(() => new BinaryCrossEntropy()), 2, Variable.Of(Value.Of([0.3, 0.7, 1, 0], 2, 2))),
        [nameof(ClassWeighted)] = (
            new(
                () => new ClassWeighted(new SoftmaxCrossEntropy(), 1, 2, 0.5),
                Case.Numbers(v => new ClassWeighted(new SoftmaxCrossEntropy(), 1, v), -1),
                [() => new ClassWeighted(new SoftmaxCrossEntropy())]),
            3,
            Classes),
        [nameof(FullCovarianceGaussian)] = (
            new(
                () => new FullCovarianceGaussian(2),
                Case.Counts(v => new FullCovarianceGaussian(v)),
                Case.Numbers(v => new FullCovarianceGaussian(2) { Floor = v }, -1)),
            5,
            Real),
        [nameof(GaussianLikelihood)] = (new(() => new GaussianLikelihood { Variance = 2 }, Case.Numbers(v => new GaussianLikelihood { Variance = v }, 0, -1)), 2, Real),
        [nameof(GenerativeDiscriminative)] = (
            new(() => new GenerativeDiscriminative(0.5), Case.Numbers(v => new GenerativeDiscriminative(v), -1)), 3, Run.Labels(2, -1)),
        [nameof(HeteroscedasticGaussian)] = (
            new(
                () => new HeteroscedasticGaussian { Outputs = 2 },
                Case.Counts(v => new HeteroscedasticGaussian { Outputs = v }),
                Case.Numbers(v => new HeteroscedasticGaussian { Floor = v }, 0, -1)),
            4,
            Real),
        [nameof(Huber)] = (new(() => new Huber(0.5), Case.Numbers(v => new Huber(v), 0, -1)), 2, Real),
        [nameof(LabelledOnly)] = (new(() => new LabelledOnly(new SoftmaxCrossEntropy())), 3, Run.Labels(2, -1)),
        [nameof(LaplaceLikelihood)] = (new(() => new LaplaceLikelihood(), Case.Numbers(v => new LaplaceLikelihood { Scale = v }, 0, -1)), 2, Real),
        [nameof(MeanSquaredError)] = (new(() => new MeanSquaredError()), 2, Real),
        [nameof(MixtureDensity)] = (
            new(
                () => new MixtureDensity(2, 2),
                Case.Counts(v => new MixtureDensity(v, 2)),
                Case.Counts(v => new MixtureDensity(2, v)),
                Case.Numbers(v => new MixtureDensity(2, 2) { VarianceFloor = v }, -1)),
            8,
            Real),
        [nameof(MultiTask)] = (
            new(
                () => new MultiTask(new LearningTask("a", new MeanSquaredError()), new LearningTask("b", new GaussianLikelihood(), 0.5)),
                [() => new MultiTask(), () => new MultiTask(new LearningTask("a", new MeanSquaredError()), new LearningTask("a", new MeanSquaredError()))],
                [() => new MultiTask(new LearningTask("a", new MeanSquaredError())).On("b")],
                [() => new MultiTask(new LearningTask("a", new MeanSquaredError())) { LearnWeights = true }.PerExample(Real, Real)],
                Case.Numbers(v => new LearningTask("a", new MeanSquaredError(), v), -1)),
            2,
            Real),
        [nameof(PoissonLikelihood)] = (new(() => new PoissonLikelihood()), 2, Variable.Of(Value.Of([0.0, 3, 1, 2], 2, 2))),
        [nameof(QuantileLoss)] = (new(() => new QuantileLoss(0.9), Case.Numbers(v => new QuantileLoss(v), 0, 1, -1, 2)), 2, Real),
        [nameof(SumOfLosses)] = (
            new(
                () => new SumOfLosses((1, new MeanSquaredError()), (0.5, new Huber())),
                Case.Numbers(v => new SumOfLosses((v, new MeanSquaredError())), -1),
                Case.Numbers(v => v * new MeanSquaredError(), -1),
                [() => new SumOfLosses()]),
            2,
            Real),
        [nameof(SequenceLoss)] = (
            new(
                () => new SequenceLoss(new MeanSquaredError()) { Weights = [1, 2] },
                Case.Numbers(v => new SequenceLoss(new MeanSquaredError()) { Weights = [1, v] }, -1),
                [() => new SequenceLoss(new MeanSquaredError()) { Weights = [1] }.PerExample(Real, Real), () => new SequenceLoss(new MeanSquaredError()) { Weights = [0, 0] }]),
            2,
            Real),
        [nameof(SoftmaxCrossEntropy)] = (
            new(() => new SoftmaxCrossEntropy { Smoothing = 0.1 }, Case.Numbers(v => new SoftmaxCrossEntropy { Smoothing = v }, -0.1, 1)), 3, Classes),
    };

    /// <summary>A loss applied to a target of another type: real numbers in place of labels, labels in place of real numbers.</summary>
    public static Variable WithWrongTarget((Case Case, int Outputs, Variable Target) row)
    {
        Variable prediction = Variable.Of(Value.Full(0.25, DType.Float64, 2, row.Outputs));
        return ((Loss)row.Case.Make!()).PerExample(prediction, row.Target.DType == DType.Int64 ? prediction : Run.Labels(0, 1));
    }
}
