using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Distributions;
using Toolkit.Modeling.Modules;

namespace Toolkit.Modeling.Tests.Identities;

/// <summary>Where weight scaling is exact besides softmax regression, and expectations over noise that have closed forms.</summary>
public sealed class DropoutIdentityTests
{
    private const int Inputs = 4, Hidden = 3;
    private static readonly double[] V = [0.9, -0.4, 1.3, 0.6];
    private static readonly double[] W = [.. Enumerable.Range(0, Inputs * Hidden).Select(i => Math.Sin(1.7 * i))];
    private static readonly double[] U = [.. Enumerable.Range(0, Hidden * 3).Select(i => Math.Cos(2.3 * i))];

    /// <summary>A5.3: for conditionally normal outputs the geometric mean over all masks, renormalized, is the density of the scaled weights: their
    /// logarithms differ by a constant.</summary>
    [Theory]
    [InlineData(0.5)]
    [InlineData(0.8)]
    public void Weight_scaling_is_the_geometric_mean_of_normal_outputs(double keep)
    {
        double[] w = W[..Inputs], grid = [-2, -0.7, 0, 0.4, 1.9];
        double LogDensity(double mean, double y) =>
            -Run.Number(new Gaussian(Wide([mean], 1, 1), Wide([0.6], 1, 1)).NegativeLogLikelihood(Wide([y], 1, 1)));
        double[] differences = [.. grid.Select(y =>
            Masks(Inputs, keep).Sum(m => m.Probability * LogDensity(Output(m.On), y)) - LogDensity(Output(_ => keep), y))];
        Assert.All(differences, d => Assert.Equal(differences[0], d, 1e-13));
        Assert.True(differences[0] < -0.05, "The masks must matter.");

        double Output(Func<int, double> on) => Enumerable.Range(0, Inputs).Sum(i => on(i) * w[i] * V[i]) + 0.3;
    }

    /// <summary>A5.3: a deep net without nonlinearities, with masks on inputs and hidden units, before a softmax.</summary>
    [Fact]
    public void Weight_scaling_is_exact_for_a_deep_linear_net()
    {
        const double Keep = 0.8, KeepHidden = 0.5;
        double[] mean = new double[3];
        foreach ((Func<int, double> on, double p) in Masks(Inputs, Keep))
        {
            foreach ((Func<int, double> hidden, double q) in Masks(Hidden, KeepHidden))
            {
                double[] log = Run.Numbers(Net(on, hidden).LogSoftmax());
                for (int c = 0; c < 3; c++)
                    mean[c] += p * q * log[c];
            }
        }

        double total = mean.Sum(Math.Exp);
        Run.Close(Run.Numbers(Net(_ => Keep, _ => KeepHidden).Softmax()), [.. mean.Select(m => Math.Exp(m) / total)], 1e-14);

        static Variable Net(Func<int, double> on, Func<int, double> hidden)
        {
            Variable x = Wide([.. V.Select((v, i) => on(i) * v)], 1, Inputs);
            Variable h = x.MatMul(Wide(W, Inputs, Hidden)) * Wide([.. Enumerable.Range(0, Hidden).Select(hidden)], 1, Hidden);
            return h.MatMul(Wide(U, Hidden, 3));
        }
    }

    /// <summary>A5.7: E max(0, s) for s ~ N(μ, σ²) to 1e-10. The integral begins where the rectifier bends, so that the midpoint rule has a smooth function
    /// but for the edge, whose error falls with the square of the step.</summary>
    [Theory]
    [InlineData(0.7, 1.3)]
    [InlineData(-1.5, 0.4)]
    [InlineData(-2.0, 0.7)]
    [InlineData(5.0, 0.1)]
    public void The_mean_of_a_rectified_gaussian_is_exact(double mu, double sigma)
    {
        const int Cells = 200_000;
        double from = Math.Max(-mu / sigma, -12), step = (12 - from) / Cells;
        // Simpson's rule: the integrand is smooth between the bend and the far tail.
        double At(int i) => (mu + (sigma * (from + (i * step)))) * Math.Exp(-0.5 * Math.Pow(from + (i * step), 2));
        double sum = At(0) + At(Cells) + Enumerable.Range(1, Cells - 1).Sum(i => (i % 2 == 1 ? 4 : 2) * At(i));
        double found = Run.Number(FastDropout.MeanOfRectifier(Wide([mu], 1), Wide([sigma], 1)));
        Assert.Equal(sum * step / 3 / Math.Sqrt(2 * Math.PI), found, 1e-10);
    }

    /// <summary>The masks that <see cref="Dropout"/> draws, times the keeping probability, by which it divides what it keeps; among many draws each occurs.</summary>
    private static IEnumerable<(Func<int, double> On, double Probability)> Masks(int units, double keep)
    {
        const int Draws = 10_000;
        var layer = new Dropout(1 - keep, new RandomSource(9));
        double[] drawn = Run.Numbers(keep * layer.Forward(Variable.Of(Value.Full(1.0, DType.Float64, Draws, units)), new ForwardContext(Mode.Training)));
        double[][] masks = [.. drawn.Chunk(units).GroupBy(mask => string.Join(' ', mask.Select(v => v > 0 ? 1 : 0))).Select(group => group.First())];
        Assert.Equal(1 << units, masks.Length);
        return masks.Select(mask => ((Func<int, double>)(i => mask[i]), mask.Aggregate(1.0, (p, on) => p * (on > 0 ? keep : 1 - keep))));
    }

    private static Variable Wide(double[] content, params int[] sizes) => Variable.Of(Value.Of(content, sizes));
}
