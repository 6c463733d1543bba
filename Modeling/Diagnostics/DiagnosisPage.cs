using System.Globalization;
using System.Net;
using System.Text;

namespace Toolkit.Modeling.Diagnostics;

/// <summary>A diagnosis as an HTML page without any other file.</summary>
internal static class DiagnosisPage
{
    public static string Of(Diagnosis d, string title)
    {
        var page = new StringBuilder();
        string safe = WebUtility.HtmlEncode(title);
        page.Append(
            $"<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>{safe}</title><style>body{{font:15px sans-serif;max-width:50em;margin:2em auto}}" +
            "table{border-collapse:collapse}td,th{border:1px solid #ccc;padding:.2em .6em;text-align:right}td:first-child{text-align:left}</style></head><body>");
        page.Append($"<h1>{safe}</h1><h2>Findings</h2><ul>");
        foreach (string finding in d.Findings)
            page.Append($"<li>{WebUtility.HtmlEncode(finding)}</li>");
        page.Append("</ul><h2>Objective</h2>");
        Table(page, ["quantity", "value"], [
            ["objective", Number(d.Objective)], ["gradient norm", Number(d.GradientNorm)], ["gᵀg", Number(d.GradientSquare)],
            ["½ε·gᵀHg", Number(0.5 * d.LearningRate * d.CurvatureAlongGradient)], ["ε", Number(d.LearningRate)], ["best step", Number(d.BestStep)],
            ["predicted change", Number(d.PredictedChange)], ["actual change", Number(d.ActualChange)],
            ["least eigenvalue", Number(d.HessianEigenvalues[0])], ["greatest eigenvalue", Number(d.HessianEigenvalues[^1])]]);
        page.Append("<h2>Objective along the negative gradient</h2>");
        LinePlot.Draw(page, [("objective at θ − t·g", d.AlongGradient)]);
        if (d.FromOther.Count > 0)
        {
            page.Append("<h2>Objective from the other point (0) to here (1) and beyond</h2>");
            LinePlot.Draw(page, [("objective", d.FromOther)]);
        }

        Course(page, d.Course);
        page.Append("<h2>Parameters</h2>");
        Table(page, ["name", "‖w‖", "‖g‖", "ε‖g‖/‖w‖"], d.Layers.Select(l => new[] { l.Name, Number(l.Norm), Number(l.GradientNorm), Number(l.UpdateRatio) }));
        page.Append("<h2>Units</h2>");
        Table(page, ["representation", "units", "dead", "saturated", "mean", "zeros"], d.Units.Select(u => new[]
        {
            u.Name, Number(u.Units), Number(u.Dead), Number(u.Saturated), Number(u.MeanActivation), Number(u.ZeroShare),
        }));
        page.Append("<h2>Weight space symmetry</h2>");
        Table(page, ["layer", "units", "change by exchange", "change by scaling", "balance"], d.Symmetries.Select(p => new[]
        {
            p.Name, Number(p.Units), Number(p.ExchangeChange), Number(p.ScalingChange), Number(p.Balance),
        }));
        return page.Append("</body></html>").ToString();
    }

    private static void Course(StringBuilder page, IReadOnlyList<RunPoint> course)
    {
        if (course.Count < 2)
            return;
        page.Append("<h2>Course of the training, by step</h2>");
        LinePlot.Draw(page, [("objective", Over(p => p.Objective))]);
        LinePlot.Draw(page, [("gradient norm", Over(p => p.GradientNorm))]);
        LinePlot.Draw(page, [("gᵀg", Over(p => p.GradientSquare)), ("½ε·gᵀHg", Over(p => p.CurvatureCost))], logarithmic: true);
        LinePlot.Draw(
            page, [.. course[0].Layers.Select(l => ($"update of {l.Name}", Over(p => p.Layers.First(own => own.Name == l.Name).UpdateRatio)))], logarithmic: true);

        IReadOnlyList<LinePoint> Over(Func<RunPoint, double> value) => [.. course.Select(p => new LinePoint(p.Step, value(p)))];
    }

    private static void Table(StringBuilder page, string[] head, IEnumerable<string[]> rows)
    {
        page.Append("<table><tr>");
        foreach (string cell in head)
            page.Append($"<th>{WebUtility.HtmlEncode(cell)}</th>");
        page.Append("</tr>");
        foreach (string[] row in rows)
        {
            page.Append("<tr>");
            foreach (string cell in row)
                page.Append($"<td>{WebUtility.HtmlEncode(cell)}</td>");
            page.Append("</tr>");
        }

        page.Append("</table>");
    }

    private static string Number(double value) => value.ToString("G5", CultureInfo.InvariantCulture);
}
