using Toolkit.Samples.BookResults.Experiments;

namespace Toolkit.BookResults.Tests;

/// <summary>Experiments on small pictures of digits, with the effect that each must show.</summary>
public sealed class DigitExperimentTests
{
    /// <summary>B8 and B13: exact counts.</summary>
    [Theory]
    [MemberData(nameof(Reproduced.SourcesOrSkip), "optdigits usps", MemberType = typeof(Reproduced))]
    public void Nearest_neighbours_make_exactly_the_known_errors(string source)
    {
        Dictionary<string, double> found = Reproduced.Run(new NearestNeighbour(), source);
        Assert.Equal(36, found["errors on optdigits"]);
        Assert.Equal(113, found["errors on USPS"]);
    }

    /// <summary>B11: a bag is better than its members, and different seeds alone do little.</summary>
    [Theory]
    [MemberData(nameof(Reproduced.Sources), "optdigits", MemberType = typeof(Reproduced))]
    public void A_bag_gains_more_over_its_members_than_networks_of_other_seeds(string source)
    {
        Dictionary<string, double> found = Reproduced.Run(new SeedEnsemble(), source);
        double bagGain = found["test error % bootstrap member"] - found["test error % bag"], seedGain = found["test error % member on all"] - found["test error % seed ensemble"];
        Assert.InRange(found["test error % bootstrap member"], 7, 9.5);
        Assert.InRange(bagGain, 0.8, 2.2);
        Assert.InRange(seedGain, -0.2, 0.7);
    }

    /// <summary>B14: half of the errors go where small changes do not count; the published rate is 2.5 %.</summary>
    [Theory]
    [MemberData(nameof(Reproduced.Sources), "usps", MemberType = typeof(Reproduced))]
    public void Tangent_distance_halves_the_errors_of_a_nearest_neighbour(string source)
    {
        Dictionary<string, double> found = Reproduced.Run(new TangentDistanceDigits(), source);
        Assert.InRange(found["errors, two-sided"], 50, 58);
        Assert.InRange(found["errors, one-sided"], 65, 75);
        Assert.True(found["errors, Euclidean on smoothed images"] > 90);
    }

    /// <summary>B17, within two standard errors (0.18 points) of an independent program, on all of MNIST.</summary>
    [Theory]
    [MemberData(nameof(Reproduced.Sources), "mnist", MemberType = typeof(Reproduced))]
    public void Radial_basis_functions_of_a_thousand_centres_read_digits(string source)
    {
        Dictionary<string, double> found = Reproduced.Run(new RadialBasisDigits(), source);
        Assert.Equal(3.2, found["test error %, a quarter"], 0.36);
        Assert.Equal(3.5, found["test error %, an eighth"], 0.36);
    }

    /// <summary>B20: with columns of at most 2 every seed is trained by steps with which others fail.</summary>
    [Theory]
    [MemberData(nameof(Reproduced.Sources), "optdigits", MemberType = typeof(Reproduced))]
    public void Max_norm_permits_large_steps(string source)
    {
        Dictionary<string, double> found = Reproduced.Run(new LargeSteps(), source);
        Assert.True(found["test error % columns at most 2, worst seed"] < 4.2);
        Assert.True(found["test error % without, best seed"] > found["test error % columns at most 2, worst seed"]);
        Assert.True(found["test error % without, worst seed"] > 40);
    }

    /// <summary>B21: the monitor of equation 8.10 sees the loss fall with the gradient, and a curvature that stays; that the norm of the gradient rises, as in
    /// figure 8.1, is not so on these data.</summary>
    [Theory]
    [MemberData(nameof(Reproduced.Sources), "optdigits", MemberType = typeof(Reproduced))]
    public void Gradient_and_curvature_are_followed_on_the_way_down(string source)
    {
        Dictionary<string, double> found = Reproduced.Run(new CurvatureMonitor(), source);
        Assert.InRange(found["loss at update 0"], 2.0, 3.2);
        Assert.Equal(0.228, found["loss at update 100"], 0.03);
        Assert.Equal(0.045, found["loss at update 1000"], 0.01);
        Assert.Equal(0.012, found["loss at update 3000"], 0.004);
        double[] norms = [found["‖g‖ at update 0"], found["‖g‖ at update 100"], found["‖g‖ at update 1000"], found["‖g‖ at update 3000"]];
        Assert.Equal(norms.OrderDescending(), norms);
        foreach (int update in new[] { 0, 10, 100, 1000, 3000 })
            Assert.InRange(found[FormattableString.Invariant($"gᵀHg/gᵀg at update {update}")], 2, 20);
    }

    /// <summary>B24: the same error as sampled dropout within a standard error, 0.7 points, and an objective that never rises.</summary>
    [Theory]
    [MemberData(nameof(Reproduced.Sources), "optdigits", MemberType = typeof(Reproduced))]
    public void Fast_dropout_ends_where_sampled_dropout_does_without_its_noise(string source)
    {
        Dictionary<string, double> found = Reproduced.Run(new FastDropoutLogistic(), source);
        Assert.Equal(found["test error % sampled dropout"], found["test error % fast dropout"], 0.7);
        Assert.True(found["test error % without"] < found["test error % sampled dropout"] - 0.7, "Half of 64 inputs is too much to drop: both must show it.");
        Assert.Equal(0, found["steps at which the objective rose, fast"]);
        Assert.True(found["steps at which the objective rose, sampled"] > 50);
    }
}
