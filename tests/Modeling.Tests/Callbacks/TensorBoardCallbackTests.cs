using System.Buffers.Binary;
using System.Text;
using Toolkit.Modeling.Callbacks;
using Toolkit.Modeling.Tests.Training;

namespace Toolkit.Modeling.Tests.Callbacks;

/// <summary>The file is read by loops of the test's own: records, checksums bit by bit, fields of Protocol Buffers.</summary>
public sealed class TensorBoardCallbackTests
{
    [Fact]
    public void Epochs_and_steps_are_events()
    {
        using var folder = new TemporaryFolder();
        var board = new TensorBoardCallback(folder.PathOf("runs/first"), new StillClock()) { Steps = 2 };
        ScriptedTraining.Trainer([5, 4, 3.25, 2], metrics: ScriptedTraining.Metric([7, 8, 9.5, 11], true)).Fit(
            ScriptedTraining.Data(2),
            new() { Epochs = 2, BatchSize = 1, Validation = ScriptedTraining.Data(2), Callbacks = [board] },
            TestContext.Current.CancellationToken);
        Assert.StartsWith("events.out.tfevents.1000000000.", Path.GetFileName(board.Path), StringComparison.Ordinal);
        List<byte[]> records = Records(File.ReadAllBytes(board.Path));
        Assert.Equal(
            [
                "1=1000000000.5 3=brain.Event:2",
                "1=1000000000.5 2=2 batch_loss:5",
                "1=1000000000.5 2=2 loss:5 scripted:7 learning_rate:1 validation/loss:4 validation/scripted:8",
                "1=1000000000.5 2=4 batch_loss:3.25",
                "1=1000000000.5 2=4 loss:3.625 scripted:8.75 learning_rate:1 validation/loss:2 validation/scripted:11",
            ],
            records.Select(record => string.Join(" ", Fields(record).Select(Text))));
    }

    [Fact]
    public void A_checksum_is_that_of_the_standard() => Assert.Equal(0xE3069283u, Crc32C("123456789"u8));

    private static string Text((int Field, object Value) field) => field switch
    {
        (5, byte[] summary) => string.Join(" ", Fields(summary).Select(value => (byte[])value.Value).Select(Fields).Select(value =>
            string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Encoding.UTF8.GetString((byte[])value[0].Value)}:{value[1].Value}"))),
        (3, byte[] text) => $"3={Encoding.UTF8.GetString(text)}",
        _ => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{field.Field}={field.Value}"),
    };

    private static List<byte[]> Records(byte[] file)
    {
        var records = new List<byte[]>();
        for (int at = 0; at < file.Length;)
        {
            int length = (int)BinaryPrimitives.ReadInt64LittleEndian(file.AsSpan(at));
            Assert.Equal(Masked(file.AsSpan(at, 8)), BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at + 8)));
            Assert.Equal(Masked(file.AsSpan(at + 12, length)), BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at + 12 + length)));
            records.Add(file[(at + 12)..(at + 12 + length)]);
            at += 16 + length;
        }

        return records;
    }

    private static List<(int Field, object Value)> Fields(byte[] message)
    {
        var fields = new List<(int, object)>();
        for (int at = 0; at < message.Length;)
        {
            int key = (int)Varint();
            switch (key & 7)
            {
                case 0:
                    fields.Add((key >> 3, (long)Varint()));
                    break;
                case 1:
                    fields.Add((key >> 3, BinaryPrimitives.ReadDoubleLittleEndian(message.AsSpan(at))));
                    at += 8;
                    break;
                case 2:
                    int length = (int)Varint();
                    fields.Add((key >> 3, message[at..(at + length)]));
                    at += length;
                    break;
                case 5:
                    fields.Add((key >> 3, BinaryPrimitives.ReadSingleLittleEndian(message.AsSpan(at))));
                    at += 4;
                    break;
                default:
                    Assert.Fail($"Unknown kind of field {key & 7}.");
                    break;
            }

            ulong Varint()
            {
                ulong value = 0;
                for (int shift = 0; ; shift += 7)
                {
                    byte next = message[at++];
                    value |= (ulong)(next & 0x7F) << shift;
                    if (next < 0x80)
                        return value;
                }
            }
        }

        return fields;
    }

    private static uint Masked(ReadOnlySpan<byte> bytes)
    {
        uint crc = Crc32C(bytes);
        return ((crc >> 15) | (crc << 17)) + 0xA282EAD8;
    }

    private static uint Crc32C(ReadOnlySpan<byte> bytes)
    {
        uint crc = 0xFFFFFFFF;
        foreach (byte b in bytes)
        {
            crc ^= b;
            for (int bit = 0; bit < 8; bit++)
                crc = (crc & 1) == 1 ? (crc >> 1) ^ 0x82F63B78 : crc >> 1;
        }

        return ~crc;
    }

    private sealed class StillClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeMilliseconds(1_000_000_000_500);
    }
}
