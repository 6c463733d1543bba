using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;

namespace Toolkit.Modeling.Data;

/// <summary>
/// Unpacks a gzip file of one or several members and refuses what <see cref="GZipStream"/> passes over in silence: a file that ends early and bytes behind the
/// last member. Checksums and lengths are verified, and a file that unpacks to far more than data do is refused. Source: RFC 1952.
/// </summary>
internal sealed class GzipReadStream : Stream
{
    /// <summary>How many bytes any file may unpack to, and how many times its own size above that: deflate reaches 1,032 times for bytes that are all the same.</summary>
    public const long FreeSize = 64L << 20, GreatestRatio = 100;

    private const int NameFlag = 8, CommentFlag = 16, ExtraFlag = 4, HeaderChecksumFlag = 2, TextFlag = 1;

    private readonly GzipInput input;
    private readonly string path;
    private readonly long greatestSize;
    private readonly Crc32 checksum = new();
    private DeflateStream? member;
    private uint memberSize;
    private long unpacked;

    /// <summary>Takes over the stream of the packed file.</summary>
    public GzipReadStream(Stream packed, string path)
    {
        input = new GzipInput(packed);
        this.path = path;
        greatestSize = packed.CanSeek ? Math.Max(FreeSize, GreatestRatio * packed.Length) : long.MaxValue;
        Begin();
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        while (member is not null && !buffer.IsEmpty)
        {
            int found = Unpack(buffer);
            if (found > 0)
                return found;
            End();
        }

        return 0;
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
        {
            member?.Dispose();
            input.Dispose();
        }

        base.Dispose(disposing);
    }

    private int Unpack(Span<byte> buffer)
    {
        int found;
        try
        {
            found = member!.Read(buffer);
        }
        catch (InvalidDataException e)
        {
            throw Damaged("the packed data cannot be unpacked", e);
        }

        checksum.Append(buffer[..found]);
        memberSize += (uint)found;
        unpacked += found;
        return unpacked <= greatestSize ? found : throw new DataException(
            $"'{path}' unpacks to more than {greatestSize} bytes, {GreatestRatio} times its own size: refused, as files made to fill the memory do that. "
            + "Unpack it first if it is what you expect.");
    }

    /// <summary>Reads the header of a member.</summary>
    private void Begin()
    {
        foreach (byte expected in GzipInput.Magic)
        {
            if (Byte() != expected)
                throw new DataException($"'{path}' is not a gzip file: expected it to begin with the bytes 1F 8B 08.");
        }

        int flags = Byte();
        if ((flags & ~(NameFlag | CommentFlag | ExtraFlag | HeaderChecksumFlag | TextFlag)) != 0)
            throw Damaged($"the header has the flags {flags:X2}, some of which are reserved");
        Skip(6);
        if ((flags & ExtraFlag) != 0)
            Skip(Byte() | (Byte() << 8));
        for (int text = flags & (NameFlag | CommentFlag); text != 0; text &= text - 1)
        {
            while (Byte() != 0)
            {
            }
        }

        if ((flags & HeaderChecksumFlag) != 0)
            Skip(2);
        input.BeginMember();
        member = new DeflateStream(input, CompressionMode.Decompress, leaveOpen: true);
        checksum.Reset();
        memberSize = 0;
    }

    /// <summary>Checks the end of a member, and begins the next one if there is one.</summary>
    private void End()
    {
        member!.Dispose();
        member = null;
        if (input.Starved)
            throw Truncated();
        Span<byte> trailer = stackalloc byte[8];
        BinaryPrimitives.WriteUInt32LittleEndian(trailer, checksum.GetCurrentHashAsUInt32());
        BinaryPrimitives.WriteUInt32LittleEndian(trailer[4..], memberSize);
        if (!input.TryPass(trailer))
        {
            throw Damaged(
                "expected the checksum and length of what was unpacked behind the packed data, and then the end of the file or another gzip header; found something else");
        }

        if (!input.AtEnd)
            Begin();
    }

    private int Byte()
    {
        int found = input.ReadByte();
        return found >= 0 ? found : throw Truncated();
    }

    private void Skip(int count)
    {
        for (int i = 0; i < count; i++)
            Byte();
    }

    private DataException Truncated() => Damaged("the file ends within its packed data");

    private DataException Damaged(string what, Exception? cause = null) => new($"'{path}' is damaged: {what} ({unpacked} bytes had been unpacked).", cause);
}
