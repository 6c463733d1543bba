namespace Toolkit.Modeling.Data;

/// <summary>
/// The bytes of a packed file in pieces. What inflates them takes whole pieces and does not say where in the last one the packed data end; that place is found
/// again by the checksum and length that stand behind them.
/// </summary>
internal sealed class GzipInput(Stream packed) : Stream
{
    private const int Piece = 8192, TrailerSize = 8, Single = 64;

    private readonly byte[] buffer = new byte[2 * Piece];

    // The last piece that was handed out begins at 'start' and ends at 'next'; 'end' is the end of what has been read.
    private int start;
    private int next;
    private int end;
    private int taken;

    /// <summary>What each member begins with: the mark of gzip and the method, deflate.</summary>
    public static ReadOnlySpan<byte> Magic => [0x1F, 0x8B, 8];

    /// <summary>Whether more bytes were asked for than there are.</summary>
    public bool Starved { get; private set; }

    /// <summary>Whether all bytes have been taken.</summary>
    public bool AtEnd => !Fill(1);

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int ReadByte() => Fill(1) ? buffer[next++] : -1;

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> target)
    {
        if (!Fill(1))
        {
            Starved = true;
            return 0;
        }

        // The first bytes of a member go one by one: the checksum of an empty one is zeros, which are easily found elsewhere.
        int count = taken < Single ? Math.Min(1, target.Length) : Math.Min(Math.Min(target.Length, Piece), end - next);
        taken = Math.Min(taken + count, Single);
        start = next;
        buffer.AsSpan(next, count).CopyTo(target);
        next += count;
        return count;
    }

    /// <summary>Begins with the packed data of a member.</summary>
    public void BeginMember() => taken = 0;

    /// <summary>Goes to the place behind a trailer that begins somewhere in the last piece or right behind it and is followed by the end of the file or another header.</summary>
    public bool TryPass(ReadOnlySpan<byte> trailer)
    {
        int piece = next - start;
        next = start;
        Fill(piece + TrailerSize + Magic.Length);
        for (int at = start + 1; at <= start + piece && at + TrailerSize <= end; at++)
        {
            int after = at + TrailerSize;
            bool ends = after == end || buffer.AsSpan(after, Math.Min(Magic.Length, end - after)).SequenceEqual(Magic);
            if (ends && buffer.AsSpan(at, TrailerSize).SequenceEqual(trailer))
            {
                next = after;
                return true;
            }
        }

        return false;
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            packed.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>Whether so many bytes could be made to follow the place that has been reached.</summary>
    private bool Fill(int count)
    {
        if (end - next >= count)
            return true;
        buffer.AsSpan(next, end - next).CopyTo(buffer);
        (start, next, end) = (0, 0, end - next);
        while (end < count)
        {
            int found = packed.Read(buffer, end, buffer.Length - end);
            if (found == 0)
                return false;
            end += found;
        }

        return true;
    }
}
