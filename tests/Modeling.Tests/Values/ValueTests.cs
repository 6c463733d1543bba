using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Constraints;
using Toolkit.Modeling.Distributions;
using Toolkit.Modeling.Initializers;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Metrics;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Regularizers;
using Toolkit.Modeling.Schedules;

namespace Toolkit.Modeling.Tests.Values;

/// <summary>Every component gives the numbers of plain loops that share nothing with it, with settings in which each of its options counts.</summary>
public sealed class ValueTests
{
    private static readonly (Type Family, Dictionary<string, Setting[]> Rows)[] Tables =
    [
        (typeof(Loss), LossValues.Settings), (typeof(Metric), MetricValues.Settings), (typeof(Regularizer), RegularizerValues.Settings),
        (typeof(Constraint), ConstraintValues.Settings), (typeof(Optimizer), OptimizerValues.Settings), (typeof(Schedule), ScheduleValues.Settings),
        (typeof(Distribution), DistributionValues.Settings), (typeof(Module), ModuleValues.Settings),
    ];

    public static TheoryData<string> Names => [.. Tables.SelectMany(table => table.Rows.Keys)];

    [Fact]
    public void Every_component_has_a_row()
    {
        foreach ((Type family, Dictionary<string, Setting[]> rows) in Tables)
            Options.Complete(family, rows.Keys);
        Options.Complete(typeof(Initializer), InitializerValues.Rows.Keys);
        Options.Complete(typeof(Distribution), DistributionValues.Drawn.Keys);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Values_are_those_of_plain_loops(string name) => Options.CheckValues(name, Row(name));

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_option_changes_the_numbers(string name) => Options.CheckOptions(Row(name));

    /// <summary>Equation 6.12: e^(−loss) is a probability or a density, whose sum over all targets is 1, with the mean and the variance that are stated.</summary>
    [Fact]
    public void A_likelihood_is_a_probability_of_all_targets_together()
    {
        double[] grid = [.. Enumerable.Range(0, 20_001).Select(i => -30 + (0.003 * i))], counts = [.. Enumerable.Range(0, 60).Select(i => (double)i)];
        foreach ((Likelihood loss, double[] prediction, double[] targets, double step) in new (Likelihood, double[], double[], double)[]
        {
            (new GaussianLikelihood { Variance = 2 }, [0.3], grid, 0.003), (new LaplaceLikelihood { Scale = 0.7 }, [0.3], grid, 0.003),
            (new HeteroscedasticGaussian(), [0.3, -1], grid, 0.003), (new HeteroscedasticGaussian { Precision = true }, [0.3, -1], grid, 0.003),
            (new MixtureDensity(2, 1), [0.5, 0.1, -2, 1, -0.3, 0.4], grid, 0.003), (new FullCovarianceGaussian(1), [0.3, 0.5], grid, 0.003),
            (new PoissonLikelihood(), [1.2], counts, 1),
        })
        {
            Variable z = Variable.Of(Value.Of([.. targets.SelectMany(_ => prediction)], targets.Length, prediction.Length));
            double[] p = [.. Run.Numbers(loss.PerExample(z, Variable.Of(Value.Of(targets, targets.Length, 1)))).Select(nats => step * Math.Exp(-nats))];
            Distribution stated = loss.Of(Variable.Of(Value.Of(prediction, 1, prediction.Length)));
            double mean = p.Zip(targets, (share, y) => share * y).Sum();
            Assert.Equal(1.0, p.Sum(), 1e-5);
            Assert.Equal(mean, Run.Number(stated.Mean), 1e-4);
            Assert.Equal(p.Zip(targets, (share, y) => share * (y - mean) * (y - mean)).Sum(), Run.Number(stated.Variance), 1e-4);
        }
    }

    private static Setting[] Row(string name) => Tables.Single(table => table.Rows.ContainsKey(name)).Rows[name];
}
