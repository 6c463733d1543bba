namespace Toolkit.Modeling.Tests.Components;

/// <summary>A row of a table of components: how to make one that is right (null for functions without an object), and ways to make one that is wrong, those of
/// one setting together.</summary>
internal sealed record Case(Func<object>? Make, params Func<object>[][] Bad)
{
    /// <summary>The wrong numbers, and those that are never right.</summary>
    public static Func<object>[] Numbers(Func<double, object> make, params double[] wrong) =>
        [.. wrong.Concat([double.NaN, double.PositiveInfinity, double.NegativeInfinity]).Select<double, Func<object>>(value => () => make(value))];

    /// <summary>Counts that must be at least 1.</summary>
    public static Func<object>[] Counts(Func<int, object> make) => [() => make(0), () => make(-1), () => make(int.MinValue)];
}
