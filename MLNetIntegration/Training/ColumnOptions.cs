using Toolkit.MLNetIntegration.Scoring;

namespace Toolkit.MLNetIntegration.Training;

/// <summary>How one feature column of keys, text or numbers of variable length goes into a network.</summary>
public sealed record ColumnOptions
{
    private const int MostHashBits = 16;

    /// <summary>The numbers of the learned vector of each key or word, or the units that read a vector of variable length, 8 by default, at least 1; null (the default) for 1.6 · n^0.56, rounded, from 1 to 50, n being the number of keys. Source of the rule: Howard and
    /// Gugger, "fastai: a layered API for deep learning", 2020.</summary>
    public int? Width
    {
        get;
        init => field = value is null or >= 1 ? value : throw new ArgumentOutOfRangeException(nameof(Width), value, "Expected at least 1.");
    }

    /// <summary>For texts: b, where each word has one of 2ᵇ vectors by its hash, from 1 to 16; 12 by default. Words of one hash share a vector; scoring takes 4·2ᵇ bytes for a row. Source: Weinberger et al., "Feature
    /// hashing for large scale multitask learning", 2009.</summary>
    public int HashBits
    {
        get;
        init => field = value is >= 1 and <= MostHashBits
            ? value
            : throw new ArgumentOutOfRangeException(nameof(HashBits), value, $"Expected 1 to {MostHashBits}.");
    } = 12;

    /// <summary>For texts: what cuts them into tokens, each with a vector of its own; null (the default) for words, each with one of <see cref="HashBits"/>. Scoring takes 4 bytes for each token of the
    /// vocabulary and row.</summary>
    public TextTokenizer? Tokenizer { get; init; }

    /// <summary>For a text: whether it is the name of a category as a whole, such as a place, with a learned vector; false by default. The names are those of the training rows, in ordinal order; a text that is not among them, or none,
    /// has no vector. The exported network takes the text as it is.</summary>
    public bool IsCategory { get; init; }

    /// <summary>The units that read numbers one after the other.</summary>
    internal int Units => Width ?? 8;

    /// <summary>The width for so many keys.</summary>
    internal int WidthFor(int keys) => Width ?? Math.Clamp((int)Math.Round(1.6 * Math.Pow(keys, 0.56)), 1, 50);
}
