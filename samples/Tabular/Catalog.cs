using Toolkit.Samples.Tabular.Cases;

namespace Toolkit.Samples.Tabular;

/// <summary>All data sets by name.</summary>
internal static class Catalog
{
    public static IReadOnlyList<Case> All =>
        [new Generated(), new Iris(), new WineQuality(), new WineClass(), new Adult(), new CaliforniaHousing(), new OptDigits()];
}
