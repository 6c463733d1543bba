using System.Globalization;
using System.Text;

namespace Toolkit.Modeling.Data;

/// <summary>What messages show of the text of a file: short, on one line, with every character visible.</summary>
internal static class Excerpt
{
    private const int GreatestLength = 60, GreatestCount = 20;

    /// <summary>A text in quotes, its beginning if it is long.</summary>
    public static string Quoted(ReadOnlySpan<char> text)
    {
        var result = new StringBuilder("'");
        foreach (char c in text[..Math.Min(text.Length, GreatestLength)])
            result.Append(char.IsControl(c) ? $"\\u{(int)c:X4}" : c.ToString(CultureInfo.InvariantCulture));
        return result.Append(text.Length > GreatestLength ? $"…' ({text.Length} characters)" : "'").ToString();
    }

    /// <summary>A character in quotes.</summary>
    public static string Quoted(char character) => Quoted([character]);

    /// <summary>Texts in quotes, the first ones if there are many.</summary>
    public static string Quoted(IReadOnlyList<string> texts) =>
        string.Join(", ", texts.Take(GreatestCount).Select(text => Quoted(text))) + (texts.Count > GreatestCount ? $" and {texts.Count - GreatestCount} more" : "");
}
