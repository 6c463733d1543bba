using Toolkit.Autograd.Operations;
using Toolkit.Modeling;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Data.Augmentation;
using Toolkit.Modeling.Initializers;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Metrics;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Regularizers;
using Toolkit.Modeling.Schedules;
using Toolkit.Modeling.Training;

namespace Toolkit.Samples.BookResults.Experiments;

internal sealed class TangentPropDigits : Experiment
{
    private const int Labels = 1000, BatchSize = 50, Seeds = 3;

    public override string Name => "tangent-prop";

    public override string Source => "MNIST with 1,000 labels: tangent prop, book 7.14 (Simard et al. 1992), against noise, dropout and shifted images";

    public override string Settings =>
        "784-256-256-10 rectifiers; batches of 50; rate 0.1 → 0, momentum 0.9; tangents of shifts, scale and rotation, weight 0.03; mean over 3 seeds and subsets";

    public override int Epochs => 60;

    public override IReadOnlyList<Figure> Run(Laboratory laboratory)
    {
        (Dataset train, Dataset test) = laboratory.Data.Digits();
        double Mean(string kind, double dropout = 0, double noise = 0, double tangents = 0, bool shifts = false) =>
            Enumerable.Range(0, Seeds).Average(seed => Error(laboratory, train, test, kind, seed, dropout, noise, tangents, shifts));
        return
        [
            new("test error % plain", Mean("plain"), "9.4 ± 0.5"),
            new("test error % dropout", Mean("dropout", dropout: 0.5), "8.8"),
            new("test error % noise of 0.2 on inputs", Mean("noise", noise: 0.2), "8.1"),
            new("test error % tangent prop", Mean("tangents", tangents: 0.03), "7.95 ± 0.5"),
            new("test error % tangent prop, ten times as strong", Mean("strong", tangents: 0.3), "10.5 (too strong)"),
            new("test error % shifts by up to a pixel", Mean("shifts", shifts: true), "5.35"),
        ];
    }

    private static double Error(
        Laboratory laboratory, Dataset train, Dataset test, string kind, int seed, double dropout, double noise, double tangents, bool shifts)
    {
        RandomSource random = laboratory.Random("subset").Fork(seed);
        var rows = new int[train.Count];
        for (int i = 0; i < rows.Length; i++)
            rows[i] = i;
        random.Shuffle(rows.AsSpan());
        Dataset few = train.Select(rows.AsSpan(0, Labels));
        RandomSource weights = random.Fork("weights");
        var trainer = new Trainer
        {
            Model = new Sequential(
                new GaussianNoise(noise, weights),
                new Flatten(),
                new Dense(784, 256, weights) { Activation = Ops.Relu, WeightInitializer = new HeNormal() },
                new Dropout(dropout, weights),
                new Dense(256, 256, weights) { Activation = Ops.Relu, WeightInitializer = new HeNormal() },
                new Dropout(dropout, weights),
                new Dense(256, 10, weights)),
            Loss = new SoftmaxCrossEntropy(),
            Optimizer = new Momentum { LearningRate = new LinearDecay(0.1, 0.0, laboratory.Epochs * Labels / BatchSize), Decay = 0.9 },
            Regularizers = tangents > 0 ? [new TangentProp(tangents, ImageTangents.Of)] : [],
            Metrics = [new Accuracy()],
            Execution = laboratory.Execution,
        };
        IDataSource source = shifts
            ? new AugmentedSource(few.Reshape(28, 28), laboratory.Seed, new RandomAffine { Shift = 1, WholePixels = true })
            : few;
        laboratory.Train($"{kind}-{seed}", trainer, source, new FitOptions { Epochs = laboratory.Epochs, BatchSize = BatchSize });
        double error = 100 * (1 - trainer.Evaluate(shifts ? test.Reshape(28, 28) : test)["accuracy"]);
        laboratory.Say(FormattableString.Invariant($"{kind}-{seed}: test error {error:F2} %"));
        return error;
    }
}
