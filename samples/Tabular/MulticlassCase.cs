using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;
using Toolkit.MLNetIntegration;
using Toolkit.MLNetIntegration.Training;

namespace Toolkit.Samples.Tabular;

/// <summary>Rows of several classes.</summary>
internal abstract class MulticlassCase : Case
{
    protected abstract NeuralNetworkOptions Network { get; }

    public override IReadOnlyList<Contender> Contenders(MLContext ml) =>
    [
        new("neural network", Family.Network, ml.MulticlassClassification.NeuralNetwork(Network)),
        new("SDCA maximum entropy", Family.Linear, Normalized(ml, ml.MulticlassClassification.Trainers.SdcaMaximumEntropy(
            new SdcaMaximumEntropyMulticlassTrainer.Options { NumberOfThreads = 1 }))),
        new("L-BFGS maximum entropy", Family.Linear, Normalized(ml, ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy())),
        new("FastTree, one against all", Family.Trees, ml.MulticlassClassification.Trainers.OneVersusAll(ml.BinaryClassification.Trainers.FastTree())),
        new("LightGBM", Family.Trees, ml.MulticlassClassification.Trainers.LightGbm()),
    ];

    public override IReadOnlyDictionary<string, double> Measure(MLContext ml, IDataView scored)
    {
        MulticlassClassificationMetrics metrics = ml.MulticlassClassification.Evaluate(scored);
        return new Dictionary<string, double> { ["accuracy %"] = 100 * metrics.MicroAccuracy, ["log loss"] = metrics.LogLoss };
    }
}
