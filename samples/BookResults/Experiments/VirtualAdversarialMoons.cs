using Toolkit.Autograd.Operations;
using Toolkit.Modeling;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Initializers;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Metrics;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Regularizers;
using Toolkit.Modeling.Training;
using Toolkit.Samples.BookResults.Data;

namespace Toolkit.Samples.BookResults.Experiments;

internal sealed class VirtualAdversarialMoons : Experiment
{
    private const int Dimensions = 100, Labelled = 16, Unlabelled = 1000, TestCount = 1000, Seeds = 8;

    public override string Name => "virtual-adversarial";

    public override string Source => "Two moons on a random plane in 100 dimensions with 8 labels a class, book 7.13 (method of Miyato et al. 2015)";

    public override string Settings => "100 rectifiers; 1,000 examples without a label, noise 0.1; Adam 0.003, 1,500 full-batch steps; mean over 8 seeds";

    public override int Epochs => 1500;

    public override IReadOnlyList<Figure> Run(Laboratory laboratory)
    {
        double[] supervised = Errors(laboratory, "supervised");
        double[] random = Errors(laboratory, "random", new VirtualAdversarial(0.3) { PowerSteps = 0 });
        double[] adversarial = Errors(laboratory, "adversarial", new VirtualAdversarial(0.2));
        return
        [
            new("error % supervised", supervised.Average(), "8.9"),
            new("error % random perturbation, ε 0.3", random.Average(), "9.7"),
            new("error % virtual adversarial, ε 0.2", adversarial.Average(), "0.3"),
            new("worst seed, virtual adversarial", adversarial.Max()),
            new("median, virtual adversarial", adversarial.Order().Skip((Seeds - 1) / 2).Take(2).Average()),
        ];
    }

    private static double[] Errors(Laboratory laboratory, string kind, params Regularizer[] regularizers) =>
        [.. Enumerable.Range(0, Seeds).Select(seed => Error(laboratory, $"{kind}-{seed}", laboratory.Random("moons").Fork(seed), regularizers))];

    private static double Error(Laboratory laboratory, string part, RandomSource random, Regularizer[] regularizers)
    {
        var moons = new TwoMoons(Dimensions, random.Fork("plane"));
        (float[] x, long[] y) = moons.Draw(Labelled + Unlabelled, 0.1, random.Fork("train"));
        Array.Fill(y, -1L, Labelled, Unlabelled);
        (float[] testX, long[] testY) = moons.Draw(TestCount, 0.1, random.Fork("test"));
        RandomSource weights = random.Fork("weights");
        var trainer = new Trainer
        {
            Model = new Sequential(
                new Dense(Dimensions, 100, weights) { Activation = Ops.Relu, WeightInitializer = new HeNormal() },
                new Dense(100, 2, weights) { WeightInitializer = new HeNormal() }),
            Loss = new LabelledOnly(new SoftmaxCrossEntropy()),
            Optimizer = new Adam { LearningRate = 0.003 },
            Regularizers = regularizers,
            Metrics = [new Accuracy()],
            Execution = laboratory.Execution,
        };
        laboratory.Train(
            part,
            trainer,
            Dataset.FromLabels(x, [Dimensions], y, 2, allowUnlabelled: true),
            new FitOptions { Epochs = laboratory.Epochs, BatchSize = Labelled + Unlabelled, Shuffle = false });
        double error = 100 * (1 - trainer.Evaluate(Dataset.FromLabels(testX, [Dimensions], testY, 2))["accuracy"]);
        laboratory.Say(FormattableString.Invariant($"{part}: error {error:F1} %"));
        return error;
    }
}
