using ScottPlot;
using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Distributions;
using Toolkit.Modeling.Initializers;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Training;

namespace Toolkit.Samples.Figures;

/// <summary>
/// A network that says mean and variance of a wave learns from few measurements: trained to the end it knows these too well, and its intervals are too narrow; stopped early it does not. The curves of the training, and what part of
/// other measurements lies in intervals of each size.
/// </summary>
internal sealed class Wave
{
    private const int Epochs = 400;

    private static readonly HeteroscedasticGaussian Loss = new();
    private readonly Dataset test = Measure(4000, seed: 3);
    private readonly (Sequential Network, History History) whole, stopped;

    public Wave()
    {
        Dataset train = Measure(120, seed: 1), validation = Measure(400, seed: 2);
        whole = Train(train, validation, stops: false);
        stopped = Train(train, validation, stops: true);
    }

    /// <summary>Loss over epochs, on the training and on other measurements.</summary>
    public void DrawLearning(string path)
    {
        using var plot = new Plot();
        double[] epochs = [.. whole.History.Epochs.Select(epoch => (double)epoch.Epoch)];
        Add(plot, "training", epochs, [.. whole.History.Epochs.Select(epoch => epoch.Loss)]);
        Add(plot, "validation", epochs, [.. whole.History.Epochs.Select(epoch => epoch.Validation!.Loss)]);
        EpochRecord best = stopped.History.Epochs.MinBy(epoch => epoch.Validation!.Loss)!;
        ScottPlot.Plottables.VerticalLine line = plot.Add.VerticalLine(best.Epoch);
        (line.LegendText, line.LinePattern) = ("the weights that early stopping keeps", LinePattern.Dashed);
        plot.XLabel("epoch");
        plot.YLabel("negative log-likelihood, nats");
        plot.ShowLegend(Alignment.UpperRight);
        plot.SaveSvg(path, 640, 380);
    }

    /// <summary>The share of measurements that lies in central intervals of each probability: on the diagonal where the intervals are right.</summary>
    public void DrawCalibration(string path)
    {
        using var plot = new Plot();
        double[] stated = [.. Enumerable.Range(0, 21).Select(i => i / 20.0)];
        Add(plot, "as it should be", [0, 1], [0, 1]);
        Add(plot, "trained to the end", stated, Observed(whole.Network, stated), markers: true);
        Add(plot, "stopped early", stated, Observed(stopped.Network, stated), markers: true);
        plot.XLabel("probability of the interval");
        plot.YLabel("share of measurements inside");
        plot.ShowLegend(Alignment.LowerRight);
        plot.SaveSvg(path, 480, 440);
    }

    /// <summary>The share of the test measurements within the central interval of each probability.</summary>
    public double[] Observed(bool isStopped, IReadOnlyList<double> stated) => Observed((isStopped ? stopped : whole).Network, stated);

    private double[] Observed(Sequential network, IReadOnlyList<double> stated)
    {
        var served = new FunctionalModel([network], (x, context) =>
        {
            Distribution found = Loss.Of(network.Forward(x["input"], context));
            return new Named(("mean", found.Mean), ("deviation", found.Variance.Sqrt()));
        });
        IReadOnlyDictionary<string, Value> found = served.PredictAll(test);
        float[] came = test.Targets.ToArray();

        // The probability of the smallest central interval that holds a measurement: erf(|z|/√2).
        double[] distances = [.. came.Select((value, i) => Math.Abs(value - found["mean"][i]) / found["deviation"][i] / Math.Sqrt(2))];
        Variable z = Variable.Input("z", DType.Float64, [distances.Length]);
        double[] least = Function.Compile([z], [Ops.Erf(z)]).Run(Value.Of(distances, distances.Length))[0].ToArray<double>();
        return [.. stated.Select(probability => least.Count(each => each <= probability) / (double)least.Length)];
    }

    private static (Sequential, History) Train(Dataset train, Dataset validation, bool stops)
    {
        var random = new RandomSource(seed: 4);
        var network = new Sequential(
            new Dense(1, 64, random) { Activation = Ops.Tanh, WeightInitializer = new Normal(2), BiasInitializer = new Normal(3) }, new Dense(64, 64, random) { Activation = Ops.Tanh }, new Dense(64, 2, random));
        var trainer = new Trainer { Model = network, Loss = Loss, Optimizer = new Adam { LearningRate = 0.003 } };
        History history = trainer.Fit(
            train, new FitOptions { Epochs = Epochs, BatchSize = 40, Seed = 5, Validation = validation, EarlyStopping = stops ? new EarlyStopping { Patience = 60 } : null });
        return (network, history);
    }

    /// <summary>y = sin 2x with a normal error of deviation 0.1 on the left and 0.3 on the right.</summary>
    private static Dataset Measure(int count, ulong seed)
    {
        var random = new RandomSource(seed);
        float[] x = [.. Enumerable.Range(0, count).Select(_ => (float)random.NextUniform(-3, 3))];
        return Dataset.FromTargets(x, [1], [.. x.Select(at => (float)(Math.Sin(2 * at) + random.NextNormal(0, at < 0 ? 0.1 : 0.3)))], [1]);
    }

    private static void Add(Plot plot, string text, double[] x, double[] y, bool markers = false)
    {
        ScottPlot.Plottables.Scatter line = plot.Add.Scatter(x, y);
        (line.LegendText, line.MarkerSize) = (text, markers ? 5 : 0);
    }
}
