using Toolkit.Autograd.Operations;
using Toolkit.Modeling;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Metrics;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Regularizers;
using Toolkit.Modeling.Schedules;
using Toolkit.Modeling.Training;

namespace Toolkit.Samples.BookResults.Experiments;

internal sealed class VirtualAdversarialDigits : Experiment
{
    private const int BatchSize = 100;

    public override string Name => "virtual-adversarial-digits";

    public override string Source => "MNIST with all labels and virtual adversarial training, book 7.13 (Miyato et al. 2015)";

    public override string Settings =>
        "784-1200-600-300-150-10 rectifiers, batch normalization of every layer; ε = 2.1, one power step; Adam 0.002 → 0, batches of 100; without and with the penalty";

    public override int Epochs => 100;

    public override IReadOnlyList<Figure> Run(Laboratory laboratory)
    {
        (Dataset train, Dataset test) = laboratory.Data.Digits();
        return
        [
            new("test error % without", Error(laboratory, "plain", train, test), "1.11 (100 epochs)"),
            new("test error % with", Error(laboratory, "virtual", train, test, new VirtualAdversarial(2.1)), "0.637 ± 0.046 (100 epochs)"),
        ];
    }

    private static double Error(Laboratory laboratory, string part, Dataset train, Dataset test, params Regularizer[] regularizers)
    {
        var trainer = new Trainer
        {
            Model = Model(laboratory.Random("weights"), [1200, 600, 300, 150]),
            Loss = new SoftmaxCrossEntropy(),
            Optimizer = new Adam { LearningRate = new LinearDecay(0.002, 0, laboratory.Epochs * (train.Count / BatchSize)) },
            Regularizers = regularizers,
            Metrics = [new Accuracy()],
            Execution = laboratory.Execution,
        };
        laboratory.Train(part, trainer, train, new FitOptions { Epochs = laboratory.Epochs, BatchSize = BatchSize, Validation = test });
        return SmallTraining.Error(trainer, test);
    }

    /// <summary>Rectifiers on normalized sums; the logits are normalized too, each part of a batch by itself.</summary>
    public static Sequential Model(RandomSource random, int[] units, params int[] parts)
    {
        var layers = new List<Module>();
        int from = 784;
        foreach (int to in units)
        {
            layers.AddRange([SmallTraining.Linear(from, to, random), new BatchNormalization(to) { Parts = [.. parts] }, new Activation(Ops.Relu)]);
            from = to;
        }

        return new Sequential([.. layers, SmallTraining.Linear(from, 10, random), new BatchNormalization(10) { Parts = [.. parts] }]);
    }
}
