using Toolkit.Modeling.Constraints;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Optimizers.FullBatch;
using Toolkit.Modeling.Schedules;

namespace Toolkit.Modeling.Tests.Components;

/// <summary>What holds for every optimizer, minimizer, schedule and constraint.</summary>
public sealed class OptimizerTableTests
{
    public static TheoryData<string> Optimizers => [.. OptimizerTable.Optimizers.Keys];

    public static TheoryData<string> Others =>
        [.. OptimizerTable.Minimizers.Keys, .. OptimizerTable.Schedules.Keys, .. OptimizerTable.Constraints.Keys];

    [Fact]
    public void Every_one_has_a_row()
    {
        Refusals.Complete(typeof(Optimizer), OptimizerTable.Optimizers.Keys);
        Refusals.Complete(typeof(Minimizer), OptimizerTable.Minimizers.Keys);
        Refusals.Complete(typeof(Schedule), OptimizerTable.Schedules.Keys);
        Refusals.Complete(typeof(Constraint), OptimizerTable.Constraints.Keys);
    }

    [Theory]
    [MemberData(nameof(Optimizers))]
    public void Wrong_settings_of_optimizers_are_refused(string name) => Refusals.Check(name, OptimizerTable.Optimizers[name]);

    [Theory]
    [MemberData(nameof(Others))]
    public void Wrong_settings_of_what_goes_with_them_are_refused(string name) => Refusals.Check(
        name,
        OptimizerTable.Minimizers.GetValueOrDefault(name) ?? OptimizerTable.Schedules.GetValueOrDefault(name) ?? OptimizerTable.Constraints[name]);
}
