using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Texts;
using Toolkit.Autograd.Tensors;
using Toolkit.OnnxExport.Export;
using Toolkit.OnnxExport.Format;
using Toolkit.OnnxExport.Import;
using Toolkit.OnnxExport.Serving;

namespace Toolkit.OnnxExport.Tests.Export;

/// <summary>Texts that become numbers: the file gives in ONNX Runtime what the engine gives, and is read as what was written.</summary>
public sealed class TextParityTests
{
    [Theory]
    [InlineData(OnnxExportOptions.OldestOpset)]
    [InlineData(OnnxExportOptions.NewestOpset)]
    public void Categories_are_looked_up_as_in_ONNX_Runtime_and_read_back(int opset)
    {
        Variable place = Variable.Input("place", DType.String, ["batch", 1]);
        var encoder = new LabelEncoder(["bay", "Küste", "", "two words"], [1, 2, 3, 4], Otherwise: 5);
        var signature = new Signature([place], [new Output("key", encoder.Apply(place))]);
        byte[] file = OnnxExporter.Export(signature, new() { Opset = opset });
        Assert.Equal([("", (long)opset), (OnnxForm.Features, 2)], ModelProto.Parser.ParseFrom(file).OpsetImport.Select(set => (set.Domain, set.Version)));

        Value given = Value.Of(["Küste", "kuste", "", "two words", "bay", "bay "], 6, 1);
        using OnnxSession session = OnnxSession.Load(file);
        long[] served = session.Run(given)[0].ToArray<long>();
        Assert.Equal([2, 5, 3, 4, 1, 5], served);
        Assert.Equal(served, Function.Compile(signature).Run(given)[0].ToArray<long>());
        OnnxModel again = OnnxModel.Load(file);
        Assert.Equal(encoder, Assert.Single(again.Signature.Nodes).Operation);
        Assert.Equal(file, OnnxExporter.Export(again.Signature, again.ExportOptions));
    }

    /// <summary>Of a file without such a node the other operator set is not named.</summary>
    [Fact]
    public void A_file_names_only_the_operator_sets_that_it_uses()
    {
        Variable x = Variable.Input("x", DType.Float32, [2]);
        Assert.Equal(string.Empty, Assert.Single(ModelProto.Parser.ParseFrom(OnnxExporter.Export(new Signature([x], [new Output("y", x.Tanh())]))).OpsetImport).Domain);
    }

    /// <summary>A lookup within the body of a loop or a branch counts, too.</summary>
    [Fact]
    public void A_lookup_in_a_branch_is_written()
    {
        Variable text = Variable.Input("text", DType.String, []), condition = Variable.Input("condition", DType.Bool, []);
        IReadOnlyList<Variable> chosen = Ops.If(condition, [text], read => [new LabelEncoder(["a"], [7]).Apply(read[0])], _ => [Variable.Scalar(0, DType.Int64)]);
        using OnnxSession session = OnnxSession.Load(OnnxExporter.Export(new Signature([text, condition], [new Output("y", chosen[0])])));
        Assert.Equal(7, session.Run(Value.Of(["a"]), Value.Of(true))[0][0]);
        Assert.Equal(0, session.Run(Value.Of(["a"]), Value.Of(false))[0][0]);
    }
}
