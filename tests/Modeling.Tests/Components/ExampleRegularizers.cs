using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Constraints;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Regularizers;
using Toolkit.Modeling.Training;
using static Toolkit.Modeling.Tests.Components.Given;

namespace Toolkit.Modeling.Tests.Components;

/// <summary>Two lines with every regularizer and every constraint.</summary>
internal static class ExampleRegularizers
{
    public static Dictionary<string, TwoLines> Rows { get; } = new()
    {
        [nameof(AdversarialTraining)] = TwoLines.Of(
            "7.13; Goodfellow, Shlens, Szegedy 2014", () => new AdversarialTraining(Epsilon: 0.1) { Share = 0.5 },
            adversarial => new Trainer { Model = Network(3), Loss = new SoftmaxCrossEntropy(), Optimizer = new Adam(), Regularizers = [adversarial] }),
        [nameof(ConfidencePenalty)] = TwoLines.Of(
            "7.5.1; Pereyra et al. 2017", () => new ConfidencePenalty(0.1),
            doubt => new Trainer { Model = Network(3), Loss = new SoftmaxCrossEntropy(), Optimizer = new Adam(), Regularizers = [doubt] }),
        [nameof(Contractive)] = TwoLines.Of(
            "7.14 and 14.7; Rifai et al. 2011", () => new Contractive(0.1, "code"),
            contractive => new Trainer { Model = Network(3), Loss = new SoftmaxCrossEntropy(), Optimizer = new Adam(), Regularizers = [contractive] }),
        [nameof(DoubleBackprop)] = TwoLines.Of(
            "7.14; Drucker, LeCun 1992", () => new DoubleBackprop(0.1),
            flat => new Trainer { Model = Network(3), Loss = new SoftmaxCrossEntropy(), Optimizer = new Adam(), Regularizers = [flat] }),
        [nameof(DropoutBoosting)] = TwoLines.Of(
            "7.12; Warde-Farley et al. 2014", () => new DropoutBoosting(),
            boosting => new Trainer
            {
                Model = new Sequential(new Dropout(0.2, new RandomSource(1)), Network(3)),
                Loss = new SoftmaxCrossEntropy(),
                Optimizer = new Adam(),
                Regularizers = [boosting],
            }),
        [nameof(EntropyMinimization)] = TwoLines.On(
            HalfLabelled, "7.6; Grandvalet, Bengio 2004", () => new EntropyMinimization(0.1),
            sure => new Trainer { Model = Network(3), Loss = new LabelledOnly(new SoftmaxCrossEntropy()), Optimizer = new Adam(), Regularizers = [sure] }),
        [nameof(FastDropoutPenalty)] = TwoLines.Of(
            "7.12; Wager, Wang, Liang 2013", () => new FastDropoutPenalty("fastdropout1"),
            masks => new Trainer
            {
                Model = new Sequential(new FastDropout(4, 3, rate: 0.5, FastDropoutUnit.Logit, new RandomSource(1))),
                Loss = new SoftmaxCrossEntropy(),
                Optimizer = new Adam(),
                Regularizers = [masks],
            }),
        [nameof(HiddenKl)] = TwoLines.Of(
            "7.10; Larochelle, Bengio 2008", () => new HiddenKl(0.1, "code", Target: 0.2),
            sparse => new Trainer { Model = Network(3), Loss = new SoftmaxCrossEntropy(), Optimizer = new Adam(), Regularizers = [sparse] }),
        [nameof(HiddenL1)] = TwoLines.Of(
            "7.10, equation 7.48", () => new HiddenL1(0.01, "code"),
            sparse => new Trainer { Model = Network(3), Loss = new SoftmaxCrossEntropy(), Optimizer = new Adam(), Regularizers = [sparse] }),
        [nameof(HiddenMean)] = TwoLines.Of(
            "7.10; Goodfellow et al. 2009", () => new HiddenMean(0.1, "code", Target: 0.2),
            sparse => new Trainer { Model = Network(3), Loss = new SoftmaxCrossEntropy(), Optimizer = new Adam(), Regularizers = [sparse] }),
        [nameof(HiddenStudentT)] = TwoLines.Of(
            "7.10; Olshausen, Field 1996", () => new HiddenStudentT(0.01, "code"),
            sparse => new Trainer { Model = Network(3), Loss = new SoftmaxCrossEntropy(), Optimizer = new Adam(), Regularizers = [sparse] }),
        [nameof(IteratedAdversarial)] = TwoLines.Of(
            "7.13; Madry et al. 2017", () => new IteratedAdversarial(Epsilon: 0.1, Steps: 3),
            adversarial => new Trainer { Model = Network(3), Loss = new SoftmaxCrossEntropy(), Optimizer = new Adam(), Regularizers = [adversarial] }),
        [nameof(L1)] = TwoLines.Of(
            "7.1.2, equation 7.19", () => new L1(1e-3),
            l1 => new Trainer { Model = Network(3), Loss = new SoftmaxCrossEntropy(), Optimizer = new Adam(), Regularizers = [l1] }),
        [nameof(L2)] = TwoLines.Of(
            "7.1.1, equation 7.2", () => new L2(1e-3) { Layer = "code" },
            decay => new Trainer { Model = Network(3), Loss = new SoftmaxCrossEntropy(), Optimizer = new Adam(), Regularizers = [decay] }),
        [nameof(L2Toward)] = TwoLines.Of(
            "7.1.1 (toward any point)", () => new L2Toward(0.1) { Points = new Dictionary<string, Value> { ["code.weight"] = Value.Zeros(DType.Float32, 4, 6) } },
            toward => new Trainer { Model = Network(3), Loss = new SoftmaxCrossEntropy(), Optimizer = new Adam(), Regularizers = [toward] }),
        [nameof(LabelNoise)] = TwoLines.Of(
            "7.5.1", () => new LabelNoise(0.1),
            noise => new Trainer { Model = Network(3), Loss = new SoftmaxCrossEntropy(), Optimizer = new Adam(), Regularizers = [noise] }),
        [nameof(Mixup)] = TwoLines.Of(
            "7.4 and 7.5.1; Zhang et al. 2018", () => new Mixup(0.4),
            mixup => new Trainer { Model = Network(3), Loss = new SoftmaxCrossEntropy(), Optimizer = new Adam(), Regularizers = [mixup] }),
        [nameof(NormMultiplier)] = TwoLines.Of(
            "7.2, equations 7.25 to 7.27", () => new NormMultiplier(Limit: 2) { Rate = 0.01 },
            multiplier => new Trainer { Model = Network(3), Loss = new SoftmaxCrossEntropy(), Optimizer = new Sgd { LearningRate = 0.1 }, Regularizers = [multiplier] }),
        [nameof(PseudoLabels)] = TwoLines.On(
            HalfLabelled, "7.6; Lee 2013", () => new PseudoLabels(0.3) { Confidence = 0.4 },
            guesses => new Trainer { Model = Network(3), Loss = new LabelledOnly(new SoftmaxCrossEntropy()), Optimizer = new Adam(), Regularizers = [guesses] }),
        [nameof(TangentProp)] = TwoLines.Of(
            "7.14, equation 7.67 (here along scaling)", () => new TangentProp(0.1, x => [x]),
            tangents => new Trainer { Model = Network(3), Loss = new SoftmaxCrossEntropy(), Optimizer = new Adam(), Regularizers = [tangents] }),
        [nameof(TargetNoise)] = TwoLines.On(
            Measured, "7.5.1", () => new TargetNoise(0.05),
            noise => new Trainer { Model = Network(2), Loss = new MeanSquaredError(), Optimizer = new Adam(), Regularizers = [noise] }),
        [nameof(TiedParameters)] = TwoLines.Of(
            "7.9", () => new TiedParameters(0.1, "dense1.weight", "dense2.weight"),
            tied => new Trainer
            {
                Model = new Sequential(new Dense(4, 4, new RandomSource(1)), new Dense(4, 4, new RandomSource(2)), new Dense(4, 3, new RandomSource(3))),
                Loss = new SoftmaxCrossEntropy(),
                Optimizer = new Adam(),
                Regularizers = [tied],
            }),
        [nameof(VirtualAdversarial)] = TwoLines.On(
            HalfLabelled, "7.13; Miyato et al. 2015", () => new VirtualAdversarial(Epsilon: 0.3) { PowerSteps = 1 },
            smooth => new Trainer { Model = Network(3), Loss = new LabelledOnly(new SoftmaxCrossEntropy()), Optimizer = new Adam(), Regularizers = [smooth] }),
        [nameof(WeightNoise)] = TwoLines.Of(
            "7.5, equations 7.30 to 7.32", () => new WeightNoise(0.05),
            noise => new Trainer { Model = Network(3), Loss = new SoftmaxCrossEntropy(), Optimizer = new Adam(), Regularizers = [noise] }),
    };

    public static Dictionary<string, TwoLines> Constraints { get; } = new()
    {
        [nameof(L1Ball)] = TwoLines.Of(
            "7.2; Michelot 1986", () => new L1Ball(3),
            ball => new Trainer { Model = Network(3), Loss = new SoftmaxCrossEntropy(), Optimizer = new Sgd { LearningRate = 0.5 }, Constraints = [ball] }),
        [nameof(L2Ball)] = TwoLines.Of(
            "7.2, equations 7.25 to 7.28", () => new L2Ball(1),
            ball => new Trainer { Model = Network(3), Loss = new SoftmaxCrossEntropy(), Optimizer = new Sgd { LearningRate = 0.5 }, Constraints = [ball] }),
        [nameof(MaxColumnNorm)] = TwoLines.Of(
            "7.2; Srebro, Shraibman 2005", () => new MaxColumnNorm(0.8),
            limit => new Trainer { Model = Network(3), Loss = new SoftmaxCrossEntropy(), Optimizer = new Sgd { LearningRate = 0.5 }, Constraints = [limit] }),
        [nameof(MaxRowNorm)] = TwoLines.Of(
            "7.2", () => new MaxRowNorm(0.8),
            limit => new Trainer { Model = Network(3), Loss = new SoftmaxCrossEntropy(), Optimizer = new Sgd { LearningRate = 0.5 }, Constraints = [limit] }),
    };
}
