using System.Globalization;
using ScottPlot;
using ScottPlot.TickGenerators;
using Toolkit.Autograd.Operations;
using Toolkit.Bench.Steps;
using Toolkit.Modeling;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;

namespace Toolkit.Bench.Scaling;

/// <summary>
/// How the arithmetic rate of a training step (rectifiers, softmax cross-entropy, Adam) grows with width, depth and batch, for one thread and more:
/// one line per point, and one plot per quantity, drawn with ScottPlot.
/// </summary>
internal static class ScalingPlots
{
    private const int Width = 512, Depth = 2, Batch = 128, Classes = 10;

    /// <summary>Measures and writes scaling-width.svg, scaling-depth.svg and scaling-batch.svg.</summary>
    /// <param name="seconds">Seconds per point.</param>
    /// <param name="folder">Receives the plots.</param>
    public static void Run(double seconds, string folder)
    {
        Directory.CreateDirectory(folder);
        Series("width", "units per layer", [16, 32, 64, 128, 256, 512, 1024, 2048], w => (w, Depth, Batch), seconds, folder);
        Series("depth", "hidden layers", [1, 2, 4, 8, 16], d => (Width, d, Batch), seconds, folder);
        Series("batch", "examples per batch", [1, 4, 16, 64, 256, 1024], b => (Width, Depth, b), seconds, folder);
    }

    private static void Series(
        string name, string axis, int[] sizes, Func<int, (int Width, int Depth, int Batch)> of, double seconds, string folder)
    {
        using var plot = new Plot();
        for (int threads = 1; threads <= Math.Min(4, Environment.ProcessorCount); threads *= 2)
        {
            var rates = new double[sizes.Length];
            for (int i = 0; i < sizes.Length; i++)
            {
                (int width, int depth, int batch) = of(sizes[i]);
                // The first runs of a process are not those of its steady state.
                StepRates.Measure(Step(threads, width, depth, batch), Math.Min(seconds, 0.3));
                double steps = StepRates.Measure(Step(threads, width, depth, batch), seconds);
                rates[i] = steps * Flops(width, depth, batch) / 1e9;
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}-{sizes[i]}-threads-{threads}\t{steps:F1}\t{rates[i]:F1} GFLOP/s"));
            }

            ScottPlot.Plottables.Scatter line = plot.Add.Scatter(sizes.Select(s => Math.Log2(s)).ToArray(), rates);
            line.LegendText = threads == 1 ? "1 thread" : $"{threads} threads";
        }

        plot.Axes.Bottom.TickGenerator = new NumericManual([.. sizes.Select(s => Math.Log2(s))], [.. sizes.Select(s => s.ToString(CultureInfo.InvariantCulture))]);
        plot.XLabel(axis);
        plot.YLabel("GFLOP/s of a training step");
        plot.Axes.SetLimitsY(0, plot.Axes.GetLimits().Top * 1.1);
        plot.ShowLegend(Alignment.LowerRight);
        plot.SaveSvg(Path.Combine(folder, $"scaling-{name}.svg"), 560, 340);
    }

    private static Action Step(int threads, int width, int depth, int batch)
    {
        var random = new RandomSource(1);
        Module[] layers =
        [
            .. Enumerable.Range(0, depth).Select(_ => new Dense(width, width, random) { Activation = Ops.Relu }),
            new Dense(width, Classes, random),
        ];
        return Cases.Train(new() { Threads = threads }, new Sequential(layers), [width], Classes, batch, new Adam { LearningRate = 1e-3 }).Step;
    }

    // Forward, gradient of the weights, and gradient of the inputs except for the first layer's.
    private static double Flops(int width, int depth, int batch) =>
        2.0 * batch * width * ((width * ((3 * depth) - 1)) + (3 * Classes));
}
