using Toolkit.Modeling.Data.Augmentation;

namespace Toolkit.Modeling.Tests.Components;

/// <summary>What holds for every augmentation.</summary>
public sealed class AugmentationTableTests
{
    public static TheoryData<string> Names => [.. AugmentationTable.Rows.Keys];

    [Fact]
    public void Every_augmentation_has_a_row() => Refusals.Complete(typeof(ImageAugmentation), AugmentationTable.Rows.Keys);

    [Theory]
    [MemberData(nameof(Names))]
    public void Wrong_settings_are_refused(string name) => Refusals.Check(name, AugmentationTable.Rows[name]);
}
