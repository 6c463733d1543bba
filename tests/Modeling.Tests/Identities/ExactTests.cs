using Toolkit.Autograd.Gradients;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Diagnostics;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Modules;

namespace Toolkit.Modeling.Tests.Identities;

/// <summary>Identities of the book that hold to rounding, in float64.</summary>
public sealed class ExactTests
{
    /// <summary>A1.1: softmax(z + c) = softmax(z), the Jacobian is diag(q) − qq', its rows sum to 0.</summary>
    [Fact]
    public void Softmax_ignores_a_shift_and_has_the_jacobian_of_its_formula()
    {
        double[] logits = [0.3, -1.2, 2.0];
        Variable z = Wide(logits, 1, 3);
        double[] q = Run.Numbers(z.Softmax());
        foreach (double shift in new[] { 7.0, -1e4, 1e4 })
            Run.Close(q, Run.Numbers((z + shift).Softmax()), 1e-11);
        for (int i = 0; i < 3; i++)
        {
            double[] row = Run.Numbers(Gradient.Of(z.Softmax().Slice(1, i, i + 1).Sum(), z));
            Run.Close([.. q.Select((p, j) => (i == j ? p : 0) - (q[i] * p))], row, 1e-15);
            Assert.Equal(0.0, row.Sum(), 1e-15);
        }

        Assert.All(Run.Numbers(Wide([1e4, -1e4, 0], 1, 3).Softmax()), p => Assert.True(double.IsFinite(p)));
    }

    /// <summary>A1.9: at 20 logits in the wrong direction squared error on softmax has no gradient left, cross-entropy nearly all of it.</summary>
    [Fact]
    public void Squared_error_on_softmax_saturates_where_cross_entropy_does_not()
    {
        Variable z = Wide([0, 20], 1, 2);
        double squared = Run.Numbers(Gradient.Of(new MeanSquaredError().Mean(z.Softmax(), Wide([1, 0], 1, 2)), z)).Max(Math.Abs);
        double cross = Run.Numbers(Gradient.Of(new SoftmaxCrossEntropy().Mean(z, Run.Labels(0)), z)).Max(Math.Abs);
        Assert.True(squared <= 1e-8 && cross > 1 - 1e-8, $"squared error {squared}, cross-entropy {cross}");
    }

    /// <summary>A2.3, equation 6.56: the gradients of an MLP with weight decay by hand.</summary>
    [Fact]
    public void The_gradients_of_an_mlp_with_decay_are_those_of_section_6_5_7()
    {
        double[] x = [0.5, -1.2, 0.8, 0.3], w1 = [0.4, -0.3, 0.8, 0.2, 0.9, -0.5], w2 = [0.7, -1.1, 0.3, 0.5, -0.2, 0.6];
        const double Lambda = 0.1;
        Variable a = Wide(x, 2, 2), v1 = Wide(w1, 2, 3), v2 = Wide(w2, 3, 2);
        Variable hidden = a.MatMul(v1).Relu();
        Variable u = hidden.MatMul(v2);
        Variable loss = new SoftmaxCrossEntropy().PerExample(u, Run.Labels(0, 1)).Sum() + (Lambda * (v1.Square().Sum() + v2.Square().Sum()));
        Variable g = u.Softmax() - Wide([1, 0, 0, 1], 2, 2);
        Variable through = g.MatMul(v2.Transpose()) * Ops.Greater(a.MatMul(v1), 0.0).Cast(DType.Float64);
        IReadOnlyList<Variable> found = Gradient.Of(loss, [v1, v2]);
        Run.Close(Run.Numbers(a.Transpose().MatMul(through) + (2 * Lambda * v1)), Run.Numbers(found[0]), 1e-14);
        Run.Close(Run.Numbers(hidden.Transpose().MatMul(g) + (2 * Lambda * v2)), Run.Numbers(found[1]), 1e-14);
    }

    /// <summary>A2.8: tied parameters get the sum of the gradients; a convolution equals the layer with the Toeplitz matrix.</summary>
    [Fact]
    public void A_convolution_is_a_dense_layer_with_tied_weights()
    {
        double[] signal = [1, -2, 0.5, 3, -1], kernel = [0.3, -0.7, 1.1];
        Variable x = Wide(signal, 1, 5), k = Wide(kernel, 3);
        var matrix = new double[15];
        for (int i = 0; i < 3; i++)
        {
            for (int j = 0; j < 3; j++)
                matrix[((i + j) * 3) + i] = kernel[j];
        }

        Variable toeplitz = Wide(matrix, 5, 3);
        Variable dense = x.MatMul(toeplitz).Tanh();
        Variable convolved = x.Reshape([1, 1, 1, 5]).Conv(k.Reshape([1, 1, 1, 3])).Reshape([1, 3]).Tanh();
        Run.Close(Run.Numbers(dense), Run.Numbers(convolved), 1e-15);
        // The layer, with a square window of which the middle row alone counts.
        var layer = new Conv2D(1, 1, 3, new RandomSource(1)) { Padding = Padding.Same, Activation = Ops.Tanh };
        layer.Weight.Value = Value.Of([0f, 0, 0, .. kernel.Select(v => (float)v), 0, 0, 0], 1, 1, 3, 3);
        Run.Close(Run.Numbers(dense), Run.Numbers(Run.Forward(layer, Mode.Inference, [.. signal.Select(v => (float)v)], 1, 1, 1, 5))[1..4], 1e-6);
        double[] untied = Run.Numbers(Gradient.Of(dense.Sum(), toeplitz));
        double[] tied = [.. Enumerable.Range(0, 3).Select(j => Enumerable.Range(0, 3).Sum(i => untied[((i + j) * 3) + i]))];
        Run.Close(tied, Run.Numbers(Gradient.Of(convolved.Sum(), k)), 1e-14);
        Run.Close(Run.Numbers(Gradient.Of(dense.Sum(), x)), Run.Numbers(Gradient.Of(convolved.Sum(), x)), 1e-14);
    }

    /// <summary>A2.9: folding doubles the linear pieces with each layer (figure 6.5).</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public void Depth_folds_the_interval_into_two_to_the_depth_pieces(int depth)
    {
        int points = (1 << (depth + 3)) + 1;
        Variable y = Wide([.. Enumerable.Range(0, points).Select(i => i / (points - 1.0))], points);
        for (int layer = 0; layer < depth; layer++)
            y = (2.0 * y.Relu()) - (4.0 * (y - 0.5).Relu());
        double[] values = Run.Numbers(y);
        int pieces = 1;
        for (int i = 1; i < points - 1; i++)
            pieces += Math.Abs(values[i + 1] - (2 * values[i]) + values[i - 1]) > 1e-9 ? 1 : 0;
        Assert.Equal(1 << depth, pieces);
    }

    /// <summary>Equation 6.43 on a line (d = 1): one maxout unit of k pieces has k linear pieces, and l layers of units of two pieces that fold the line have
    /// 2^l.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(6)]
    public void Maxout_layers_have_as_many_pieces_as_equation_6_43_allows(int layers)
    {
        Maxout Unit(float[] slopes, float[] offsets)
        {
            var unit = new Maxout(1, 1, slopes.Length, new RandomSource(1));
            unit.Weight.Value = Value.Of(slopes, 1, slopes.Length);
            unit.Bias.Value = Value.Of(offsets, slopes.Length);
            return unit;
        }

        int k = layers + 1;
        float[] centres = [.. Enumerable.Range(0, k).Select(i => -1 + (((2 * i) + 1f) / k))];
        Assert.Equal(k, LinearRegions.AlongLine(new Sequential(Unit([.. centres.Select(c => 2 * c)], [.. centres.Select(c => -c * c)])), [-1], [1]));
        // 2|x| − 1 maps [−1, 1] onto itself, twice.
        Module[] folds = [.. Enumerable.Range(0, layers).Select(_ => Unit([2, -2], [-1, -1]))];
        Assert.Equal(1 << layers, LinearRegions.AlongLine(new Sequential(folds), [-1], [1]));
    }

    /// <summary>A2.9: n lines in general position cut the plane into 1 + n + n(n − 1)/2 regions; a layer of n rectifiers shows as many patterns.</summary>
    [Theory]
    [InlineData(5, 16)]
    [InlineData(10, 56)]
    public void A_layer_of_rectifiers_has_as_many_patterns_as_lines_have_regions(int units, int regions)
    {
        // Tangents of the unit circle cross each other pairwise, no three in a point.
        double[] angles = [.. Enumerable.Range(0, units).Select(i => (2.399963 * i) + 0.1)];
        double[] w = [.. angles.Select(Math.Cos), .. angles.Select(Math.Sin)];
        double[] offsets = [.. Enumerable.Range(0, units).Select(i => -1 - (0.05 * i))];
        var points = new List<double>();
        // A cell of the arrangement touches a crossing of two lines: a small ring around each, and one far away, meet every region.
        for (int i = 0; i < units; i++)
        {
            for (int j = 0; j < i; j++)
            {
                double det = (w[i] * w[units + j]) - (w[j] * w[units + i]);
                double x = ((-offsets[i] * w[units + j]) + (offsets[j] * w[units + i])) / det, y = ((-w[i] * offsets[j]) + (w[j] * offsets[i])) / det;
                for (int ring = 0; ring < 64; ring++)
                    points.AddRange([x + (1e-5 * Math.Cos(ring * 0.0981)), y + (1e-5 * Math.Sin(ring * 0.0981))]);
            }
        }

        double[] active = Run.Numbers(Ops.Greater(Wide([.. points], points.Count / 2, 2).MatMul(Wide(w, 2, units)) + Wide(offsets, units), 0.0).Cast(DType.Float64));
        Assert.Equal(regions, active.Chunk(units).Select(row => string.Concat(row)).Distinct().Count());
    }

    private static Variable Wide(double[] content, params int[] sizes) => Variable.Of(Value.Of(content, sizes));
}
