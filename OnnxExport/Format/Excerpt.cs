namespace Toolkit.OnnxExport.Format;

/// <summary>Text from a file in a message: a hostile name of ten megabytes must not make a message of that length.</summary>
internal static class Excerpt
{
    /// <summary>The text itself, or its beginning and its length.</summary>
    /// <param name="text">The text.</param>
    /// <param name="longest">The most characters that stay.</param>
    public static string Of(string text, int longest = 120)
    {
        if (text.Length <= longest)
        {
            return text;
        }

        int end = char.IsHighSurrogate(text[longest - 1]) ? longest - 1 : longest;
        return $"{text.AsSpan(0, end)}… ({text.Length} characters)";
    }
}
