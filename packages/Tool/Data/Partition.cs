using Toolkit.Modeling;

namespace Toolkit.Tool.Data;

/// <summary>Which rows are learned from, which are watched to stop early, and which measure the result and are looked at once.</summary>
/// <param name="Train">The rows to learn from.</param>
/// <param name="Validation">The rows to stop by.</param>
/// <param name="Test">The rows to measure with.</param>
internal sealed record Partition(IReadOnlyList<int> Train, IReadOnlyList<int> Validation, IReadOnlyList<int> Test)
{
    /// <summary>
    /// A systematic sample: the rows stand in the order of their labels, equal ones in a random order, and each part takes every n-th from a random place on. So each part has its share of
    /// each class, and of small and large numbers.
    /// </summary>
    /// <param name="labels">The label of each row.</param>
    /// <param name="validation">The share of the rows to stop by.</param>
    /// <param name="test">The share of the rows to measure with.</param>
    /// <param name="seed">Decides the draw.</param>
    public static Partition Of(IReadOnlyList<float> labels, double validation, double test, ulong seed)
    {
        var random = new RandomSource(seed);
        int[] order = [.. Enumerable.Range(0, labels.Count)];
        random.Shuffle(order.AsSpan());
        (int[] rest, int[] tested) = Draw([.. order.OrderBy(row => labels[row])], test, random.NextDouble());
        (int[] train, int[] watched) = Draw(rest, Math.Min(1, validation / (1 - test)), random.NextDouble());
        return new Partition(train.Order().ToArray(), watched.Order().ToArray(), tested.Order().ToArray());
    }

    private static (int[] Others, int[] Drawn) Draw(int[] rows, double share, double start)
    {
        ILookup<bool, int> parts = rows.Index().ToLookup(row => Math.Floor(((row.Index + 1) * share) + start) > Math.Floor((row.Index * share) + start), row => row.Item);
        return ([.. parts[false]], [.. parts[true]]);
    }
}
