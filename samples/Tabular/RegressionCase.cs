using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;
using Microsoft.ML.Trainers.FastTree;
using Microsoft.ML.Trainers.LightGbm;
using Toolkit.MLNetIntegration;
using Toolkit.MLNetIntegration.Training;

namespace Toolkit.Samples.Tabular;

/// <summary>Rows with a number to predict.</summary>
internal abstract class RegressionCase : Case
{
    public override bool LargerIsBetter => false;

    /// <summary>What the data ask of a network, whatever its settings.</summary>
    protected virtual NeuralNetworkOptions Network => new();

    public override IReadOnlyList<Contender> Contenders(MLContext ml) =>
    [
        new("neural network", Family.Network, NetworkSpace.Choices, (s, seed) => ml.Regression.NeuralNetwork(NetworkSpace.Options(s, seed, Network))),
        new("SDCA", Family.Linear, LinearSpaces.Sdca, (s, _) => Normalized(ml, ml.Regression.Trainers.Sdca(
            new SdcaRegressionTrainer.Options { NumberOfThreads = 1, L2Regularization = s.FloatOrOwn("l2"), L1Regularization = s.FloatOrOwn("l1") }))),
        new("L-BFGS Poisson", Family.Linear, LinearSpaces.Lbfgs, (s, _) => Normalized(ml, ml.Regression.Trainers.LbfgsPoissonRegression(
            new LbfgsPoissonRegressionTrainer.Options { L1Regularization = (float)s["l1"], L2Regularization = (float)s["l2"] }))),
        new("FastTree", Family.Trees, TreeSpaces.FastTree, (s, seed) => ml.Regression.Trainers.FastTree(new FastTreeRegressionTrainer.Options().With(s, seed))),
        new("LightGBM", Family.Trees, TreeSpaces.LightGbm, (s, seed) => ml.Regression.Trainers.LightGbm(new LightGbmRegressionTrainer.Options().With(s, seed))),
    ];

    public override IReadOnlyDictionary<string, double> Measure(MLContext ml, IDataView scored)
    {
        RegressionMetrics metrics = ml.Regression.Evaluate(scored);
        return new Dictionary<string, double> { ["RMSE"] = metrics.RootMeanSquaredError, ["MAE"] = metrics.MeanAbsoluteError, ["R²"] = metrics.RSquared };
    }
}
