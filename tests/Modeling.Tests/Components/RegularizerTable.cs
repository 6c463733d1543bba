using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Regularizers;

namespace Toolkit.Modeling.Tests.Components;

/// <summary>Every regularizer, and whether its gradient is that of its value for the labels of the check: not where it follows a path that counts as constant, nor
/// where it is about targets or examples of another kind, which have tests of their own.</summary>
internal static class RegularizerTable
{
    private const string Code = "code", Name = "hidden.weight";

    public static Dictionary<string, (Case Case, bool Differentiable)> Rows { get; } = new()
    {
        [nameof(AdversarialTraining)] = (
            new(
                () => new AdversarialTraining(0.1),
                Case.Numbers(v => new AdversarialTraining(v), -1),
                Case.Numbers(v => new AdversarialTraining(0.1) { Share = v }, -0.1, 1.1)),
            true),
        [nameof(ConfidencePenalty)] = (new(() => new ConfidencePenalty(0.3), Case.Numbers(v => new ConfidencePenalty(v), -1)), true),
        [nameof(Contractive)] = (
            new(() => new Contractive(0.3, Code), Case.Numbers(v => new Contractive(v, Code), -1), [() => new Contractive(1, Code) { Projections = -1 }]), true),
        [nameof(DoubleBackprop)] = (new(() => new DoubleBackprop(0.3), Case.Numbers(v => new DoubleBackprop(v), -1)), true),
        [nameof(DropoutBoosting)] = (new(() => new DropoutBoosting()), false),
        [nameof(EntropyMinimization)] = (new(() => new EntropyMinimization(0.3), Case.Numbers(v => new EntropyMinimization(v), -1)), true),
        [nameof(FastDropoutPenalty)] = (new(() => new FastDropoutPenalty(Code)), true),
        [nameof(HiddenKl)] = (
            new(
                () => new HiddenKl(0.3, Code, 0.1),
                Case.Numbers(v => new HiddenKl(v, Code, 0.1), -1),
                Case.Numbers(v => new HiddenKl(1, Code, v), 0, 1)),
            true),
        [nameof(HiddenL1)] = (new(() => new HiddenL1(0.3, Code), Case.Numbers(v => new HiddenL1(v, Code), -1)), true),
        [nameof(HiddenMean)] = (
            new(() => new HiddenMean(0.3, Code, 0.1), Case.Numbers(v => new HiddenMean(v, Code, 0.1), -1), Case.Numbers(v => new HiddenMean(1, Code, v))), true),
        [nameof(HiddenStudentT)] = (new(() => new HiddenStudentT(0.3, Code), Case.Numbers(v => new HiddenStudentT(v, Code), -1)), true),
        [nameof(IteratedAdversarial)] = (
            new(
                () => new IteratedAdversarial(0.1, 3),
                Case.Numbers(v => new IteratedAdversarial(v, 3), -1),
                Case.Counts(v => new IteratedAdversarial(0.1, v)),
                Case.Numbers(v => new IteratedAdversarial(0.1, 3) { StepSize = v }, 0, -1),
                Case.Numbers(v => new IteratedAdversarial(0.1, 3) { Share = v }, -0.1, 1.1)),
            true),
        [nameof(L1)] = (new(() => new L1(0.3), Case.Numbers(v => new L1(v), -1)), true),
        [nameof(L2)] = (new(() => new L2(0.3), Case.Numbers(v => new L2(v), -1)), true),
        [nameof(L2Toward)] = (
            new(
                () => new L2Toward(0.3) { Points = new Dictionary<string, Value> { [Name] = Value.Full(0.2, DType.Float64, 2, 3) } },
                Case.Numbers(v => new L2Toward(v), -1)),
            true),
        [nameof(LabelNoise)] = (
            new(() => new LabelNoise(0.6), Case.Numbers(v => new LabelNoise(v), -0.1, 1), Case.Numbers(v => new LabelNoise(0.1) { Share = v }, -0.1, 1.1)), true),
        [nameof(Mixup)] = (
            new(() => new Mixup(0.4), Case.Numbers(v => new Mixup(v), 0, -1, 1.1), Case.Numbers(v => new Mixup(1) { Share = v }, -0.1, 1.1)), true),
        [nameof(NormMultiplier)] = (
            new(() => new NormMultiplier(0.3), Case.Numbers(v => new NormMultiplier(v), 0, -1), Case.Numbers(v => new NormMultiplier(1) { Rate = v }, 0, -1)), true),
        [nameof(PseudoLabels)] = (
            new(() => new PseudoLabels(0.3), Case.Numbers(v => new PseudoLabels(v), -1), Case.Numbers(v => new PseudoLabels(1) { Confidence = v }, -0.1, 1.1)), false),
        [nameof(TangentProp)] = (new(() => new TangentProp(0.3, x => [0.5 + (0.0 * x), -x]), Case.Numbers(v => new TangentProp(v, x => [x]), -1)), true),
        [nameof(TargetNoise)] = (
            new(() => new TargetNoise(0.2), Case.Numbers(v => new TargetNoise(v), -1), Case.Numbers(v => new TargetNoise(1) { Share = v }, -0.1, 1.1)), false),
        [nameof(TiedParameters)] = (new(() => new TiedParameters(0.3, Name, "third.weight"), Case.Numbers(v => new TiedParameters(v, Name, Name), -1)), true),
        [nameof(VirtualAdversarial)] = (
            new(
                () => new VirtualAdversarial(0.1),
                Case.Numbers(v => new VirtualAdversarial(v), 0, -1),
                Case.Numbers(v => new VirtualAdversarial(1) { Strength = v }, -1),
                Case.Numbers(v => new VirtualAdversarial(1) { ProbeLength = v }, 0, -1),
                [() => new VirtualAdversarial(1) { PowerSteps = -1 }]),
            false),
        [nameof(WeightNoise)] = (
            new(() => new WeightNoise(0.2), Case.Numbers(v => new WeightNoise(v), -1), Case.Numbers(v => new WeightNoise(1) { Share = v }, -0.1, 1.1)), true),
    };
}
