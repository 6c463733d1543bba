using ScottPlot;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Modules;

namespace Toolkit.Samples.Forecast;

/// <summary>Draws what was, what came and what was forecast, as SVG.</summary>
internal static class Picture
{
    public static void Save(Model model, Dataset stretch, string path)
    {
        IReadOnlyDictionary<string, Value> found = model.PredictAll(stretch);
        Batch batch = stretch.Batches(new BatchOptions { Size = 1 }).First();
        double[] ahead = [.. Enumerable.Range(1, Series.Ahead).Select(hour => (double)hour)];
        using var plot = new Plot();
        ScottPlot.Plottables.FillY band = plot.Add.FillY(ahead, Numbers(found["low"]), Numbers(found["high"]));
        (band.FillColor, band.LegendText) = (Colors.Blue.WithAlpha(0.2), "four fifths should lie here");
        plot.Add.Scatter(ahead, Numbers(found["median"])).LegendText = "median";
        plot.Add.Scatter([.. Enumerable.Range(1 - Series.Past, Series.Past).Select(hour => (double)hour)], Numbers(batch["past"])).LegendText = "past";
        plot.Add.ScatterPoints(ahead, Numbers(batch["future"])).LegendText = "what came";
        plot.XLabel("hours from now");
        plot.YLabel("demand");
        plot.ShowLegend(Edge.Bottom);
        plot.SaveSvg(path, 640, 380);
    }

    private static double[] Numbers(Value value) => [.. Enumerable.Range(0, value.Count).Select(i => value[i])];
}
