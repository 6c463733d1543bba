using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Autograd.Tests;
using Toolkit.OnnxExport.Checking;
using Toolkit.OnnxExport.Export;
using Toolkit.OnnxExport.Import;
using Toolkit.OnnxExport.Serving;

namespace Toolkit.OnnxExport.Tests.Export;

/// <summary>Names of any text: marks that turn the direction of reading, characters beyond 16 bits, line breaks, quotes, the character 0.</summary>
public sealed class NameTextTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public static TheoryData<string> Texts => ["\u202Ethgir", "\U0001F600\U00020000", "line\nbreak", "\"quoted\" \\ back", " ", "e\u0301", "a\0b", "../up", new string('n', 5000)];

    public void Dispose() => folder.Dispose();

    [Theory]
    [MemberData(nameof(Texts))]
    public void Names_of_inputs_weights_and_outputs_come_back(string text)
    {
        byte[] model = OnnxExporter.Export(Signature(text));
        ModelCheck.Require(model);
        OnnxModel read = OnnxModel.Load(model);
        Assert.Equal([$"in {text}"], read.Signature.Inputs.Select(input => input.Name));
        Assert.Equal([$"out {text}"], read.Signature.Outputs.Select(output => output.Name));
        Assert.Equal([$"weight {text}"], read.Parameters.Select(parameter => parameter.Name));
        Assert.Equal(model, OnnxExporter.Export(read.Signature, read.ExportOptions));
    }

    /// <summary>The runtime takes names as texts that end at the first 0: a model that has one is refused or runs right, but nothing else is taken for it.</summary>
    [Theory]
    [MemberData(nameof(Texts))]
    public void A_session_serves_them_or_says_why_not(string text)
    {
        byte[] model = OnnxExporter.Export(Signature(text));
        if (text.Contains('\0', StringComparison.Ordinal))
        {
            Assert.Throws<ServingException>(() =>
            {
                using OnnxSession refused = OnnxSession.Load(model);
                refused.Run(Value.Of([1f, 2], 2));
            });
            return;
        }

        using OnnxSession session = OnnxSession.Load(model);
        Assert.Equal([$"in {text}"], session.Inputs.Select(input => input.Name));
        Assert.Equal([$"out {text}"], session.Outputs.Select(output => output.Name));
        Assert.Equal([4f, 6f], session.Run(Value.Of([1f, 2], 2))[0].ToArray<float>());
    }

    [Theory]
    [InlineData("\u202Ethgir.onnx")]
    [InlineData("\U0001F600.onnx")]
    [InlineData("two words.onnx")]
    [InlineData("%2e%2e%2fup.onnx")]
    public void Files_may_be_called_so(string name)
    {
        string path = folder.File(name);
        File.WriteAllBytes(path, OnnxExporter.Export(Signature("x")));
        Assert.Empty(ModelCheck.Check(path));
        Assert.Single(OnnxModel.Load(path).Parameters);
        using OnnxSession session = OnnxSession.Load(path);
        Assert.Equal([4f, 6f], session.Run(Value.Of([1f, 2], 2))[0].ToArray<float>());
    }

    private static Signature Signature(string text)
    {
        Variable x = Variable.Input($"in {text}", DType.Float32, [2]);
        var weight = new Parameter($"weight {text}", Value.Of([3f, 4f], 2), ParameterRole.Weight);
        return new Signature([x], [new Output($"out {text}", x + weight.Variable)]);
    }
}
