namespace Toolkit.Modeling.Data;

/// <summary>The record of a table that a <see cref="CsvScanner"/> has just read: its fields stay where they were read, until the next one.</summary>
internal sealed class CsvRecord
{
    private char[] characters = new char[256];
    private int[] ends = new int[16];

    /// <summary>The line on which the record begins, from 1.</summary>
    public long Line { get; private set; }

    /// <summary>The number of fields.</summary>
    public int Count { get; private set; }

    /// <summary>The characters of all fields so far.</summary>
    public int Length { get; private set; }

    /// <summary>The characters of the field that is being read.</summary>
    public int FieldLength => Length - Start(Count);

    /// <summary>A field, without quotes.</summary>
    public ReadOnlySpan<char> this[int field] => characters.AsSpan(Start(field)..ends[field]);

    /// <summary>Begins a new record.</summary>
    public void Begin(long line) => (Line, Count, Length) = (line, 0, 0);

    /// <summary>Adds to the field that is being read.</summary>
    public void Append(ReadOnlySpan<char> text)
    {
        while (Length + text.Length > characters.Length)
            Array.Resize(ref characters, 2 * characters.Length);
        text.CopyTo(characters.AsSpan(Length));
        Length += text.Length;
    }

    /// <summary>Drops white space at the end of the field that is being read.</summary>
    public void TrimEnd()
    {
        while (FieldLength > 0 && char.IsWhiteSpace(characters[Length - 1]))
            Length--;
    }

    /// <summary>Ends the field that is being read.</summary>
    public void EndField()
    {
        if (Count == ends.Length)
            Array.Resize(ref ends, 2 * ends.Length);
        ends[Count++] = Length;
    }

    /// <summary>The fields as texts of their own.</summary>
    public string[] Texts()
    {
        var texts = new string[Count];
        for (int i = 0; i < texts.Length; i++)
            texts[i] = this[i].ToString();
        return texts;
    }

    private int Start(int field) => field == 0 ? 0 : ends[field - 1];
}
