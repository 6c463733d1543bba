using System.Globalization;
using System.Net;
using System.Text;

namespace Toolkit.Modeling.Diagnostics;

/// <summary>A diagnosis as an HTML page without any other file.</summary>
internal static class DiagnosisPage
{
    private const int Width = 640, Height = 240, Margin = 50;

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
        Plot(page, d.AlongGradient);
        page.Append("<h2>Parameters</h2>");
        Table(page, ["name", "‖w‖", "‖g‖", "ε‖g‖/‖w‖"], d.Layers.Select(l => new[] { l.Name, Number(l.Norm), Number(l.GradientNorm), Number(l.UpdateRatio) }));
        page.Append("<h2>Units</h2>");
        Table(page, ["representation", "units", "dead", "saturated", "mean", "zeros"], d.Units.Select(u => new[]
        {
            u.Name, Number(u.Units), Number(u.Dead), Number(u.Saturated), Number(u.MeanActivation), Number(u.ZeroShare),
        }));
        return page.Append("</body></html>").ToString();
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

    private static void Plot(StringBuilder page, IReadOnlyList<LinePoint> line)
    {
        LinePoint[] finite = [.. line.Where(p => double.IsFinite(p.Loss))];
        if (finite.Length < 2)
            return;
        double low = finite.Min(p => p.Loss), high = Math.Max(finite.Max(p => p.Loss), low + 1e-300), last = Math.Max(finite[^1].At, 1e-300);
        page.Append(CultureInfo.InvariantCulture, $"<svg viewBox=\"0 0 {Width} {Height}\" width=\"{Width}\" height=\"{Height}\">");
        page.Append("<polyline fill=\"none\" stroke=\"#06c\" stroke-width=\"2\" points=\"");
        foreach (LinePoint p in finite)
        {
            double x = Margin + ((Width - (2 * Margin)) * p.At / last);
            double y = Height - Margin - ((Height - (2 * Margin)) * (p.Loss - low) / (high - low));
            page.Append(CultureInfo.InvariantCulture, $"{x:F1},{y:F1} ");
        }

        page.Append("\"/>");
        Label(Margin, Height - 15, "0");
        Label(Width - Margin, Height - 15, Number(last));
        Label(5, Margin, Number(high));
        Label(5, Height - Margin, Number(low));
        page.Append("</svg>");

        void Label(int x, int y, string text) => page.Append(CultureInfo.InvariantCulture, $"<text x=\"{x}\" y=\"{y}\" font-size=\"12\">{text}</text>");
    }

    private static string Number(double value) => value.ToString("G5", CultureInfo.InvariantCulture);
}
