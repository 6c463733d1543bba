using Toolkit.Autograd.Operations;
using Toolkit.Modeling;
using Toolkit.Modeling.Constraints;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Initializers;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Metrics;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Regularizers;
using Toolkit.Modeling.Schedules;
using Toolkit.Modeling.Training;

namespace Toolkit.Samples.BookResults.Experiments;

/// <summary>A fully connected classifier of MNIST: the error after the last epoch, all 60,000 images in training, nothing chosen on the test set.</summary>
internal abstract class DigitClassifier : Experiment
{
    protected const int BatchSize = 100;

    public override int Epochs => 20;

    /// <summary>The published test error in words.</summary>
    protected abstract string Published { get; }

    protected virtual Loss Loss => new SoftmaxCrossEntropy();

    protected virtual IReadOnlyList<Regularizer> Regularizers => [];

    protected virtual IReadOnlyList<Constraint> Constraints => [];

    /// <summary>The rate of the first step; it falls to 0 in a straight line.</summary>
    protected virtual double Rate => 0.1;

    /// <summary>The momentum of the first step and of the last; it grows in a straight line.</summary>
    protected virtual (double First, double Last) MomentumDecay => (0.5, 0.5);

    public override IReadOnlyList<Figure> Run(Laboratory laboratory)
    {
        (Dataset train, Dataset test) = laboratory.Data.Digits();
        Trainer trainer = Train(laboratory, "model", Model(laboratory.Random("weights")), Regularizers, train, test);
        return [Error(trainer, test), .. Extra(laboratory, trainer, train, test)];
    }

    protected abstract Module Model(RandomSource random);

    /// <summary>More figures of the trained model.</summary>
    protected virtual IEnumerable<Figure> Extra(Laboratory laboratory, Trainer trainer, Dataset train, Dataset test) => [];

    protected Figure Error(Trainer trainer, Dataset test) => new("test error %", Percent(trainer, test), Published);

    protected static double Percent(Trainer trainer, Dataset test) => 100.0 * (1.0 - trainer.Evaluate(test)["accuracy"]);

    protected Trainer Train(
        Laboratory laboratory, string part, Module model, IReadOnlyList<Regularizer> regularizers, IDataSource train, Dataset test, Loss? loss = null,
        TrainingPrecision precision = TrainingPrecision.Float32)
    {
        int steps = laboratory.Epochs * ((train.ExampleCount!.Value + BatchSize - 1) / BatchSize);
        var trainer = new Trainer
        {
            Model = model,
            Loss = loss ?? Loss,
            Optimizer = new Momentum { LearningRate = new LinearDecay(Rate, 0.0, steps), Decay = Momentum(steps) },
            Regularizers = regularizers,
            Constraints = Constraints,
            Metrics = [new Accuracy()],
            Precision = precision,
            Execution = laboratory.Execution,
        };
        laboratory.Train(part, trainer, train, new FitOptions { Epochs = laboratory.Epochs, BatchSize = BatchSize, Validation = test });
        return trainer;
    }

    private Schedule Momentum(int steps) =>
        MomentumDecay.First == MomentumDecay.Last ? MomentumDecay.First : new LinearDecay(MomentumDecay.First, MomentumDecay.Last, steps);

    /// <summary>Two layers of rectifiers, 800 each by default, and dropout before each layer unless the rates are 0.</summary>
    protected static Sequential Rectifiers(RandomSource random, double inputRate = 0.0, double hiddenRate = 0.0, int units = 800) => new(
        new Dropout(inputRate, random),
        new Dense(784, units, random) { Activation = Ops.Relu, WeightInitializer = new HeNormal() },
        new Dropout(hiddenRate, random),
        new Dense(units, units, random) { Activation = Ops.Relu, WeightInitializer = new HeNormal() },
        new Dropout(hiddenRate, random),
        new Dense(units, 10, random));
}
