using CsCheck;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Constraints;

namespace Toolkit.Modeling.Tests.Constraints;

/// <summary>Projections onto balls.</summary>
public sealed class BallTests
{
    private static readonly Gen<double[]> Points = Gen.Double[-3, 3].Array[6];

    public static TheoryData<string> Kinds => ["l1", "l2", "row", "column"];

    /// <summary>The rounds are turns of a loop: the graph is the same for few weights and many.</summary>
    [Fact]
    public void The_graph_of_a_projection_does_not_grow_with_the_weights()
    {
        Assert.Equal(Nodes(2), Nodes(300));

        static int Nodes(int rows)
        {
            var parameter = new Parameter("w", Value.Zeros(DType.Float32, rows, 3), ParameterRole.Weight);
            var seen = new HashSet<object>(ReferenceEqualityComparer.Instance);
            var pending = new Stack<Variable>([new L1Ball(1).Project(parameter, parameter)]);
            while (pending.TryPop(out Variable? variable))
            {
                if (variable.Producer is not { } node || !seen.Add(node))
                    continue;
                foreach (Variable input in node.Inputs)
                    pending.Push(input);
            }

            return seen.Count;
        }
    }

    /// <summary>A3.9: projections are idempotent, bring nothing farther apart, and leave the inside alone.</summary>
    [Theory]
    [MemberData(nameof(Kinds))]
    public void Projections_are_idempotent_and_non_expansive(string kind) => Gen.Select(Points, Points).Sample(
        (a, b) =>
        {
            double[] pa = Project(Make(kind, 1.5), a), pb = Project(Make(kind, 1.5), b);
            Run.Close(pa, Project(Make(kind, 1.5), pa), 1e-14);
            Assert.True(Distance(pa, pb) <= Distance(a, b) + 1e-12);
            double[] inside = [.. a.Select(x => x / 20)];
            Assert.Equal(inside, Project(Make(kind, 1.5), inside));
        },
        iter: 20);

    /// <summary>A3.9 for the L1 ball.</summary>
    [Fact]
    public void The_l1_ball_is_reached_by_soft_thresholding() => Points.Where(p => p.Sum(Math.Abs) > 2).Sample(
        w =>
        {
            double[] found = Project(new L1Ball(2), w);
            Assert.Equal(2.0, found.Sum(Math.Abs), 1e-12);
            int kept = Array.FindIndex(found, x => x != 0.0);
            double threshold = Math.Abs(w[kept]) - Math.Abs(found[kept]);
            Run.Close([.. w.Select(x => Math.Sign(x) * Math.Max(Math.Abs(x) - threshold, 0))], found, 1e-12);
        },
        iter: 50);

    /// <summary>Weights for which the set of those that stay shrinks slowly, round by round: against the threshold by sorting.</summary>
    [Theory]
    [InlineData(0.5)]
    [InlineData(0.1)]
    [InlineData(0.9)]
    [InlineData(1e-3)]
    public void The_l1_ball_is_reached_exactly_by_weights_at_all_distances(double ratio)
    {
        foreach (double size in new[] { 1.0, 1e-30, 1e30 })
        {
            foreach (double limit in new[] { 1e-12, 1e-3, 0.5, 3.0 })
            {
                foreach (bool near in new[] { true, false })
                {
                    double[] w = [.. Enumerable.Range(0, 300).Select(i => (i % 2 == 0 ? size : -size) * (near ? 1 - (0.9 * Math.Pow(ratio, i)) : Math.Pow(ratio, i)))];
                    var parameter = new Parameter("w", Value.Of(w, 20, 15));
                    double[] found = Run.Numbers(new L1Ball(limit * size).Project(parameter, parameter));
                    double[] expected = BySorting(w, limit * size);
                    Run.Close([.. expected.Select(x => x / size)], [.. found.Select(x => x / size)], 1e-14);
                    Assert.Equal(Math.Min(limit, w.Sum(Math.Abs) / size), found.Sum(Math.Abs) / size, Math.Max(1e-12 * limit, 1e-13));
                }
            }
        }
    }

    private static double[] BySorting(double[] w, double limit)
    {
        if (w.Sum(Math.Abs) <= limit)
            return w;
        double sum = 0, threshold = 0;
        int count = 0;
        foreach (double x in w.Select(Math.Abs).OrderDescending())
        {
            sum += x;
            count++;
            if (x > (sum - limit) / count)
                threshold = (sum - limit) / count;
        }

        return [.. w.Select(x => Math.Sign(x) * Math.Max(Math.Abs(x) - threshold, 0))];
    }

    /// <summary>A3.9: the axis.</summary>
    [Fact]
    public void Only_the_long_column_or_row_changes()
    {
        double[] w = [3, 0.1, 0.1, 0.2, 0.3, 0.1];
        double[] byColumn = Project(new MaxColumnNorm(1), w), byRow = Project(new MaxRowNorm(1), w);
        Assert.Equal([0.1, 0.1, 0.3, 0.1], new[] { byColumn[1], byColumn[2], byColumn[4], byColumn[5] });
        Assert.Equal(1.0, Math.Sqrt((byColumn[0] * byColumn[0]) + (byColumn[3] * byColumn[3])), 1e-14);
        Assert.Equal(w[3..], byRow[3..]);
        Assert.Throws<ArgumentOutOfRangeException>(() => Project(new L1Ball(0), w));
        Assert.Throws<ArgumentOutOfRangeException>(() => Project(new L2Ball(-1), w));
        Assert.Throws<ArgumentOutOfRangeException>(() => Project(new MaxColumnNorm(0), w));
    }

    private static Constraint Make(string kind, double limit) => kind switch
    {
        "l1" => new L1Ball(limit),
        "l2" => new L2Ball(limit),
        "row" => new MaxRowNorm(limit),
        _ => new MaxColumnNorm(limit),
    };

    private static double[] Project(Constraint constraint, double[] w)
    {
        var parameter = new Parameter("w", Value.Of(w, 2, 3));
        return Run.Numbers(constraint.Project(parameter, parameter));
    }

    private static double Distance(double[] a, double[] b) => Math.Sqrt(a.Zip(b, (x, y) => (x - y) * (x - y)).Sum());
}
