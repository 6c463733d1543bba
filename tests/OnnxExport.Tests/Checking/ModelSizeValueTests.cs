using Google.Protobuf.Reflection;
using Toolkit.OnnxExport.Checking;
using Toolkit.OnnxExport.Format;

namespace Toolkit.OnnxExport.Tests.Checking;

/// <summary>
/// The estimate of small messages, by hand: an object is 40, each of its lists 48 and each other field 16; an element of a list is 16, a text 48 and two for each character; the first field that the format does
/// not have is 240 more than the next ones.
/// </summary>
public sealed class ModelSizeValueTests
{
    // A key and a value; a name and a number; a list; nine lists and six other fields.
    private const long Entry = 40 + (2 * 16), Set = 40 + (2 * 16), Shape = 40 + 48, Tensor = 40 + (9 * 48) + (6 * 16);

    private const long First = 240, UnknownNumber = 16 + 200, UnknownBytes = 16 + 200 + 40 + 48, EmptyText = 48, Bytes = 48 + 40 + 48;

    [Theory]
    [InlineData("", Entry)]
    [InlineData("0A 02 61 62", Entry + 48 + 4)]
    [InlineData("8A 80 80 80 80 80 80 80 80 01 02 61 62", Entry + 48 + 4)]
    [InlineData("0A 82 80 80 80 80 80 80 80 80 01 61 62", Entry + 48 + 4)]
    [InlineData("0A", Entry)]
    [InlineData("0A 05 61", Entry)]
    [InlineData("FF FF FF FF FF FF FF FF FF FF 00 0A 00", Entry)]
    public void Texts(string bytes, long size) => Assert.Equal(size, Estimate(bytes, StringStringEntryProto.Descriptor));

    [Theory]
    [InlineData("A0 06 05", First + UnknownNumber)]
    [InlineData("A0 06 85 01 0A 00", First + UnknownNumber + EmptyText)]
    [InlineData("A1 06 01 02 03 04 05 06 07 08", First + UnknownNumber)]
    [InlineData("A1 06 01 02 03 04 05 06 07 08 0A 00", First + UnknownNumber + EmptyText)]
    [InlineData("A1 06 01 02 03 04 05 06 07", First + 16)]
    [InlineData("A5 06 01 02 03 04", First + UnknownNumber)]
    [InlineData("A5 06 01 02 03 04 0A 00", First + UnknownNumber + EmptyText)]
    [InlineData("A5 06 01 02 03", First + 16)]
    [InlineData("A2 06 03 01 02 03", First + UnknownBytes + 3)]
    [InlineData("63 0A 00 64", First + (2 * UnknownNumber) + EmptyText)]
    public void Unknown_fields(string bytes, long beyond) => Assert.Equal(Entry + beyond, Estimate(bytes, StringStringEntryProto.Descriptor));

    /// <summary>A text as a number, a number as bytes: the parser keeps them as it keeps what it does not know.</summary>
    [Theory]
    [InlineData("10 05", 0)]
    [InlineData("08 05", First + UnknownNumber)]
    [InlineData("09 01 02 03 04 05 06 07 08", First + UnknownNumber)]
    [InlineData("0D 01 02 03 04", First + UnknownNumber)]
    [InlineData("11 01 02 03 04 05 06 07 08", First + UnknownNumber)]
    [InlineData("15 01 02 03 04", First + UnknownNumber)]
    [InlineData("12 01 05", First + UnknownBytes + 1)]
    public void Fields_of_another_kind(string bytes, long beyond) => Assert.Equal(Set + beyond, Estimate(bytes, OperatorSetIdProto.Descriptor));

    [Theory]
    [InlineData("08 05", 16)]
    [InlineData("0A 03 80 01 05", 16 + (2 * 16))]
    [InlineData("25 01 02 03 04", 16)]
    [InlineData("22 04 01 02 03 04", 16 + 4)]
    [InlineData("51 01 02 03 04 05 06 07 08", 16)]
    [InlineData("52 08 01 02 03 04 05 06 07 08", 16 + 8)]
    [InlineData("4A 03 01 02 03", Bytes + 3)]
    [InlineData("32 01 61", 16 + Bytes + 1)]
    [InlineData("42 01 61", EmptyText + 2)]
    public void Content_of_tensors(string bytes, long beyond) => Assert.Equal(Tensor + beyond, Estimate(bytes, TensorProto.Descriptor));

    /// <summary>A dimension has three fields that are no lists.</summary>
    [Fact]
    public void Messages_in_messages() => Assert.Equal(Shape + (2 * (16 + 40 + (3 * 16))), Estimate("0A 00 0A 00", TensorShapeProto.Descriptor));

    /// <summary>Types of the elements of types, a message in a message each; the parser reads no more than a hundred.</summary>
    [Fact]
    public void Messages_below_a_hundred_others_are_not_looked_at()
    {
        Assert.True(Nested(100) > Nested(99));
        Assert.Equal(Nested(100), Nested(101));

        static long Nested(int depth)
        {
            List<byte> bytes = [];
            for (int i = depth - 1; i >= 0; i--)
            {
                byte[] length = bytes.Count < 128 ? [(byte)bytes.Count] : [(byte)(0x80 | (bytes.Count & 0x7F)), (byte)(bytes.Count >> 7)];
                bytes.InsertRange(0, [i % 2 == 0 ? (byte)0x22 : (byte)0x0A, .. length]);
            }

            return ModelSize.Estimate([.. bytes], TypeProto.Descriptor);
        }
    }

    /// <summary>Empty graphs and, for the last bytes, empty metadata that amount to the limit exactly, and one more.</summary>
    [Fact]
    public void A_model_may_take_64_MiB_and_forty_times_the_file()
    {
        long model = ModelSize.Estimate([], ModelProto.Descriptor), limit = 64L << 20;
        long graph = ModelSize.Estimate([0x3A, 0x00], ModelProto.Descriptor) - model, entry = 16 + Entry;
        (long graphs, long rest) = Math.DivRem(limit - model, graph - 80);
        (long entries, long left) = Math.DivRem(rest, entry - 80);
        Assert.Equal(0, left);
        byte[] most = [.. Pairs(0x3A, graphs), .. Pairs(0x72, entries)];
        Assert.Equal(limit + (40 * most.Length), ModelSize.Estimate(most, ModelProto.Descriptor));
        Assert.DoesNotContain(ModelCheck.Check(most), problem => problem.Message.Contains("in memory", StringComparison.Ordinal));
        byte[] more = [.. most, 0x72, 0x00];
        long allowed = limit + (40 * more.Length);
        Assert.Equal(
            [new ModelProblem(CheckRule.Model, "", $"Expected a model whose parts take up to {allowed} bytes in memory, 64 MiB and 40 times the file, found parts that take {allowed + entry - 80}.")],
            ModelCheck.Check(more));

        static IEnumerable<byte> Pairs(byte tag, long count) => Enumerable.Repeat((byte[])[tag, 0x00], (int)count).SelectMany(pair => pair);
    }

    private static long Estimate(string bytes, MessageDescriptor type) => ModelSize.Estimate(Convert.FromHexString(bytes.Replace(" ", "", StringComparison.Ordinal)), type);
}
