using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;
using Toolkit.MLNetIntegration;
using Toolkit.MLNetIntegration.Training;

namespace Toolkit.Samples.Tabular;

/// <summary>Rows with a number to predict.</summary>
internal abstract class RegressionCase : Case
{
    public override bool LargerIsBetter => false;

    protected abstract NeuralNetworkOptions Network { get; }

    public override IReadOnlyList<Contender> Contenders(MLContext ml) =>
    [
        new("neural network", Family.Network, ml.Regression.NeuralNetwork(Network)),
        new("SDCA", Family.Linear, Normalized(ml, ml.Regression.Trainers.Sdca(new SdcaRegressionTrainer.Options { NumberOfThreads = 1 }))),
        new("L-BFGS Poisson", Family.Linear, Normalized(ml, ml.Regression.Trainers.LbfgsPoissonRegression())),
        new("FastTree", Family.Trees, ml.Regression.Trainers.FastTree()),
        new("LightGBM", Family.Trees, ml.Regression.Trainers.LightGbm()),
    ];

    public override IReadOnlyDictionary<string, double> Measure(MLContext ml, IDataView scored)
    {
        RegressionMetrics metrics = ml.Regression.Evaluate(scored);
        return new Dictionary<string, double> { ["RMSE"] = metrics.RootMeanSquaredError, ["MAE"] = metrics.MeanAbsoluteError, ["R²"] = metrics.RSquared };
    }
}
