using Toolkit.Autograd.Tensors;
using Toolkit.OnnxExport.Serving;
using Toolkit.OnnxExport.Tests.Import;
using static Toolkit.OnnxExport.Format.TensorProto.Types;

namespace Toolkit.OnnxExport.Tests.Sessions;

/// <summary>Texts go to ONNX Runtime and come back, and may be changed between two runs.</summary>
public class TextTests
{
    private static readonly string[] Words = ["one", "", "zwölf 🙂", "four"];

    [Fact]
    public void Texts_come_back_in_their_places()
    {
        OneNode node = new OneNode("Transpose", 13).Of(Value.Of(Words.AsSpan(), 2, 2)).Gives(DataType.String);
        using OnnxSession session = OnnxSession.Load(node.Bytes());
        Value found = Assert.Single(session.Run(node.Arguments));
        Assert.Equal([Words[0], Words[2], Words[1], Words[3]], found.Texts.ToArray());
        Assert.Equal([2, 2], found.Sizes.ToArray());
    }

    [Fact]
    public void Texts_written_between_two_runs_are_those_of_the_second()
    {
        OneNode node = new OneNode("Concat", 13).Of(Value.Of(Words.AsSpan(0, 2), 2)).Of(Value.Of(Words.AsSpan(2, 2), 2)).With("axis", 0).Gives(DataType.String);
        using OnnxSession session = OnnxSession.Load(node.Bytes());
        using SessionBuffers buffers = session.CreateBuffers(new Dictionary<string, int>());
        for (int round = 0; round < 2; round++)
        {
            Words.AsSpan(0, 2).CopyTo(buffers.InputMemory[round].Texts);
            Words.AsSpan(2, 2).CopyTo(buffers.InputMemory[1 - round].Texts);
            buffers.Run();
            string[] expected = round == 0 ? Words : [Words[2], Words[3], Words[0], Words[1]];
            Assert.Equal(expected, buffers.OutputMemory[0].Texts.ToArray());
        }
    }

    [Fact]
    public void Numbers_are_no_texts()
    {
        using OnnxSession session = OnnxSession.Load(new OneNode("Neg", 13).Of([1f, 2f], 2).Bytes());
        using SessionBuffers buffers = session.CreateBuffers(new Dictionary<string, int>());
        Assert.Contains("Expected texts in \"x0\", found Float", Assert.Throws<ServingException>(() => buffers.InputMemory[0].Texts.Length).Message, StringComparison.Ordinal);
        Assert.Contains("found Int64", Assert.Throws<ServingException>(() => buffers.InputMemory[0].Span<long>().Length).Message, StringComparison.Ordinal);
    }
}
