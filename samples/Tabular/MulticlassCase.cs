using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;
using Microsoft.ML.Trainers.FastTree;
using Microsoft.ML.Trainers.LightGbm;
using Toolkit.MLNetIntegration;
using Toolkit.MLNetIntegration.Training;

namespace Toolkit.Samples.Tabular;

/// <summary>Rows of several classes.</summary>
internal abstract class MulticlassCase : Case
{
    public override IReadOnlyList<Contender> Contenders(MLContext ml) =>
    [
        new("neural network", Family.Network, NetworkSpace.Choices, (s, seed) => ml.MulticlassClassification.NeuralNetwork(NetworkSpace.Options(s, seed))),
        new("SDCA maximum entropy", Family.Linear, LinearSpaces.Sdca, (s, _) => Normalized(ml, ml.MulticlassClassification.Trainers.SdcaMaximumEntropy(
            new SdcaMaximumEntropyMulticlassTrainer.Options { NumberOfThreads = 1, L2Regularization = s.FloatOrOwn("l2"), L1Regularization = s.FloatOrOwn("l1") }))),
        new("L-BFGS maximum entropy", Family.Linear, LinearSpaces.Lbfgs, (s, _) => Normalized(ml, ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy(
            new LbfgsMaximumEntropyMulticlassTrainer.Options { L1Regularization = (float)s["l1"], L2Regularization = (float)s["l2"] }))),
        new("FastTree, one against all", Family.Trees, TreeSpaces.FastTree, (s, seed) => ml.MulticlassClassification.Trainers.OneVersusAll(
            ml.BinaryClassification.Trainers.FastTree(new FastTreeBinaryTrainer.Options().With(s, seed)))),
        new("LightGBM", Family.Trees, TreeSpaces.LightGbm, (s, seed) => ml.MulticlassClassification.Trainers.LightGbm(
            new LightGbmMulticlassTrainer.Options().With(s, seed))),
    ];

    public override IReadOnlyDictionary<string, double> Measure(MLContext ml, IDataView scored)
    {
        MulticlassClassificationMetrics metrics = ml.MulticlassClassification.Evaluate(scored);
        return new Dictionary<string, double> { ["accuracy %"] = 100 * metrics.MicroAccuracy, ["log loss"] = metrics.LogLoss };
    }
}
