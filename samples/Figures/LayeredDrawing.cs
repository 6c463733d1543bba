using System.Globalization;
using System.Net;
using System.Text;

namespace Toolkit.Samples.Figures;

/// <summary>Draws boxes in layers, each below those that point to it, as viewers of graphs do.</summary>
internal static class LayeredDrawing
{
    private const int Head = 24, Line = 15, Letter = 7, Small = 6, Gap = 34, Between = 22, Margin = 10, Wide = 110;

    /// <summary>The drawing as SVG: equal boxes and arrows give equal text.</summary>
    /// <param name="boxes">The boxes.</param>
    /// <param name="arrows">The arrows between them, without cycles.</param>
    public static string Draw(IReadOnlyList<Box> boxes, IReadOnlyList<Arrow> arrows)
    {
        int[] layers = Layers(boxes.Count, arrows);
        int[][] rows = [.. Enumerable.Range(0, layers.Max() + 1).Select(layer => Enumerable.Range(0, boxes.Count).Where(box => layers[box] == layer).ToArray())];
        bool passes = arrows.Any(arrow => layers[arrow.To] > layers[arrow.From] + 1);
        double width = rows.Max(row => row.Sum(box => Width(boxes[box])) + (Between * (row.Length - 1))) + (2 * (passes ? Wide : Margin));
        double[] left = new double[boxes.Count], top = new double[boxes.Count];
        double y = Margin;
        foreach (int[] row in rows)
        {
            // A box stands below the middle of those that point to it; equal middles keep their order.
            int[] order = [.. row.OrderBy(box => Middle(box))];
            double x = (width - order.Sum(box => Width(boxes[box])) - (Between * (order.Length - 1))) / 2;
            foreach (int box in order)
            {
                (left[box], top[box]) = (x, y);
                x += Width(boxes[box]) + Between;
            }

            y += row.Max(box => Height(boxes[box])) + Gap;
        }

        double height = y - Gap + Margin;
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:F0} {height:F0}\" width=\"{width:F0}\" height=\"{height:F0}\" font-family=\"sans-serif\">\n");
        svg.Append("<defs><marker id=\"tip\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"7\" markerHeight=\"7\" orient=\"auto\"><path d=\"M0,0 L8,4 L0,8 z\" fill=\"#555\"/></marker></defs>\n");
        svg.Append(CultureInfo.InvariantCulture, $"<rect width=\"{width:F0}\" height=\"{height:F0}\" fill=\"#fff\"/>\n");
        foreach (Arrow arrow in arrows)
        {
            double[] passed = [.. Enumerable.Range(0, boxes.Count).Where(box => layers[box] > layers[arrow.From] && layers[box] < layers[arrow.To]).Select(box => left[box] + Width(boxes[box]))];
            Draw(svg, arrow, boxes, left, top, passed.Length == 0 ? null : passed.Max());
        }

        for (int box = 0; box < boxes.Count; box++)
            Draw(svg, boxes[box], left[box], top[box]);
        return svg.Append("</svg>\n").ToString();

        double Middle(int box)
        {
            double[] above = [.. arrows.Where(arrow => arrow.To == box).Select(arrow => left[arrow.From] + (Width(boxes[arrow.From]) / 2))];
            return above.Length == 0 ? box : above.Average();
        }
    }

    /// <param name="svg">Receives it.</param>
    /// <param name="arrow">The arrow.</param>
    /// <param name="boxes">The boxes.</param>
    /// <param name="left">Where they begin.</param>
    /// <param name="top">Where they begin.</param>
    /// <param name="passed">The right end of the boxes between, which it goes around; null where there are none.</param>
    private static void Draw(StringBuilder svg, Arrow arrow, IReadOnlyList<Box> boxes, double[] left, double[] top, double? passed)
    {
        double x = left[arrow.From] + (Width(boxes[arrow.From]) / 2), y = top[arrow.From] + Height(boxes[arrow.From]);
        double toX = left[arrow.To] + (Width(boxes[arrow.To]) / 2), toY = top[arrow.To], bend = (toY - y) / 2, middle = (x + toX) / 2;
        if (passed is { } right)
        {
            // A cubic curve goes three quarters of the way to its control points.
            double far = middle + ((right + 12 - middle) / 0.75);
            Path(x, y, far, y, far, toY);
            Text(right + 16, (y + toY) / 2);
        }
        else
        {
            Path(x, y, x, y + bend, toX, toY - bend);
            Text(middle + 5, ((y + toY) / 2) + 3);
        }

        void Path(double fromX, double fromY, double firstX, double firstY, double secondX, double secondY) => svg.Append(
            CultureInfo.InvariantCulture, $"<path d=\"M{fromX:F1},{fromY:F1} C{firstX:F1},{firstY:F1} {secondX:F1},{secondY:F1} {toX:F1},{toY:F1}\" fill=\"none\" stroke=\"#555\" marker-end=\"url(#tip)\"/>\n");

        void Text(double textX, double textY)
        {
            if (arrow.Text.Length > 0)
                svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{textX:F1}\" y=\"{textY:F1}\" font-size=\"10\" fill=\"#555\">{WebUtility.HtmlEncode(arrow.Text)}</text>\n");
        }
    }

    private static void Draw(StringBuilder svg, Box box, double left, double top)
    {
        double width = Width(box), height = Height(box);
        svg.Append(CultureInfo.InvariantCulture, $"<rect x=\"{left:F1}\" y=\"{top:F1}\" width=\"{width:F1}\" height=\"{height:F1}\" rx=\"5\" fill=\"#f6f6f6\" stroke=\"#333\"/>\n");
        svg.Append(CultureInfo.InvariantCulture, $"<rect x=\"{left:F1}\" y=\"{top:F1}\" width=\"{width:F1}\" height=\"{Head}\" rx=\"5\" fill=\"{box.Color}\" stroke=\"#333\"/>\n");
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{left + (width / 2):F1}\" y=\"{top + 16:F1}\" font-size=\"13\" text-anchor=\"middle\" fill=\"#fff\">{WebUtility.HtmlEncode(box.Title)}</text>\n");
        foreach ((int i, string line) in box.Lines.Index())
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{left + 8:F1}\" y=\"{top + Head + 13 + (Line * i):F1}\" font-size=\"11\" fill=\"#222\">{WebUtility.HtmlEncode(line)}</text>\n");
    }

    /// <summary>The layer of each box: one more than that of the lowest that points to it.</summary>
    private static int[] Layers(int boxes, IReadOnlyList<Arrow> arrows)
    {
        int[] layers = new int[boxes];
        for (int pass = 0; pass < boxes; pass++)
        {
            foreach (Arrow arrow in arrows)
                layers[arrow.To] = Math.Max(layers[arrow.To], layers[arrow.From] + 1);
        }

        // What nothing points to stands above what reads it.
        foreach (int box in Enumerable.Range(0, boxes).Where(box => arrows.All(arrow => arrow.To != box) && arrows.Any(arrow => arrow.From == box)))
            layers[box] = arrows.Where(arrow => arrow.From == box).Min(arrow => layers[arrow.To]) - 1;
        return layers;
    }

    private static double Width(Box box) => 24 + Math.Max(Letter * box.Title.Length, box.Lines.Select(line => Small * line.Length).DefaultIfEmpty(0).Max());

    private static double Height(Box box) => Head + (box.Lines.Count == 0 ? 0 : 6 + (Line * box.Lines.Count));
}
