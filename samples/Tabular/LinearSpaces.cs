namespace Toolkit.Samples.Tabular;

/// <summary>The settings that are searched for linear models.</summary>
internal static class LinearSpaces
{
    /// <summary>0 where the trainer decides by the number of rows.</summary>
    public static IReadOnlyList<Choice> Sdca => [new("l2", 0, 1e-6, 1e-5, 1e-4, 1e-3), new("l1", 0, 0.25, 1)];

    public static IReadOnlyList<Choice> Lbfgs => [new("l2", 1, 0.01, 0.1, 10), new("l1", 1, 0, 0.1, 10)];
}
