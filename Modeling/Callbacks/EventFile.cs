using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Text;

namespace Toolkit.Modeling.Callbacks;

/// <summary>A file of events: records (length, its masked CRC-32C, content, its masked CRC-32C), each of which is a message Event of TensorFlow's event.proto. Whole records are appended.</summary>
internal sealed class EventFile
{
    private const uint Mask = 0xA282EAD8;

    private readonly TimeProvider clock;

    /// <summary>Begins a file in a folder.</summary>
    public EventFile(string folder, TimeProvider clock)
    {
        this.clock = clock;
        Path = System.IO.Path.Combine(folder, string.Create(
            CultureInfo.InvariantCulture, $"events.out.tfevents.{clock.GetUtcNow().ToUnixTimeSeconds()}.{Environment.ProcessId}.{Guid.NewGuid():N}"));
        Write(FileMode.CreateNew, Event(message => message.Text(3, "brain.Event:2")));
    }

    public string Path { get; }

    /// <summary>Appends numbers of a step.</summary>
    public void Add(long step, IEnumerable<(string Tag, double Value)> values) => Write(FileMode.Append, Event(message =>
    {
        message.Number(2, step);
        message.Inner(5, summary =>
        {
            foreach ((string tag, double number) in values)
            {
                summary.Inner(1, value =>
                {
                    value.Text(1, tag);
                    value.Single(2, (float)number);
                });
            }
        });
    }));

    private byte[] Event(Action<Message> fill)
    {
        var message = new Message();
        message.Double(1, clock.GetUtcNow().ToUnixTimeMilliseconds() / 1000.0);
        fill(message);
        return message.Bytes.ToArray();
    }

    private void Write(FileMode mode, byte[] content)
    {
        byte[] record = new byte[content.Length + 16];
        BinaryPrimitives.WriteInt64LittleEndian(record, content.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(8), Masked(record.AsSpan(0, 8)));
        content.CopyTo(record, 12);
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(12 + content.Length), Masked(content));
        using var stream = new FileStream(Path, mode, FileAccess.Write, FileShare.ReadWrite);
        stream.Write(record);
    }

    private static uint Masked(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte b in bytes)
            crc = BitOperations.Crc32C(crc, b);
        return BitOperations.RotateRight(~crc, 15) + Mask;
    }

    /// <summary>A message of Protocol Buffers that is written field by field.</summary>
    private sealed class Message
    {
        private const int Varint = 0, Eight = 1, Delimited = 2, Four = 5;

        public MemoryStream Bytes { get; } = new();

        public void Number(int field, long value)
        {
            Key(field, Varint);
            Write((ulong)value);
        }

        public void Double(int field, double value)
        {
            Key(field, Eight);
            Span<byte> bytes = stackalloc byte[8];
            BinaryPrimitives.WriteDoubleLittleEndian(bytes, value);
            Bytes.Write(bytes);
        }

        public void Single(int field, float value)
        {
            Key(field, Four);
            Span<byte> bytes = stackalloc byte[4];
            BinaryPrimitives.WriteSingleLittleEndian(bytes, value);
            Bytes.Write(bytes);
        }

        public void Text(int field, string value) => Content(field, Encoding.UTF8.GetBytes(value));

        public void Inner(int field, Action<Message> fill)
        {
            var message = new Message();
            fill(message);
            Content(field, message.Bytes.ToArray());
        }

        private void Content(int field, byte[] bytes)
        {
            Key(field, Delimited);
            Write((ulong)bytes.Length);
            Bytes.Write(bytes);
        }

        private void Key(int field, int kind) => Write((ulong)((field << 3) | kind));

        private void Write(ulong value)
        {
            for (; value >= 0x80; value >>= 7)
                Bytes.WriteByte((byte)(value | 0x80));
            Bytes.WriteByte((byte)value);
        }
    }
}
