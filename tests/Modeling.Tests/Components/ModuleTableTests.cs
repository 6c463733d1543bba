using Toolkit.Modeling.Modules;

namespace Toolkit.Modeling.Tests.Components;

/// <summary>What holds for every module.</summary>
public sealed class ModuleTableTests
{
    public static TheoryData<string> Names => [.. ModuleTable.Rows.Keys];

    [Fact]
    public void Every_module_has_a_row() => Refusals.Complete(typeof(Module), ModuleTable.Rows.Keys);

    [Theory]
    [MemberData(nameof(Names))]
    public void Wrong_settings_are_refused(string name) => Refusals.Check(name, ModuleTable.Rows[name]);
}
