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

    private static Setting[] Row(string name) => Tables.Single(table => table.Rows.ContainsKey(name)).Rows[name];
}
