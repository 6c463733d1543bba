using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Elementwise;
using Toolkit.Autograd.Operations.Reductions;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Modeling.Diagnostics;

/// <summary>
/// Cuts a piece of a plane into the polygons on which every rectifier, absolute value and maximum of a computation stays on one side. In the order of the
/// computation: what a kink compares is affine on a polygon that is cut by all kinks before it, so its values at the corners say where the border runs.
/// </summary>
internal sealed class PlaneRegions
{
    // Relative to the greatest value of what is compared: models compute in float32.
    private const double Tolerance = 1e-5;

    // Relative to the whole piece of plane.
    private const double LeastArea = 1e-9;

    private readonly Variable place;
    private List<Corner[]> polygons = [[new(0, 0, []), new(1, 0, []), new(1, 1, []), new(0, 1, [])]];

    private PlaneRegions(Variable place)
    {
        this.place = place;
    }

    /// <summary>A corner of a polygon, with the values of the kink that is being looked at.</summary>
    private readonly record struct Corner(double S, double T, double[] Values);

    /// <summary>The number of polygons.</summary>
    /// <param name="place">The input of the computation, [batch, 2]: two numbers between 0 and 1.</param>
    /// <param name="output">What is computed, [batch, …].</param>
    /// <exception cref="GraphException">The computation is not linear on the polygons.</exception>
    public static int Count(Variable place, Variable output)
    {
        var regions = new PlaneRegions(place);
        foreach ((Variable compared, int[][] groups) in Kinks(place, output))
            regions.Cut(compared, groups);
        regions.CheckLinear(output);
        return regions.polygons.Count;
    }

    /// <summary>What is compared where the computation bends, in the order of the computation: one number against 0, or several against each other.</summary>
    private static List<(Variable Compared, int[][] Groups)> Kinks(Variable place, Variable output)
    {
        var kinks = new List<(Variable, int[][])>();
        var depends = new HashSet<Variable>([place], ReferenceEqualityComparer.Instance);
        foreach (Node node in TopologicalOrder.Of([output], depends.Contains).Where(node => node.Inputs.Any(depends.Contains)))
        {
            depends.UnionWith(node.Outputs);
            kinks.AddRange(KinksOf(node));
        }

        return kinks;
    }

    private static IEnumerable<(Variable, int[][])> KinksOf(Node node)
    {
        return node.Operation switch
        {
            Relu or LeakyRelu or PRelu or Abs => [Signs(node.Inputs[0])],
            Clip => new[] { node.Inputs.Optional(1), node.Inputs.Optional(2) }.OfType<Variable>().Select(bound => Signs(node.Inputs[0] - bound)),
            Max or Min => [Signs(node.Inputs[0] - node.Inputs[1])],
            ReduceMax max => [(node.Inputs[0], Groups(node.Inputs[0].Shape, AxesOf(max)))],
            ReduceMin min => [(-node.Inputs[0], Groups(node.Inputs[0].Shape, AxesOf(min)))],
            _ => [],
        };

        IReadOnlyCollection<int> AxesOf(Reduction reduction) =>
            reduction.ReducedAxes(node.InputTypes) ?? throw new GraphException($"Expected axes of {node} that do not depend on data.");

        static (Variable, int[][]) Signs(Variable x) => (x, [.. Enumerable.Range(0, PerExample(x.Shape)).Select(i => new[] { i })]);
    }

    private static int PerExample(Shape shape) => Shape.Of([.. shape.Skip(1)]).ElementCount.Size;

    /// <summary>The elements of one example that a reduction compares with each other.</summary>
    private static int[][] Groups(Shape shape, IReadOnlyCollection<int> axes) => [.. Enumerable.Range(0, PerExample(shape)).GroupBy(element =>
    {
        int key = 0, rest = element, size = 1;
        for (int axis = shape.Rank - 1; axis > 0; axis--)
        {
            int coordinate = rest % shape[axis].Size;
            rest /= shape[axis].Size;
            key += axes.Contains(axis) ? 0 : coordinate * size;
            size *= shape[axis].Size;
        }

        return key;
    }).Select(group => group.ToArray())];

    private void Cut(Variable compared, int[][] groups)
    {
        Evaluate(compared);
        double[] scale = [.. Enumerable.Range(0, PerExample(compared.Shape))
            .Select(i => Tolerance * polygons.Max(polygon => polygon.Max(corner => Math.Abs(corner.Values[i]))))];
        foreach (int[] group in groups)
        {
            var cut = new List<Corner[]>();
            double tolerance = group.Max(i => scale[i]);
            foreach (Corner[] polygon in polygons)
            {
                if (group.Length == 1)
                {
                    cut.AddRange(Part(polygon, corner => corner.Values[group[0]], tolerance));
                    cut.AddRange(Part(polygon, corner => -corner.Values[group[0]], tolerance, other: true));
                    continue;
                }

                for (int best = 0; best < group.Length; best++)
                    cut.AddRange(WhereGreatest(polygon, group, best, tolerance));
            }

            polygons = cut;
        }
    }

    /// <summary>The part of a polygon on which one of several numbers is the greatest. Ties everywhere go to the first.</summary>
    private static IEnumerable<Corner[]> WhereGreatest(Corner[] polygon, int[] group, int best, double tolerance)
    {
        IEnumerable<Corner[]> parts = [polygon];
        for (int other = 0; other < group.Length; other++)
        {
            (int greatest, int less) = (group[best], group[other]);
            bool later = other < best;
            if (other != best)
                parts = [.. parts.SelectMany(part => Part(part, corner => corner.Values[greatest] - corner.Values[less], tolerance, later))];
        }

        return parts;
    }

    /// <summary>The part of a polygon on which an affine function is at least 0: all of it, none, or what a straight cut leaves.</summary>
    private static IEnumerable<Corner[]> Part(Corner[] polygon, Func<Corner, double> function, double tolerance, bool other = false)
    {
        double[] values = [.. polygon.Select(function)];
        // Where nothing is beyond the border on either side, the polygon belongs to the first of the two sides.
        if (values.All(value => value <= tolerance))
            return values.All(value => value >= -tolerance) && !other ? [polygon] : [];
        if (values.All(value => value >= -tolerance))
            return [polygon];
        var corners = new List<Corner>();
        for (int i = 0; i < polygon.Length; i++)
        {
            (Corner here, Corner next) = (polygon[i], polygon[(i + 1) % polygon.Length]);
            (double a, double b) = (values[i], values[(i + 1) % polygon.Length]);
            if (a >= 0.0)
                corners.Add(here);
            if ((a > 0.0 && b < 0.0) || (a < 0.0 && b > 0.0))
            {
                double t = a / (a - b);
                corners.Add(new(here.S + (t * (next.S - here.S)), here.T + (t * (next.T - here.T)), [.. here.Values.Zip(next.Values, (p, q) => p + (t * (q - p)))]));
            }
        }

        return Area(corners) > LeastArea ? [[.. corners]] : [];
    }

    private static double Area(List<Corner> corners)
    {
        double twice = 0.0;
        for (int i = 0; i < corners.Count; i++)
        {
            (Corner a, Corner b) = (corners[i], corners[(i + 1) % corners.Count]);
            twice += (a.S * b.T) - (b.S * a.T);
        }

        return 0.5 * Math.Abs(twice);
    }

    private void Evaluate(Variable variable)
    {
        double[][] values = Values(variable, [.. polygons.SelectMany(polygon => polygon.Select(corner => (corner.S, corner.T)))]);
        int at = 0;
        polygons = [.. polygons.Select(polygon => polygon.Select(corner => corner with { Values = values[at++] }).ToArray())];
    }

    private double[][] Values(Variable variable, (double S, double T)[] places)
    {
        Value found = Function.Compile([place], [variable], null, new ExecutionOptions { Threads = 1 })
            .Run(Value.Of([.. places.SelectMany(p => new[] { (float)p.S, (float)p.T })], places.Length, 2))[0];
        int count = found.Count / places.Length;
        return [.. Enumerable.Range(0, places.Length).Select(i => Enumerable.Range(i * count, count).Select(j => found[j]).ToArray())];
    }

    private void CheckLinear(Variable output)
    {
        Evaluate(output);
        double[][] middles = Values(output, [.. polygons.Select(polygon => (polygon.Average(c => c.S), polygon.Average(c => c.T)))]);
        // What an output reaches anywhere: by that, not by a value near 0, rounding is measured.
        double[] greatest = [.. middles[0].Select((_, i) => polygons.Max(polygon => polygon.Max(corner => Math.Abs(corner.Values[i]))))];
        for (int p = 0; p < polygons.Count; p++)
        {
            for (int i = 0; i < middles[p].Length; i++)
            {
                if (Math.Abs(polygons[p].Average(corner => corner.Values[i]) - middles[p][i]) > 1e-3 * greatest[i])
                {
                    throw new GraphException(
                        "Expected a model of linear layers with rectifiers, absolute values and maxima (maxout, clipping), found one that is not linear between their borders.");
                }
            }
        }
    }
}
