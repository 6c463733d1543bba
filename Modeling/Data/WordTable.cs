namespace Toolkit.Modeling.Data;

/// <summary>The numbers of words. A file that is exported looks them up in the same list of spellings, so that it reads a text as a training did.</summary>
internal sealed class WordTable
{
    /// <summary>What stands before every text, so that none is without words.</summary>
    public const string Start = "<text>";

    private const string Marks = ".,;:!?";

    private static readonly char[] White = [' ', '\t', '\n', '\r', '\v', '\f'];

    private readonly Dictionary<string, long> numbers = new(StringComparer.Ordinal);

    /// <param name="words">The words in the order of their numbers, in small letters.</param>
    public WordTable(IReadOnlyList<string> words)
    {
        Words = words;
        numbers.Add(Start, words.Count + 1);
        for (int i = 0; i < words.Count; i++)
            numbers.TryAdd(words[i], i);
        for (int i = 0; i < words.Count; i++)
        {
            foreach (string form in Forms(words[i]))
                numbers.TryAdd(form, i);
        }
    }

    /// <summary>The words in the order of their numbers.</summary>
    public IReadOnlyList<string> Words { get; }

    /// <summary>The number of each spelling; all others have that of <see cref="Others"/>.</summary>
    public IReadOnlyDictionary<string, long> Numbers => numbers;

    /// <summary>The number of words that are not in the table. The mark at the beginning has the next one.</summary>
    public long Others => Words.Count;

    /// <summary>How many numbers there are.</summary>
    public int Symbols => Words.Count + 2;

    /// <summary>The words of some texts, the most frequent first, equally frequent ones in ordinal order.</summary>
    public static string[] Learn(IEnumerable<string> texts, int most) =>
    [
        .. texts.SelectMany(Parts).Select(Plain).CountBy(word => word, StringComparer.Ordinal).OrderByDescending(word => word.Value).ThenBy(word => word.Key, StringComparer.Ordinal).Take(most).Select(word => word.Key),
    ];

    /// <summary>The numbers of the words of a text, that of the mark first.</summary>
    public long[] Read(string text) => [Others + 1, .. Parts(text).Select(part => numbers.GetValueOrDefault(part, Others))];

    private static string[] Parts(string text) => text.Split(White, StringSplitOptions.RemoveEmptyEntries);

    private static string Plain(string part) => part.TrimEnd([.. Marks]) is { Length: > 0 } word ? word.ToLowerInvariant() : part.ToLowerInvariant();

    private static IEnumerable<string> Forms(string word) =>
        from form in new[] { word, $"{char.ToUpperInvariant(word[0])}{word[1..]}", word.ToUpperInvariant() }
        from mark in Marks.Select(mark => mark.ToString()).Prepend(string.Empty)
        select form + mark;
}
