using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;
using Microsoft.ML.Trainers.FastTree;
using Microsoft.ML.Trainers.LightGbm;
using Toolkit.MLNetIntegration;
using Toolkit.MLNetIntegration.Training;

namespace Toolkit.Samples.Tabular;

/// <summary>Rows of two classes.</summary>
internal abstract class BinaryCase : Case
{
    public override IReadOnlyList<Contender> Contenders(MLContext ml) =>
    [
        new("neural network", Family.Network, NetworkSpace.Choices, (s, seed) => ml.BinaryClassification.NeuralNetwork(NetworkSpace.Options(s, seed))),
        new("SDCA logistic regression", Family.Linear, LinearSpaces.Sdca, (s, _) => ml.BinaryClassification.Trainers.SdcaLogisticRegression(
            new SdcaLogisticRegressionBinaryTrainer.Options { NumberOfThreads = 1, L2Regularization = s.FloatOrOwn("l2"), L1Regularization = s.FloatOrOwn("l1") })),
        new("L-BFGS logistic regression", Family.Linear, LinearSpaces.Lbfgs, (s, _) => ml.BinaryClassification.Trainers.LbfgsLogisticRegression(
            new LbfgsLogisticRegressionBinaryTrainer.Options { L1Regularization = (float)s["l1"], L2Regularization = (float)s["l2"] })),
        new("FastTree", Family.Trees, TreeSpaces.FastTree, (s, seed) => ml.BinaryClassification.Trainers.FastTree(new FastTreeBinaryTrainer.Options().With(s, seed))),
        new("LightGBM", Family.Trees, TreeSpaces.LightGbm, (s, seed) => ml.BinaryClassification.Trainers.LightGbm(new LightGbmBinaryTrainer.Options().With(s, seed))),
    ];

    public override IReadOnlyDictionary<string, double> Measure(MLContext ml, IDataView scored)
    {
        CalibratedBinaryClassificationMetrics metrics = ml.BinaryClassification.Evaluate(scored);
        return new Dictionary<string, double> { ["accuracy %"] = 100 * metrics.Accuracy, ["AUC"] = metrics.AreaUnderRocCurve, ["log loss"] = metrics.LogLoss };
    }
}
