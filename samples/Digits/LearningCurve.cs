using ScottPlot;
using Toolkit.Modeling.Training;

namespace Toolkit.Samples.Digits;

/// <summary>Draws loss over epochs as a PNG file.</summary>
internal static class LearningCurve
{
    public static void Save(History history, string path)
    {
        using var plot = new Plot();
        double[] epochs = [.. history.Epochs.Select(e => (double)e.Epoch)];
        Add(plot, "training loss", epochs, [.. history.Epochs.Select(e => e.Loss)]);
        Add(plot, "validation loss", epochs, [.. history.Epochs.Select(e => e.Validation!.Loss)]);
        plot.Title("Digits: learning curve");
        plot.XLabel("epoch");
        plot.YLabel("cross-entropy, nats per example");
        plot.ShowLegend();
        plot.SavePng(path, 800, 500);
    }

    private static void Add(Plot plot, string label, double[] x, double[] y)
    {
        ScottPlot.Plottables.Scatter line = plot.Add.Scatter(x, y);
        line.LegendText = label;
    }
}
