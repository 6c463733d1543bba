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
        Assert.Equal(-1.023, found["mixture of three, nats"], 0.03);
        Assert.Equal(-0.530, found["one Gaussian, nats"], 0.03);
        Assert.Equal(0.03895, found["squared error"], 0.0003);
        Assert.Equal(-1.431, found["forward, one Gaussian, nats"], 0.03);
    }

    /// <summary>B2: a variance of the input is worth at least 0.2 nat here.</summary>
    [Fact]
    public void A_variance_of_the_input_is_learned_and_calibrated() => Reproduced.Holds(
        Reproduced.Run(new Heteroscedastic()),
        ("nats, variance of the input", -0.0134, 0.005),
        ("nats, one variance", 0.2339, 0.005),
        ("gain in nats", 0.247, 0.007),
        ("90 % interval covers %", 88.6, 0.7),
        ("90 % interval covers % where x < 0.2, one variance", 99.98, 0.1));

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

    /// <summary>B5: equation 7.51 promises that a bag is better than its members, by nearly half here; and better than one network that nothing weakens.</summary>
    [Fact]
    public void Bagging_nearly_halves_the_error_of_its_members()
    {
        Dictionary<string, double> found = Reproduced.Run(new BaggingFriedman());
        Reproduced.Holds(
            found,
            ("a member, mean", 9.14, 0.15),
            ("mean of 2", 6.93, 0.15),
            ("mean of 5", 5.59, 0.15),
            ("mean of 10", 5.38, 0.15),
            ("mean of 25", 5.10, 0.15),
            ("gain of the bag over a member %", 44, 2),
            ("gain of the bag over one network %", 37, 3),

            // Three networks alone: the rounding of a slope has moved their mean from 3.25 to 3.01, and that of the bag not at all.
            ("one network on all examples, inputs as they are", 3.13, 0.3),
            ("a member, mean, inputs as they are", 5.49, 0.2),
            ("mean of 25, inputs as they are", 2.80, 0.15));

        // Where the single network is at its best, a bag is still better, by less.
        Reproduced.Below(found, "mean of 25, inputs as they are", found["one network on all examples, inputs as they are"]);
        Reproduced.Below(found, "gain of the bag over one network %, inputs as they are", found["gain of the bag over one network %"]);
    }

    /// <summary>B6, and the bound of A5.2; the made grades need many stumps together: they come near a threshold on all grades, which one stump does not.</summary>
    [Theory]
    [MemberData(nameof(Reproduced.Sources), "breast-cancer", MemberType = typeof(Reproduced))]
    public void Boosted_stumps_beat_one_stump_and_keep_their_bound(string source)
    {
        Dictionary<string, double> found = Reproduced.Run(new BoostedStumps(), source);
        Assert.Equal(0, found["violations of the bound ∏ 2√(ε(1 − ε))"]);
        if (source == Reproduced.Made)
        {
            double[][] rows = Baselines.Rows("breast-cancer");
            double stump = Enumerable.Range(1, 9).Min(column => Baselines.Threshold(rows, row => row[column])), all = Baselines.Threshold(rows, row => row[1..].Sum());
            Assert.Equal(stump, found["test error % of one stump"], 2.5);
            Reproduced.Below(found, "test error % of 10 rounds", 0.7 * stump);
            Reproduced.Below(found, "test error % of 100 rounds", found["test error % of 10 rounds"]);
            Reproduced.Below(found, "test error % of 100 rounds", all + 1.5);
        }
        else
        {
            Reproduced.Holds(found, ("test error % of one stump", 8.29, 0.1), ("test error % of 10 rounds", 4.78, 0.1), ("test error % of 100 rounds", 4.21, 0.3));
        }
    }

    /// <summary>B12: on Boston housing within a standard error over the splits (0.2) of an independent program, on made values above the noise (2) by less than a third; the
    /// mean of masks beats one mask.</summary>
    [Theory]
    [MemberData(nameof(Reproduced.Sources), "boston-housing", MemberType = typeof(Reproduced))]
    public void Masks_at_inference_predict_house_prices_and_their_uncertainty(string source)
    {
        Dictionary<string, double> found = Reproduced.Run(new MonteCarloHousing(), source);
        if (source == Reproduced.Made)
        {
            // Bends and products are learned, which a plane has not; the noise is not.
            double plane = Baselines.Plane(Baselines.Rows("boston-housing"));
            Assert.InRange(found["rmse, mean of 100 masks"], 2, 2 * 4 / 3.0);
            Reproduced.Below(found, "rmse, mean of 100 masks", 0.6 * plane);
            Reproduced.Below(found, "rmse, mean of 100 masks", found["rmse of one mask"] - 0.3);
            Assert.InRange(found["log-likelihood, nats"], Normal(plane) + 0.4, Normal(2));
        }
        else
        {
            Reproduced.Holds(found, ("rmse, mean of 100 masks", 3.12, 0.2), ("rmse of one mask", 3.67, 0.1), ("log-likelihood, nats", -2.51, 0.05));
        }

        // Nats of errors of a known deviation.
        static double Normal(double deviation) => -0.5 - Math.Log(deviation * Math.Sqrt(2 * Math.PI));
    }

    /// <summary>B7: at least as good as the same models of ML.NET on the same files, within two of its standard deviations; on made classes near what the best rule could
    /// do (99.7 % of the flowers), on made values above the noise (2).</summary>
    [Theory]
    [MemberData(nameof(Reproduced.Sources), "breast-cancer iris boston-housing", MemberType = typeof(Reproduced))]
    public void Small_tables_are_learned_as_well_as_by_their_reference(string source)
    {
        Dictionary<string, double> found = Reproduced.Run(new SmallTables(), source);
        if (source == Reproduced.Made)
        {
            double[][] patients = Baselines.Rows("breast-cancer");
            (double accuracy, double nats) = Baselines.TrueFlowers(Baselines.Rows("iris"));
            Assert.InRange(found["accuracy % on breast cancer"], 99 - Baselines.Threshold(patients, row => row[1..].Sum()), 100);
            Assert.InRange(found["area under the curve on breast cancer"], Baselines.Area(patients, row => row[1..].Sum()) - 0.002, 1);
            Assert.InRange(found["accuracy % on iris"], accuracy - 2, 100);
            Assert.InRange(found["nats on iris"], nats, nats + 0.1);
            Assert.InRange(found["rmse on houses"], 2, 0.7 * Baselines.Plane(Baselines.Rows("boston-housing")));
            return;
        }

        Reproduced.Holds(
            found,
            ("accuracy % on breast cancer", 96.25, 0.1),
            ("area under the curve on breast cancer", 0.9949, 0.0003),
            ("accuracy % on iris", 95.47, 0.2),
            ("nats on iris", 0.123, 0.002),
            ("rmse on houses", 3.56, 0.1));
        Assert.True(found["accuracy % on breast cancer"] >= 96.62 - 0.54);
        Assert.True(found["area under the curve on breast cancer"] >= 0.9957 - 0.0032);
        Assert.True(found["accuracy % on iris"] >= 97.4 - 2.4);
        Assert.True(found["rmse on houses"] <= 4.58);
    }

    /// <summary>B18: the best penalty lies inside.</summary>
    [Fact]
    public void Tying_helps_most_at_a_finite_strength()
    {
        double[] risks = [.. Reproduced.Run(new WeightTying()).Values];
        double[] expected = [7.74, 5.66, 2.82, 2.21, 2.24, 2.47];
        Assert.Equal(expected.Length, risks.Length);
        foreach ((double wanted, double found) in expected.Zip(risks))
            Assert.Equal(wanted, found, 0.03);
    }

    /// <summary>B23.</summary>
    [Fact]
    public void A_shared_trunk_is_better_than_four_nets()
    {
        Dictionary<string, double> found = Reproduced.Run(new SharedTrunk());
        Reproduced.Holds(found, ("gain %", 62, 3), ("seeds on which the shared trunk is better", 5, 0));
    }

    [Fact]
    public void Every_experiment_has_a_name_of_its_own_and_says_what_it_does()
    {
        Assert.Equal(Catalog.All.Count, Catalog.All.Select(e => e.Name).Distinct().Count());
        Assert.All(Catalog.All, e => Assert.True(e.Source.Length > 20 && e.Settings.Length > 20 && e.Epochs > 0));
    }
}
