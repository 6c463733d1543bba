using Toolkit.Modeling;
using Toolkit.Modeling.Data;

namespace Toolkit.Samples.Listing;

/// <summary>Listings made up: the price is the size and the mean value of the words, the kind says whether most words are cheap.</summary>
internal static class Listings
{
    public const int Words = 50;

    public static Dataset Create(int count, RandomSource random)
    {
        long[][] text = [.. Enumerable.Range(0, count).Select(_ => Enumerable.Range(0, 1 + random.NextInt32(12)).Select(_ => (long)random.NextInt32(Words)).ToArray())];
        float[] sizes = [.. text.Select(_ => (float)random.NextNormal())];
        return Dataset.Of(
            Column.Ragged("text", "time", text),
            Column.Of("size", sizes, 1),
            Column.Of("price", [.. text.Select((words, i) => sizes[i] + (float)words.Average(word => (2.0 * word / Words) - 1.0))]),
            Column.Labels("kind", [.. text.Select(words => 2 * words.Count(word => word < Words / 2) > words.Length ? 1L : 0L)], classes: 2),
            Column.Of("importance", [.. text.Select(words => words.Length > 2 ? 1f : 0.5f)]));
    }
}
