using System.Globalization;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations.Texts;

namespace Toolkit.Autograd.Tests.Operations;

/// <summary>Counts of n-grams, in plain loops over doubles.</summary>
internal static class CountingReferences
{
    public static IReadOnlyDictionary<Type, Func<Operation, Array64[], Array64[]>> Table { get; } = new Dictionary<Type, Func<Operation, Array64[], Array64[]>>
    {
        [typeof(TfIdfVectorizer)] = (o, x) => [Counts((TfIdfVectorizer)o, x[0])],
    };

    /// <summary>For every n-gram of the pool every place and step at which it could stand.</summary>
    private static Array64 Counts(TfIdfVectorizer operation, Array64 x)
    {
        int columns = x.Sizes[^1], rows = x.Data.Length / columns, size = (int)operation.Indexes.Max() + 1;
        var result = new Array64([.. x.Sizes[..^1], size]);
        double[] pool = [.. operation.Pool.Select(number => double.Parse(number, CultureInfo.InvariantCulture))];
        int gram = 0;
        for (int n = 1; n <= operation.Starts.Count; n++)
        {
            int end = n < operation.Starts.Count ? (int)operation.Starts[n] : pool.Length;
            for (int at = (int)operation.Starts[n - 1]; at < end; at += n, gram++)
            {
                for (int row = 0; row < rows && n >= operation.Shortest && n <= operation.Longest; row++)
                {
                    int found = 0;
                    for (int skip = 0; skip <= (n == 1 ? 0 : operation.MostSkipped); skip++)
                    {
                        for (int start = 0; start + ((n - 1) * (skip + 1)) < columns; start++)
                        {
                            bool same = true;
                            for (int k = 0; k < n; k++)
                                same &= x.Data[(row * columns) + start + (k * (skip + 1))] == pool[at + k];
                            found += same ? 1 : 0;
                        }
                    }

                    double weight = operation.Weights is null ? 1 : operation.Weights[gram];
                    result.Data[(row * size) + (int)operation.Indexes[gram]] = operation.Mode switch
                    {
                        TermMode.TF => found,
                        TermMode.IDF => found > 0 ? weight : 0,
                        _ => found * weight,
                    };
                }
            }
        }

        return result;
    }
}
