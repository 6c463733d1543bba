using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Regularizers;

namespace Toolkit.Modeling.Tests.Regularizers;

/// <summary>A class that is masked by a logit of −∞ is not there: 0·ln 0 is 0, in values and gradients.</summary>
public sealed class ImpossibleClassTests
{
    public static TheoryData<Regularizer> Regularizers =>
        [new EntropyMinimization(0.7), new ConfidencePenalty(0.7), new PseudoLabels(0.7), new VirtualAdversarial(0.3), new VirtualAdversarial(0.3) { PowerSteps = 3 }];

    [Theory]
    [MemberData(nameof(Regularizers))]
    public void A_class_of_probability_0_changes_nothing(Regularizer regularizer)
    {
        double[] two = [0.7, -1.1, 0.3, 0.5], three = [0.7, -1.1, 0.2, 0.3, 0.5, -0.4];
        (double expected, double[] slope) = Of(regularizer, two, 2);
        (double found, double[] other) = Of(regularizer, three, 3);
        Assert.True(Math.Abs(expected) > 1e-6 && slope.Max(Math.Abs) > 1e-6);
        Assert.Equal(expected, found, 1e-12);
        Run.Close([slope[0], slope[1], 0, slope[2], slope[3], 0], other, 1e-10);
    }

    private static (double Value, double[] Gradient) Of(Regularizer regularizer, double[] content, int classes)
    {
        Parameter weight = DoubleModel.Weight("top.weight", content, 2, classes);
        // The last of three classes is masked.
        Variable mask = DoubleModel.Tensor([0, 0, .. Enumerable.Repeat(double.NegativeInfinity, classes - 2)], 1, classes);
        Objective objective = DoubleModel.Objective(
            new DoubleModel((x, p, _) => x.MatMul(p[0]) + mask, weight),
            new LabelledOnly(new SoftmaxCrossEntropy()),
            DoubleModel.Tensor([0.5, -1.2, 0.8, 0.3, 1.5, -0.7], 3, 2),
            Run.Labels(1, -1, -1));
        Variable penalty = regularizer.Penalty(objective);
        return (Run.Number(penalty), DoubleModel.GradientOf(penalty, weight));
    }
}
