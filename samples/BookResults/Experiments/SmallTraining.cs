using Toolkit.Modeling;
using Toolkit.Modeling.Constraints;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Initializers;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Metrics;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Regularizers;
using Toolkit.Modeling.Training;

namespace Toolkit.Samples.BookResults.Experiments;

/// <summary>Trainers of classifiers of the optical digits.</summary>
internal static class SmallTraining
{
    public static Trainer Of(Laboratory laboratory, Module model, Optimizer optimizer, IReadOnlyList<Constraint>? constraints = null, IReadOnlyList<Regularizer>? regularizers = null) => new()
    {
        Model = model,
        Loss = new SoftmaxCrossEntropy(),
        Optimizer = optimizer,
        Constraints = constraints ?? [],
        Regularizers = regularizers ?? [],
        Metrics = [new Accuracy()],
        Execution = laboratory.Execution,
    };

    public static Dense Rectifiers(int inputs, int outputs, RandomSource random) =>
        new(inputs, outputs, random) { Activation = Autograd.Operations.Ops.Relu, WeightInitializer = new HeNormal() };

    public static Dense Linear(int inputs, int outputs, RandomSource random) => new(inputs, outputs, random) { WeightInitializer = new HeNormal() };

    public static double Error(Trainer trainer, Dataset test) => 100 * (1 - trainer.Evaluate(test)["accuracy"]);
}
