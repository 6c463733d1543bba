using Toolkit.Modeling;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Regularizers;
using Toolkit.Modeling.Training;

namespace Toolkit.Samples.BookResults.Experiments;

internal sealed class AdversarialDigits : DigitClassifier
{
    private const double Epsilon = 0.25;

    public override string Name => "adversarial";

    public override string Source => "MNIST with adversarial training, book 7.13 (Goodfellow, Shlens, Szegedy 2015)";

    public override string Settings =>
        "784-800-800-10 rectifiers, without and with half of the objective at x + 0.25·sign(∇J), pixels in [0, 1], no clipping; batches of 100; rate 0.1 → 0, momentum 0.5";

    public override int Epochs => 10;

    protected override string Published => "0.94 → 0.84 (maxout with dropout), 1.71 → 1.73 (2 × 800, 20 epochs)";

    public override IReadOnlyList<Figure> Run(Laboratory laboratory)
    {
        (Dataset train, Dataset test) = laboratory.Data.Digits();
        Module plain = Model(laboratory.Random("weights")), hardened = Model(laboratory.Random("weights"));
        Trainer before = Train(laboratory, "plain", plain, [], train, test);
        Trainer after = Train(laboratory, "adversarial", hardened, [new AdversarialTraining(Epsilon)], train, test);
        (double Error, double Confidence) Attack(Module attacked, Module judged) =>
            new FastGradientSign(attacked, judged, 784, Epsilon, laboratory.Execution).On(test);
        (double plainError, double plainConfidence) = Attack(plain, plain);
        (double hardError, double hardConfidence) = Attack(hardened, hardened);
        return
        [
            new("clean error % before", Percent(before, test), "0.94; 1.71 (2 × 800)"),
            new("clean error % after", Percent(after, test), "0.84; 1.73 (2 × 800)"),
            new("adversarial error % before", plainError, "89.4; 99.7 (2 × 800)"),
            new("confidence % of those errors", plainConfidence, "97.6; 98.4 (2 × 800)"),
            new("adversarial error % after", hardError, "17.9; 3.5 (2 × 800)"),
            new("confidence % of those errors after", hardConfidence, "81.4; 78.2 (2 × 800)"),
            new("error % of the new model on the old one's examples", Attack(plain, hardened).Error, "19.6"),
            new("error % of the old model on the new one's examples", Attack(hardened, plain).Error, "40.9"),
        ];
    }

    protected override Module Model(RandomSource random) => Rectifiers(random);
}
