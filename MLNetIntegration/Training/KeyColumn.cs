using Microsoft.ML;
using Microsoft.ML.Data;

namespace Toolkit.MLNetIntegration.Training;

/// <summary>Keys, each with a learned vector. Of several in a row the mean is taken. A missing key, one that was never seen, has no vector: it is 0, as in one-hot form.</summary>
/// <param name="Name">The name of the column.</param>
/// <param name="Field">Its name as a field.</param>
/// <param name="Key">The type of a key.</param>
/// <param name="Width">The numbers of a vector.</param>
/// <param name="IsBag">Whether a row has any number of keys.</param>
/// <param name="KeyNames">What the keys stand for, in their order; null where they do not say.</param>
internal sealed record KeyColumn(string Name, string Field, KeyDataViewType Key, int Width, bool IsBag, IReadOnlyList<string>? KeyNames) : FeatureColumn(Name, Field)
{
    /// <summary>The number of keys.</summary>
    public int Keys => (int)Key.Count;

    /// <summary>Whether scoring reads texts, of which the network makes keys itself.</summary>
    public bool IsText { get; init; }

    /// <summary>The column that training reads where it is not the user's own: the keys of words, or of a text.</summary>
    public string? Words { get; init; }

    /// <summary>The column that scoring reads where a row has any number of keys: how often each occurs.</summary>
    public string? Counts { get; init; }

    /// <inheritdoc/>
    public override string Read => Words ?? Name;

    /// <summary>Scoring reads how often each key occurs in a row: a vector of known length, which plain ML.NET can score, too.</summary>
    public override string Served => Counts ?? Name;

    /// <summary>The symbol of the axis of the keys of a row.</summary>
    public static string AxisOf(string field) => $"{field}_keys";

    /// <summary>What reads the numbers of the keys that are there, from 1; a key by itself that is missing is 0.</summary>
    public Func<long[]> Open(DataViewRow row) => Key.RawType == typeof(byte) ? Of<byte>(row, v => v)
        : Key.RawType == typeof(ushort) ? Of<ushort>(row, v => v)
        : Key.RawType == typeof(uint) ? Of<uint>(row, v => v) : Of<ulong>(row, v => v);

    private Func<long[]> Of<T>(DataViewRow row, Func<T, ulong> convert)
    {
        Func<ReadOnlyMemory<T>> read = Elements<T>(row, row.Schema[Read].Type);
        var found = new List<long>();
        return () =>
        {
            found.Clear();
            foreach (T element in read().Span)
            {
                ulong number = convert(element);
                bool known = number > 0 && number <= Key.Count;
                if (known || !IsBag)
                {
                    found.Add(known ? (long)number : 0);
                }
            }

            return [.. found];
        };
    }
}
