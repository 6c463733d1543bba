using System.Buffers;
using System.Text.Unicode;

namespace Toolkit.Modeling.Data;

/// <summary>The characters of a UTF-8 file one by one, with the place of the next one. Bytes that are not UTF-8 and the character NUL are refused: put a
/// substitute in their place, and texts that differ become the same.</summary>
internal sealed class Utf8Text
{
    private const int Size = 1 << 15;

    private readonly Stream stream;
    private readonly string path;
    private readonly byte[] bytes = new byte[Size];
    private readonly char[] characters = new char[Size];
    private int byteCount;
    private int next;
    private int count;
    private bool ended;
    private byte? bad;

    // The place of the character at "counted" in its line: columns are counted when somebody asks.
    private long column = 1;
    private int counted;

    /// <summary>A text from the beginning of a stream.</summary>
    /// <param name="stream">The bytes.</param>
    /// <param name="path">The file, for messages.</param>
    /// <param name="firstLine">The line with which they begin; at the first one, that is at the beginning of a file, a byte order mark is passed over.</param>
    public Utf8Text(Stream stream, string path, long firstLine = 1)
    {
        (this.stream, this.path, Line) = (stream, path, firstLine);
        Load();
        if (firstLine > 1)
        {
            Decode();
            return;
        }

        string? other = bytes.AsSpan(0, byteCount) switch
        {
            [0xFF, 0xFE, 0, 0, ..] or [0, 0, 0xFE, 0xFF, ..] => "UTF-32",
            [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..] => "UTF-16",
            _ => null,
        };
        if (other is not null)
            throw new DataException($"'{path}' is text in {other}: expected UTF-8.");
        Decode();
        if (Peek() == '\uFEFF')
            counted = ++next;
    }

    /// <summary>The line of the next character, from 1.</summary>
    public long Line { get; private set; }

    /// <summary>The place of the next character in its line, from 1; the two halves of a surrogate pair are one.</summary>
    public long Column
    {
        get
        {
            foreach (char character in characters.AsSpan(counted, next - counted))
                column += char.IsLowSurrogate(character) ? 0 : 1;
            counted = next;
            return column;
        }
    }

    /// <summary>The next character, which stays; −1 at the end.</summary>
    public int Peek()
    {
        if (next < count && characters[next] != '\0')
            return characters[next];
        return PeekOn();
    }

    private int PeekOn()
    {
        while (next == count)
        {
            if (bad is { } found)
                throw Error($"expected UTF-8, found the byte {found:X2} that does not belong there");
            if (ended && byteCount == 0)
                return -1;
            Load();
            Decode();
        }

        return characters[next] != '\0'
            ? characters[next]
            : throw Error("found the character NUL, which no table has (text in UTF-16 does); expected text in UTF-8");
    }

    /// <summary>The next character, which is passed; −1 at the end.</summary>
    public int Read()
    {
        int found = Peek();
        if (found < 0)
            return -1;
        next++;
        if (found == '\n')
            (Line, column, counted) = (Line + 1, 1, next);
        return found;
    }

    /// <summary>The characters that are at hand up to the first of some, all of one line; they are passed.</summary>
    /// <param name="ends">Where to stop; line ends and NUL are among them.</param>
    /// <param name="most">How many to pass at most.</param>
    public ReadOnlySpan<char> ReadTo(SearchValues<char> ends, int most)
    {
        ReadOnlySpan<char> rest = characters.AsSpan(next, Math.Min(most, count - next));
        int length = rest.IndexOfAny(ends);
        rest = length < 0 ? rest : rest[..length];
        next += rest.Length;
        return rest;
    }

    /// <summary>An error at the next character.</summary>
    public DataException Error(string what) => new($"'{path}', line {Line}, column {Column}: {what}.");

    private void Load()
    {
        int found;
        while (!ended && byteCount < Size)
        {
            found = stream.Read(bytes, byteCount, Size - byteCount);
            ended = found == 0;
            byteCount += found;
        }
    }

    private void Decode()
    {
        column = Column;
        OperationStatus status = Utf8.ToUtf16(bytes.AsSpan(0, byteCount), characters, out int read, out count, replaceInvalidSequences: false, isFinalBlock: ended);
        (next, counted) = (0, 0);
        bad = status == OperationStatus.InvalidData ? bytes[read] : null;
        bytes.AsSpan(read, byteCount - read).CopyTo(bytes);
        byteCount -= read;
    }
}
