using Toolkit.Modeling;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Metrics;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Regularizers;
using Toolkit.Modeling.Schedules;
using Toolkit.Modeling.Training;
using Toolkit.Samples.BookResults.Data;

namespace Toolkit.Samples.BookResults.Experiments;

/// <summary>A hundred labels and the images of all others.</summary>
/// <param name="normalized">With batch normalization of every layer, as published: means and variances of labelled and of other images apart. In batches that are
/// normalized as one, labelled images stand out by making the others small.</param>
internal sealed class VirtualAdversarialFewLabels(bool normalized) : Experiment
{
    private const int Labels = 100, LabelledSize = 100, OtherSize = 250;

    private int Steps => normalized ? 500 : 100;

    private int Draws => normalized ? 1 : 2;

    public override string Name => normalized ? "virtual-adversarial-100-normalized" : "virtual-adversarial-100";

    public override string Source => "MNIST with 100 labels and virtual adversarial training, book 7.13 (Miyato et al. 2015)";

    public override string Settings =>
        "ten labels a class, the other images without; 784-1200-1200-10 rectifiers" + (normalized ? ", batch normalization of every layer, labelled and other images apart" : "") +
        "; batches of 100 labelled and 250 others; ε = 0.3, one power step; Adam 0.002 → 0; the last step counts; " +
        FormattableString.Invariant($"{Draws} draw(s) of the labels; epochs of {Steps} steps");

    public override int Epochs => normalized ? 6 : 5;

    public override IReadOnlyList<Figure> Run(Laboratory laboratory)
    {
        (Dataset train, Dataset test) = laboratory.Data.Digits();
        (string Kind, string Published, Regularizer[] Regularizers)[] kinds =
        [
            ("virtual adversarial", "2.33 (50,000 steps); 14.2 to 15.9 (one draw, 500 steps, with batch normalization)", [new VirtualAdversarial(0.3)]),
            ("without", "25.8; 24.1 (one draw, with batch normalization)", []),
        ];
        var figures = new List<Figure>();
        foreach ((string kind, string published, Regularizer[] regularizers) in kinds)
        {
            double[] errors = [.. Enumerable.Range(0, Draws).Select(seed => Error(laboratory, $"{kind}-{seed}".Replace(' ', '-'), train, test, seed, regularizers))];
            figures.Add(new($"test error % {kind}", errors.Average(), published));
            figures.Add(new($"least of the draws, {kind}", errors.Min()));
            figures.Add(new($"greatest of the draws, {kind}", errors.Max()));
        }

        return figures;
    }

    private double Error(Laboratory laboratory, string part, Dataset train, Dataset test, int seed, Regularizer[] regularizers)
    {
        RandomSource random = laboratory.Random("labels").Fork(seed);
        int[] rows = [.. Enumerable.Range(0, train.Count)];
        random.Shuffle(rows.AsSpan());
        Dataset few = train.Select(rows.GroupBy(row => train.Labels.Span[row]).SelectMany(group => group.Take(Labels / 10)).ToArray());
        var trainer = new Trainer
        {
            Model = normalized
                ? VirtualAdversarialDigits.Model(random, [1200, 1200], LabelledSize)
                : new Sequential(SmallTraining.Rectifiers(784, 1200, random), SmallTraining.Rectifiers(1200, 1200, random), SmallTraining.Linear(1200, 10, random)),
            Loss = new LabelledOnly(new SoftmaxCrossEntropy()),
            Optimizer = new Adam { LearningRate = new LinearDecay(0.002, 0, laboratory.Epochs * Steps) },
            Regularizers = regularizers,
            Metrics = [new Accuracy()],
            Execution = laboratory.Execution,
        };
        var source = new LabelledFirst(few, train, LabelledSize, Steps);
        laboratory.Train(part, trainer, source, new FitOptions { Epochs = laboratory.Epochs, BatchSize = LabelledSize + OtherSize });
        double error = SmallTraining.Error(trainer, test);
        laboratory.Say(FormattableString.Invariant($"{part}: test error {error:F2} %"));
        return error;
    }
}
