using CsCheck;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Constraints;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Distances;
using Toolkit.Modeling.Encoders;
using Toolkit.Modeling.Linear;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Training;

namespace Toolkit.Modeling.Tests;

/// <summary>Units are a matter of taste: numbers multiplied by a power of two, which rounds nothing, give the same results in the new units.</summary>
public sealed class ScaleTests
{
    private static readonly Gen<int> Exponents = Gen.Int[-60, 60];
    // Without the tiny numbers that would fall out of the range.
    private static readonly Gen<float> Numbers = Gen.Int[-3000, 3000].Select(i => i / 1000f);
    private static readonly Gen<double> Double = Gen.Int[-3000, 3000].Select(i => (i + 0.5) / 1000);
    private static readonly Gen<double[]> Twelve = Double.Array[12];

    [Fact]
    public void Scaled_features_have_no_units() => Gen.Select(Numbers.Array[12], Exponents).Sample((x, e) =>
    {
        float[] expected = Scaled(x), found = Scaled([.. x.Select(v => MathF.ScaleB(v, e))]);
        Assert.Equal(expected, found);
    });

    [Fact]
    public void Tiny_features_are_brought_to_variance_1()
    {
        float[] x = [1e-38f, 3e-38f, 2e-38f, 6e-38f];
        float[] scaled = Scaled(x, 1);
        Assert.Equal(0.0, scaled.Average(v => (double)v), 1e-5);
        Assert.Equal(1.0, scaled.Average(v => (double)v * v), 1e-5);
    }

    [Fact]
    public void A_feature_that_scaling_makes_infinite_is_named()
    {
        FeatureScaling scaling = FeatureScaling.Fit(Data([1f, 0, 1, 1e-30f], 2));
        var error = Assert.Throws<DataException>(() => scaling.Apply(Data([1f, 0, 1, 1e10f], 2)));
        Assert.Contains("Feature 1E+10 in row 1, column 1", error.Message);
        FeatureScaling wide = FeatureScaling.Fit(Data([-3e38f, -3e38f], 1));
        Assert.Contains("Feature 3E+38 in row 0, column 0", Assert.Throws<DataException>(() => wide.Apply(Data([3e38f, 1], 1))).Message);
    }

    [Theory]
    [InlineData(1e20)]
    [InlineData(1e-25)]
    [InlineData(1e38)]
    public void Long_gradients_are_shortened_to_the_limit_whatever_their_size(double size)
    {
        var parameter = new Parameter("w", Value.Of([0f, 0f], 2));
        double limit = size == 1e-25 ? 1e-26 : 1.0;
        Variable gradient = Variable.Of(Value.Of([(float)(3 * size / 4), (float)size], 2));
        Update update = new ClipByNorm(limit, new Sgd { LearningRate = 1.0 }).Updates([new ParameterGradient(parameter, gradient)], new OptimizerState())[0];
        double[] step = Run.Numbers(update.NewValue);
        Assert.Equal(-0.6, step[0] / limit, 1e-6);
        Assert.Equal(-0.8, step[1] / limit, 1e-6);
    }

    [Fact]
    public void Clipping_takes_all_gradients_together()
    {
        Parameter[] w = [new("a", Value.Of([0.0], 1)), new("b", Value.Of([0.0, 0.0], 2)), new("c", Value.Of([0.0], 1))];
        double[][] gradients = [[2], [-3, 6], [0]];
        ParameterGradient[] given = [.. w.Select((p, i) => new ParameterGradient(p, Variable.Of(Value.Of(gradients[i], gradients[i].Length))))];
        foreach ((double limit, double factor) in ((double, double)[])[(3.5, 0.5), (7.0, 1.0), (8.0, 1.0)])
        {
            IReadOnlyList<Update> updates = new ClipByNorm(limit, new Sgd { LearningRate = 1.0 }).Updates(given, new OptimizerState());
            for (int i = 0; i < w.Length; i++)
                Run.Close([.. gradients[i].Select(g => -factor * g)], Run.Numbers(updates[i].NewValue), 1e-14);
        }
    }

    [Theory]
    [InlineData("l1")]
    [InlineData("l2")]
    [InlineData("row")]
    [InlineData("column")]
    public void Projections_onto_balls_have_no_units(string kind) => Gen.Select(Numbers.Array[6], Exponents).Sample((x, e) =>
    {
        float[] expected = Project(kind, 1.0, x), found = Project(kind, Math.ScaleB(1.0, e), [.. x.Select(v => MathF.ScaleB(v, e))]);
        Assert.Equal(expected.Select(v => MathF.ScaleB(v, e)), found);
    });

    [Theory]
    [InlineData("l1", new[] { 0f, 0f, 0f, 0f, 0f, 1f })]
    [InlineData("l2", new[] { 0.36f, 0f, 0f, 0.48f, 0f, 0.8f })]
    [InlineData("row", new[] { 1f, 0f, 0f, 0.5144958f, 0f, 0.8574929f })]
    [InlineData("column", new[] { 0.6f, 0f, 0f, 0.8f, 0f, 1f })]
    public void Great_weights_are_brought_to_the_ball_and_not_to_0(string kind, float[] expected)
    {
        float[] found = Project(kind, 1.0, [0.9e38f, 0, 0, 1.2e38f, 0, 2e38f]);
        Run.Close([.. expected.Select(v => (double)v)], [.. found.Select(v => (double)v)], 1e-6);
    }

    [Fact]
    public void Singular_values_ridge_and_least_squares_have_no_units() => Gen.Select(Twelve, Double.Array[4], Gen.Int[-450, 450], Gen.Int[-60, 60]).Sample((x, y, e, f) =>
    {
        LinearLeastSquares plain = new(x, 3), other = new(Shifted(x, e), 3);
        double[] expected = plain.PseudoInverse(y), found = other.PseudoInverse(Shifted(y, f));
        Run.Close(expected, Shifted(found, e - f), 1e-12 * (1.0 + expected.Max(Math.Abs)));
        Assert.Equal(Shifted([.. plain.SingularValues], e), other.SingularValues);
        Assert.Equal(plain.DegreesOfFreedom(0.5), other.DegreesOfFreedom(Math.ScaleB(0.5, 2 * e)), 1e-12);
        if (Math.Abs(e) < 200)
        {
            double[] ridge = plain.Ridge(y, 0.5);
            Run.Close(ridge, Shifted(other.Ridge(y, Math.ScaleB(0.5, 2 * e)), e), 1e-12 * (1.0 + ridge.Max(Math.Abs)));
        }
    });

    [Fact]
    public void Tangent_distances_are_measured_in_the_units_of_the_examples() => Gen.Select(Twelve, Twelve, Twelve, Gen.Int[-400, 400], Gen.Int[-400, 400]).Sample((x, y, t, e, f) =>
    {
        var distance = new TangentDistance { Ridge = 0.1 };
        double expected = distance.OneSided(x, y, [t]), found = distance.OneSided(Shifted(x, e), Shifted(y, e), [Shifted(t, f)]);
        Assert.Equal(expected, Math.ScaleB(found, -e), 1e-12 * expected);
        double[] difference = [.. x.Zip(y, (a, b) => a - b)];
        double along = difference.Zip(t, (a, b) => a * b).Sum() / (1.1 * t.Sum(v => v * v));
        Assert.Equal(Math.Sqrt(difference.Zip(t, (a, b) => (a - (along * b)) * (a - (along * b))).Sum()), expected, 1e-10);
        Assert.Equal(distance.OneSided(x, y, []), Math.ScaleB(distance.OneSided(Shifted(x, e), Shifted(y, e), []), -e), 1e-12);
    });

    [Fact]
    public void Sparse_codes_have_the_units_of_what_they_encode() => Gen.Select(Twelve, Double.Array[3], Exponents).Sample(
        (atoms, x, e) =>
        {
            double[] expected = new SparseCoding(0.5).Encode(atoms, x), found = new SparseCoding(Math.ScaleB(0.5, e)).Encode(atoms, Shifted(x, e));
            Assert.Equal(Shifted(expected, e), found);
            Assert.Equal(
                Shifted(new OrthogonalMatchingPursuit(Unit(atoms), 3).Encode(x, 2), e), new OrthogonalMatchingPursuit(Unit(atoms), 3).Encode(Shifted(x, e), 2));
        },
        iter: 20);

    [Fact]
    public void Principal_components_have_no_units() => Gen.Select(Numbers.Array[12], Exponents).Sample(
        (x, e) =>
        {
            PrincipalComponents plain = PrincipalComponents.Fit(Data(x, 3), 2, whiten: true);
            PrincipalComponents other = PrincipalComponents.Fit(Data([.. x.Select(v => MathF.ScaleB(v, e))], 3), 2, whiten: true);
            Run.Close([.. plain.Variances], Shifted([.. other.Variances], -2 * e), 1e-9 * plain.TotalVariance);
            Assert.Equal(plain.ExplainedShare, other.ExplainedShare, 1e-9);
        },
        iter: 10);

    [Fact]
    public void Whitening_of_data_that_do_not_vary_gives_zeros()
    {
        Dataset data = Data([1f, 2, 1, 2, 1, 2], 2);
        Assert.All(PrincipalComponents.Fit(data, 2, whiten: true).Apply(data).Features.ToArray(), value => Assert.Equal(0f, value));
    }

    [Fact]
    public void A_pool_of_tiny_values_is_their_weighted_mean()
    {
        var pool = new StochasticPool2D(2, new RandomSource(1));
        foreach (float size in (float[])[1f, 1e-34f, 1e15f])
        {
            Variable x = Variable.Of(Value.Of([size, 3 * size, 0, 0], 1, 1, 2, 2));
            Assert.Equal(2.5, Run.Number(pool.Forward(x, new ForwardContext(Mode.Inference))) / size, 1e-5);
        }
    }

    [Fact]
    public void Weights_of_positions_count_by_their_ratios()
    {
        Variable prediction = Variable.Of(Value.Of([1.0, 5.0], 1, 2));
        foreach (double size in (double[])[1.0, 1e-16, 1e16])
        {
            Variable target = Variable.Of(Value.Of([0.0, 0.0], 1, 2));
            var loss = new SequenceLoss(new MeanSquaredError()) { Weights = [1.0 * size, 3.0 * size] };
            Assert.Equal(((1.0 * 1.0) + (3.0 * 25.0)) / 4.0, Run.Number(loss.PerExample(prediction, target)), 1e-9);
        }
    }

    private static float[] Scaled(float[] x, int columns = 3)
    {
        Dataset data = Data(x, columns);
        return FeatureScaling.Fit(data).Apply(data).Features.ToArray();
    }

    private static Dataset Data(float[] x, int columns) => Dataset.FromTargets(x, [columns], new float[x.Length / columns], []);

    private static float[] Project(string kind, double limit, float[] x)
    {
        Constraint constraint = kind switch
        {
            "l1" => new L1Ball(limit),
            "l2" => new L2Ball(limit),
            "row" => new MaxRowNorm(limit),
            _ => new MaxColumnNorm(limit),
        };
        var parameter = new Parameter("w", Value.Of(x, 2, 3));
        return [.. Run.Numbers(constraint.Project(parameter, parameter)).Select(v => (float)v)];
    }

    private static double[] Shifted(IReadOnlyList<double> x, int exponent) => [.. x.Select(v => Math.ScaleB(v, exponent))];

    private static double[] Unit(double[] atoms) =>
        [.. atoms.Chunk(3).SelectMany(atom => atom.Select(v => v / Math.Sqrt(atom.Sum(w => w * w))))];
}
