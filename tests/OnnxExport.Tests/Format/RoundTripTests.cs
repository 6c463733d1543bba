using Google.Protobuf;
using Toolkit.OnnxExport.Format;

namespace Toolkit.OnnxExport.Tests.Format;

public class RoundTripTests
{
    [Fact]
    public void Reading_and_writing_gives_the_identical_bytes_for_every_shared_model()
    {
        string[] models = SharedFiles.Models();
        Assert.True(models.Length > 1000, $"Expected more than 1000 shared models, found {models.Length}.");
        foreach (string path in models)
        {
            byte[] bytes = File.ReadAllBytes(path);
            Assert.True(bytes.AsSpan().SequenceEqual(ModelProto.Parser.ParseFrom(bytes).ToByteArray()), path);
        }
    }

    [Fact]
    public void Fields_of_later_versions_survive()
    {
        var model = new ModelProto { IrVersion = 8 };

        // Field 1000, a string, which the format does not have.
        byte[] bytes = [.. model.ToByteArray(), 0xC2, 0x3E, 0x03, (byte)'n', (byte)'e', (byte)'w'];
        Assert.Equal(bytes, ModelProto.Parser.ParseFrom(bytes).ToByteArray());
    }

    [Fact]
    public void An_explicit_zero_differs_from_a_missing_value()
    {
        var zero = AttributeProto.Parser.ParseFrom(new AttributeProto { Name = "axis", I = 0 }.ToByteArray());
        var missing = AttributeProto.Parser.ParseFrom(new AttributeProto { Name = "axis" }.ToByteArray());
        Assert.True(zero.HasI);
        Assert.False(missing.HasI);
    }
}
