using System.Text;

namespace Toolkit.Samples.FineTune.Studies;

/// <summary>Words cut into pieces of a vocabulary, the longest first (WordPiece, as BERT reads text; Devlin et al. 2019).</summary>
/// <param name="vocabulary">The pieces, one a line; those within a word begin with ##.</param>
internal sealed class WordPieces(string vocabulary)
{
    private readonly Dictionary<string, long> ids = vocabulary.ReplaceLineEndings("\n").Split('\n').Select((piece, id) => (piece, id)).DistinctBy(pair => pair.piece).ToDictionary(pair => pair.piece, pair => (long)pair.id);

    /// <summary>The numbers of the pieces of a text between the marks of its beginning and end.</summary>
    /// <param name="text">Words between spaces.</param>
    public long[] Read(string text)
    {
        var found = new List<long> { ids["[CLS]"] };
        foreach (string word in text.ToLowerInvariant().Normalize(NormalizationForm.FormC).Split(' ', StringSplitOptions.RemoveEmptyEntries))
            found.AddRange(Word(word));
        return [.. found, ids["[SEP]"]];
    }

    private List<long> Word(string word)
    {
        var pieces = new List<long>();
        for (int start = 0; start < word.Length;)
        {
            int end = word.Length;
            long id = -1;
            while (end > start && !ids.TryGetValue((start > 0 ? "##" : string.Empty) + word[start..end], out id))
                end--;
            if (end == start)
                return [ids["[UNK]"]];
            pieces.Add(id);
            start = end;
        }

        return pieces;
    }
}
