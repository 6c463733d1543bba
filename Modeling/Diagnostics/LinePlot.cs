using System.Globalization;
using System.Net;
using System.Text;

namespace Toolkit.Modeling.Diagnostics;

/// <summary>Curves as SVG within a page.</summary>
internal static class LinePlot
{
    private const int Width = 640, Height = 240, Margin = 55;

    private static readonly string[] Colours = ["#06c", "#c30", "#090", "#c0c", "#960", "#099", "#666", "#f80"];

    /// <summary>Draws curves over one axis, with their names below; nothing if there are fewer than two finite points.</summary>
    /// <param name="page">Receives the drawing.</param>
    /// <param name="curves">Each curve with its points.</param>
    /// <param name="logarithmic">Whether the ordinate is logarithmic; points that are not above 0 are then left out.</param>
    public static void Draw(StringBuilder page, IReadOnlyList<(string Name, IReadOnlyList<LinePoint> Points)> curves, bool logarithmic = false)
    {
        (string Name, LinePoint[] Points)[] drawn =
        [
            .. curves.Select(curve => (curve.Name, curve.Points.Where(p => double.IsFinite(p.Loss) && (!logarithmic || p.Loss > 0.0))
                .Select(p => logarithmic ? p with { Loss = Math.Log10(p.Loss) } : p).ToArray())).Where(curve => curve.Item2.Length > 0),
        ];
        LinePoint[] all = [.. drawn.SelectMany(curve => curve.Points)];
        if (all.Length < 2)
            return;
        double low = all.Min(p => p.Loss), high = all.Max(p => p.Loss), first = all.Min(p => p.At), last = all.Max(p => p.At);
        page.Append(CultureInfo.InvariantCulture, $"<svg viewBox=\"0 0 {Width} {Height}\" width=\"{Width}\" height=\"{Height}\">");
        for (int i = 0; i < drawn.Length; i++)
        {
            page.Append(CultureInfo.InvariantCulture, $"<polyline fill=\"none\" stroke=\"{Colours[i % Colours.Length]}\" stroke-width=\"2\" points=\"");
            foreach (LinePoint p in drawn[i].Points)
            {
                double x = Margin + ((Width - (2 * Margin)) * Share(p.At, first, last));
                double y = Height - Margin - ((Height - (2 * Margin)) * Share(p.Loss, low, high));
                page.Append(CultureInfo.InvariantCulture, $"{x:F1},{y:F1} ");
            }

            page.Append("\"/>");
            Label(Margin + (i % 3 * 180), 16 + (i / 3 * 14), drawn[i].Name, Colours[i % Colours.Length]);
        }

        Label(Margin, Height - 20, Number(first), "#000");
        Label(Width - Margin, Height - 20, Number(last), "#000");
        Label(2, Margin, Number(logarithmic ? Math.Pow(10, high) : high), "#000");
        Label(2, Height - Margin, Number(logarithmic ? Math.Pow(10, low) : low), "#000");
        page.Append("</svg>");

        void Label(int x, int y, string text, string colour) => page.Append(
            CultureInfo.InvariantCulture, $"<text x=\"{x}\" y=\"{y}\" font-size=\"12\" fill=\"{colour}\">{WebUtility.HtmlEncode(text)}</text>");
    }

    /// <summary>Where a number lies between two, from 0 to 1; in the middle where they are equal.</summary>
    private static double Share(double value, double low, double high) => high > low ? (value - low) / (high - low) : 0.5;

    private static string Number(double value) => value.ToString("G4", CultureInfo.InvariantCulture);
}
