using Toolkit.Modeling;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Metrics;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Schedules;
using Toolkit.Modeling.Training;

namespace Toolkit.Samples.BookResults.Experiments;

internal sealed class LstmRows : Experiment
{
    private const int BatchSize = 128;

    public override string Name => "lstm-rows";

    public override string Source => "MNIST read row by row, 28 steps of 28 pixels, by long short-term memory, book 10.10.1";

    public override string Settings => "LSTM of 128, its last state into 10 classes; batches of 128; Adam, rate 0.002 → 0, gradients of norm 1 at most; a sixth of the training set for validation";

    public override int Epochs => 12;

    public override IReadOnlyList<Figure> Run(Laboratory laboratory)
    {
        (Dataset all, Dataset test) = laboratory.Data.Digits();
        (Dataset train, Dataset validation) = all.Split(5.0 / 6.0, laboratory.Random("validation"));
        RandomSource random = laboratory.Random("weights");
        int steps = laboratory.Epochs * ((train.Count + BatchSize - 1) / BatchSize);
        var trainer = new Trainer
        {
            Model = new Sequential(new Reshape(28, 28), new Lstm(28, 128, random) { LastOnly = true }, new Dense(128, 10, random)),
            Loss = new SoftmaxCrossEntropy(),
            Optimizer = new ClipByNorm(1, new Adam { LearningRate = new LinearDecay(0.002, 0.0, steps) }),
            Metrics = [new Accuracy()],
            Execution = laboratory.Execution,
        };
        laboratory.Train("model", trainer, train, new FitOptions { Epochs = laboratory.Epochs, BatchSize = BatchSize, Validation = validation });
        return [Error("validation", validation), Error("test", test)];

        Figure Error(string set, Dataset data) => new($"{set} error %", 100.0 * (1.0 - trainer.Evaluate(data)["accuracy"]), "at most 1.5");
    }
}
