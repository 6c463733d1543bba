using Toolkit.Samples.BookResults;
using Toolkit.Samples.BookResults.Experiments;

namespace Toolkit.BookResults.Tests;

/// <summary>Experiments that are quick enough for each build, with the effect that each must show. The others run by hand: <c>docs/book-results.md</c>.</summary>
public sealed class ExperimentTests
{
    /// <summary>B1: a mixture is needed where the answer is not one; no model may beat its exact floor.</summary>
    [Fact]
    public void A_mixture_solves_the_inverse_problem_and_one_gaussian_does_not()
    {
        Dictionary<string, double> found = Reproduced.Run(new InverseProblem());
        Assert.Equal(-1.024, found["mixture of three, nats"], 0.03);
        Assert.Equal(-0.539, found["one Gaussian, nats"], 0.03);
        Assert.Equal(0.03878, found["squared error"], 0.0003);
        Assert.Equal(-1.431, found["forward, one Gaussian, nats"], 0.03);
    }

    /// <summary>B2: a variance of the input is worth at least 0.2 nat here.</summary>
    [Fact]
    public void A_variance_of_the_input_is_learned_and_calibrated()
    {
        Dictionary<string, double> found = Reproduced.Run(new Heteroscedastic());
        Assert.True(found["gain in nats"] >= 0.2);
        Assert.InRange(found["nats, variance of the input"], -0.03, 0.02);
        Assert.InRange(found["nats, one variance"], 0.22, 0.25);
        Assert.InRange(found["90 % interval covers %"], 87, 93);
        Assert.True(found["90 % interval covers % where x < 0.2, one variance"] > 99);
    }

    /// <summary>B3.</summary>
    [Fact]
    public void The_best_stop_is_about_as_good_as_the_best_ridge()
    {
        Dictionary<string, double> found = Reproduced.Run(new EarlyStoppingRidge());
        Assert.Equal(1.031, found["mean ratio stop/ridge"], 0.005);
        Assert.Equal(0.726, found["best ridge"], 0.005);
        Assert.Equal(1.644, found["least squares"], 0.01);
    }

    /// <summary>B4: what these 100 trials give, up to two trials that rounding may turn; an independent program on trials of its own is within four standard errors.</summary>
    [Fact]
    public void Matching_pursuit_finds_sparse_codes_as_often_as_it_should()
    {
        Dictionary<string, double> found = Reproduced.Run(new SparseRecovery());
        Assert.Equal(98, found["exact support %, m = 32, k = 4"], 2.0);
        Assert.Equal(70, found["exact support %, m = 32, k = 8"], 2.0);
        Assert.Equal(15, found["exact support %, m = 32, k = 12"], 2.0);
        Assert.Equal(100, found["exact support %, m = 64, k = 8"], 2.0);
        Assert.Equal(75, found["exact support %, m = 64, k = 16"], 2.0);
        Assert.Equal(52, found["exact support %, m = 64, k = 20"], 2.0);
        Assert.Equal(99, found["exact support %, m = 128, k = 20"], 2.0);
    }

    /// <summary>B5: equation 7.51 promises that a bag is better than its members, by nearly half here.</summary>
    [Fact]
    public void Bagging_nearly_halves_the_error_of_its_members()
    {
        Dictionary<string, double> found = Reproduced.Run(new BaggingFriedman());
        Assert.InRange(found["a member, mean"], 7.5, 11);
        Assert.InRange(found["mean of 25"], 4, 6.2);
        Assert.True(found["gain of the bag over a member %"] >= 40);
        Assert.True(found["gain of the bag over one network %"] >= 25);
        double[] curve = [found["mean of 2"], found["mean of 5"], found["mean of 10"], found["mean of 25"]];
        Assert.Equal(curve.OrderDescending(), curve);
    }

    /// <summary>B6, and the bound of A5.2.</summary>
    [Theory]
    [MemberData(nameof(Reproduced.Sources), "breast-cancer", MemberType = typeof(Reproduced))]
    public void Boosted_stumps_beat_one_stump_and_keep_their_bound(string source)
    {
        Dictionary<string, double> found = Reproduced.Run(new BoostedStumps(), source);
        Assert.InRange(found["test error % of one stump"], 6.5, 9.5);
        Assert.InRange(found["test error % of 10 rounds"], 3.5, 6.5);
        Assert.InRange(found["test error % of 100 rounds"], 3.0, 5.8);
        Assert.Equal(0, found["violations of the bound ∏ 2√(ε(1 − ε))"]);
    }

    /// <summary>B12, on Boston housing: within a standard error over the splits (0.2) of an independent program, and the mean of masks beats one mask.</summary>
    [Theory]
    [MemberData(nameof(Reproduced.Sources), "boston-housing", MemberType = typeof(Reproduced))]
    public void Masks_at_inference_predict_house_prices_and_their_uncertainty(string source)
    {
        Dictionary<string, double> found = Reproduced.Run(new MonteCarloHousing(), source);
        Assert.Equal(3.12, found["rmse, mean of 100 masks"], 0.2);
        Assert.InRange(found["log-likelihood, nats"], -2.62, -2.40);
        Assert.True(found["rmse of one mask"] > found["rmse, mean of 100 masks"] + 0.3);
    }

    /// <summary>B7: at least as good as the same models of ML.NET on the same files, within two of its standard deviations.</summary>
    [Theory]
    [MemberData(nameof(Reproduced.Sources), "breast-cancer iris boston-housing", MemberType = typeof(Reproduced))]
    public void Small_tables_are_learned_as_well_as_by_their_reference(string source)
    {
        Dictionary<string, double> found = Reproduced.Run(new SmallTables(), source);
        Assert.True(found["accuracy % on breast cancer"] >= 96.62 - 0.54);
        Assert.True(found["area under the curve on breast cancer"] >= 0.9957 - 0.0032);
        Assert.True(found["accuracy % on iris"] >= 97.4 - 2.4);
        Assert.True(found["rmse on houses"] <= 4.58);
    }

    /// <summary>B18: the best penalty lies inside.</summary>
    [Fact]
    public void Tying_helps_most_at_a_finite_strength()
    {
        Dictionary<string, double> found = Reproduced.Run(new WeightTying());
        double[] risks = [.. found.Values];
        Assert.Equal(7.74, risks[0], 0.1);
        Assert.True(risks[4] < risks[2] && risks[2] < risks[0]);
        Assert.True(risks[4] < risks[5], $"tied at 10: {risks[4]}, pooled: {risks[5]}");
    }

    /// <summary>B23.</summary>
    [Fact]
    public void A_shared_trunk_is_better_than_four_nets()
    {
        Dictionary<string, double> found = Reproduced.Run(new SharedTrunk());
        Assert.True(found["gain %"] >= 40);
        Assert.True(found["seeds on which the shared trunk is better"] >= 5);
    }

    [Fact]
    public void Every_experiment_has_a_name_of_its_own_and_says_what_it_does()
    {
        Assert.Equal(Catalog.All.Count, Catalog.All.Select(e => e.Name).Distinct().Count());
        Assert.All(Catalog.All, e => Assert.True(e.Source.Length > 20 && e.Settings.Length > 20 && e.Epochs > 0));
    }
}
