using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.ML.Tokenizers;

namespace Toolkit.MLNetIntegration.Scoring;

/// <summary>
/// How texts are cut into tokens, each with a number of a vocabulary, by <c>Microsoft.ML.Tokenizers</c>. It is made of the files that language models come with, and is saved with what was
/// trained on its tokens.
/// </summary>
public sealed class TextTokenizer
{
    private readonly Kind kind;
    private readonly bool option;
    private readonly byte[][] files;
    private readonly Tokenizer tokenizer;

    private TextTokenizer(Kind kind, bool option, params byte[][] files)
    {
        (this.kind, this.option, this.files) = (kind, option, files);
        try
        {
            (tokenizer, Count) = kind == Kind.WordPiece ? PiecesOfWords() : Pairs();
        }
        catch (Exception e) when (e is ArgumentException or FormatException or InvalidOperationException or JsonException or KeyNotFoundException)
        {
            throw new ScoringException($"Expected the vocabulary of a {kind} tokenizer, found another file: {e.Message}", e);
        }
    }

    private enum Kind
    {
        WordPiece,
        Bpe,
    }

    /// <summary>The number of tokens of the vocabulary.</summary>
    public int Count { get; }

    /// <summary>Words cut into the longest pieces that the vocabulary has, as BERT reads them (Wu et al. 2016, "Google's neural machine translation system").</summary>
    /// <param name="vocabularyPath">A text file, a token a line ("vocab.txt"); "##" begins what stands within a word, and "[UNK]" is for words that cannot be cut.</param>
    /// <param name="lowerCase">Whether upper case and accents are left out before; true by default.</param>
    /// <exception cref="ScoringException">The file is no such vocabulary.</exception>
    public static TextTokenizer WordPiece(string vocabularyPath, bool lowerCase = true) => new(Kind.WordPiece, lowerCase, File.ReadAllBytes(vocabularyPath));

    /// <summary>Characters that are merged pair by pair, in the order in which pairs were frequent (Sennrich, Haddow and Birch 2016, "Neural machine translation of rare words with subword
    /// units").</summary>
    /// <param name="vocabularyPath">A JSON object of tokens and their numbers ("vocab.json").</param>
    /// <param name="mergesPath">A text file, a pair a line ("merges.txt").</param>
    /// <param name="byteLevel">Whether tokens are made of bytes, as GPT-2 and those after it have them, so that there is no text without tokens; true by default.</param>
    /// <exception cref="ScoringException">The files are no such vocabulary.</exception>
    public static TextTokenizer Bpe(string vocabularyPath, string mergesPath, bool byteLevel = true) =>
        new(Kind.Bpe, byteLevel, File.ReadAllBytes(vocabularyPath), File.ReadAllBytes(mergesPath));

    /// <summary>The numbers of the tokens of a text, from 0; no marks of beginning and end are added.</summary>
    /// <param name="text">The text.</param>
    public IReadOnlyList<int> Read(string text) => tokenizer is BertTokenizer words ? words.EncodeToIds(text, addSpecialTokens: false) : tokenizer.EncodeToIds(text);

    /// <summary>Says which tokenizer it is.</summary>
    internal string Fingerprint => $"{kind} {option} {Convert.ToHexStringLower(SHA256.HashData([.. files.SelectMany(SHA256.HashData)]).AsSpan(0, 8))}";

    /// <summary>Writes it as an object of JSON.</summary>
    internal void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("kind", kind.ToString());
        json.WriteBoolean("option", option);
        json.WriteStartArray("files");
        foreach (byte[] file in files)
            json.WriteBase64StringValue(file);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>Reads what was written.</summary>
    internal static TextTokenizer Read(JsonElement saved) => new(
        SavedOptions.Named<Kind>(saved.GetProperty("kind")), saved.GetProperty("option").GetBoolean(), [.. saved.GetProperty("files").EnumerateArray().Select(file => file.GetBytesFromBase64())]);

    // What would give two tokens one number, or move the numbers of all behind it, is refused: the network would learn of other words than the file says.
    private (Tokenizer Tokenizer, int Count) PiecesOfWords()
    {
        string[] lines = [.. Encoding.UTF8.GetString(files[0]).TrimEnd('\r', '\n').Split('\n').Select(line => line.TrimEnd('\r'))];
        int empty = Array.IndexOf(lines, string.Empty);
        if (empty >= 0)
            throw new FormatException($"line {empty + 1} is empty.");
        if (lines.GroupBy(line => line, StringComparer.Ordinal).FirstOrDefault(same => same.Count() > 1) is { } twice)
            throw new FormatException($"the token \"{twice.Key}\" stands in {twice.Count()} lines.");
        return (BertTokenizer.Create(new MemoryStream(files[0]), new BertOptions { LowerCaseBeforeTokenization = option, RemoveNonSpacingMarks = option }), lines.Length);
    }

    private (Tokenizer Tokenizer, int Count) Pairs()
    {
        Dictionary<string, int> numbers = JsonSerializer.Deserialize<Dictionary<string, int>>(files[0]) ?? [];
        foreach ((string token, int number) in numbers)
        {
            if (number is < 0 or int.MaxValue)
                throw new FormatException($"the token \"{token}\" has the number {number}.");
        }

        if (numbers.GroupBy(pair => pair.Value).FirstOrDefault(same => same.Count() > 1) is { } shared)
            throw new FormatException($"the tokens {string.Join(" and ", shared.Select(pair => $"\"{pair.Key}\""))} have the same number, {shared.Key}.");
        string[] merges = [.. Encoding.UTF8.GetString(files[1]).Split('\n').Select(line => line.TrimEnd('\r')).Where(line => line.Length > 0 && !line.StartsWith("#version", StringComparison.Ordinal))];
        var options = new BpeOptions(numbers) { Merges = merges, ByteLevel = option };
        return (BpeTokenizer.Create(options), numbers.Values.Max() + 1);
    }
}
