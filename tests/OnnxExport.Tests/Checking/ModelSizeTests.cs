using Google.Protobuf;
using Toolkit.Autograd.Tests;
using Toolkit.OnnxExport.Checking;
using Toolkit.OnnxExport.Format;

namespace Toolkit.OnnxExport.Tests.Checking;

/// <summary>The estimate is held to what the parser of the format takes indeed.</summary>
[Collection(nameof(Alone))]
public sealed class ModelSizeTests
{
    private const int Count = 20_000;

    public static TheoryData<string> Names => [.. Files.Keys];

    private static Dictionary<string, Action<CodedOutputStream>> Files { get; } = new()
    {
        ["numbers of unknown fields"] = output => Each(output, i => Number(output, 1000 + i)),
        ["numbers of one unknown field"] = output => Each(output, _ => Number(output, 1000)),
        ["bytes of unknown fields"] = output => Each(output, i => Bytes(output, 1000 + i, new byte[i % 9])),
        ["texts"] = output => Each(output, _ => Bytes(output, 2, new byte[50])),
        ["empty nodes"] = output => Bytes(output, 7, EmptyNodes),
        ["empty metadata"] = output => Each(output, _ => Bytes(output, 14, [])),
        ["sizes side by side"] = output => Bytes(output, 7, Below(5, Below(1, [.. Enumerable.Repeat((byte)1, 10 * Count)]))),
        ["floats side by side"] = output => Bytes(output, 7, Below(5, Below(4, new byte[40 * Count]))),
        ["numbers where messages should be"] = output => Bytes(output, 7, [.. Enumerable.Repeat((byte[])[0x0A, 0x02, 0x38, 0x00], Count).SelectMany(node => node)]),
        ["nodes below a tag of ten bytes"] = output => Raw(output, [0xBA, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01, 0xC0, 0xB8, 0x02], EmptyNodes),
        ["nodes below a length of ten bytes"] = output => Raw(output, [0x3A, 0xC0, 0xB8, 0x82, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01], EmptyNodes),
        ["raw content"] = output => Bytes(output, 7, Below(5, Below(9, new byte[40 * Count]))),
    };

    private static byte[] EmptyNodes => [.. Enumerable.Repeat((byte[])[0x0A, 0x00], Count).SelectMany(node => node)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_parser_takes_no_more_than_is_estimated(string name)
    {
        using var stream = new MemoryStream();
        using (var output = new CodedOutputStream(stream, leaveOpen: true))
            Files[name](output);
        byte[] bytes = stream.ToArray();
        ModelProto.Parser.ParseFrom(bytes);
        GC.Collect();
        long before = GC.GetTotalMemory(forceFullCollection: true);
        ModelProto model = ModelProto.Parser.ParseFrom(bytes);
        long held = GC.GetTotalMemory(forceFullCollection: true) - before;
        GC.KeepAlive(model);
        long estimate = ModelSize.Estimate(bytes, ModelProto.Descriptor);
        Assert.True(held <= estimate + (64 << 10), $"A file of {bytes.Length} bytes is estimated at {estimate}, found {held}.");
    }

    private static void Each(CodedOutputStream output, Action<int> write)
    {
        for (int i = 0; i < Count; i++)
            write(i);
        output.Flush();
    }

    private static void Number(CodedOutputStream output, int field)
    {
        output.WriteTag(field, WireFormat.WireType.Varint);
        output.WriteUInt64(1);
    }

    private static void Bytes(CodedOutputStream output, int field, byte[] content)
    {
        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteBytes(UnsafeByteOperations.UnsafeWrap(content));
    }

    private static void Raw(CodedOutputStream output, byte[] head, byte[] content)
    {
        foreach (byte part in head.Concat(content))
            output.WriteRawTag(part);
    }

    private static byte[] Below(int field, byte[] content)
    {
        using var stream = new MemoryStream();
        using (var output = new CodedOutputStream(stream, leaveOpen: true))
            Bytes(output, field, content);
        return stream.ToArray();
    }
}
