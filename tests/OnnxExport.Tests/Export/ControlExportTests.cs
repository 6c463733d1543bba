using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Gradients;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.OnnxExport.Export;
using Toolkit.OnnxExport.Import;
using Toolkit.OnnxExport.Serving;

namespace Toolkit.OnnxExport.Tests.Export;

/// <summary>Computations with bodies through ONNX Runtime and back: values, gradients and training steps.</summary>
public class ControlExportTests
{
    [Theory]
    [InlineData(13)]
    [InlineData(16)]
    [InlineData(21)]
    public void A_choice_with_its_gradients_and_an_update(int opset)
    {
        Variable condition = Variable.Input("condition", DType.Bool, []), x = Variable.Input("x", DType.Float32, ["batch", 3]);
        var w = new Parameter("w", Value.Of([0.5f, -1f, 2f], 3));
        Variable hidden = x.Tanh();
        Variable y = Ops.If(
            condition,
            [hidden],
            a => [Ops.If(Ops.Greater(a[0].Sum(), 0), [a[0]], b => [b[0] * w], b => [b[0] + 1])[0]],
            a => [Ops.Expand(w, a[0].Shape)])[0];
        IReadOnlyList<Variable> gradients = Gradient.Of(y.Square().Mean(), [x, w]);
        var signature = new Signature([condition, x], [new Output("y", y), new Output("gx", gradients[0])], [new Update(w, w - (gradients[1] * 0.1))]);
        Value[][] cases =
        [
            [Value.Of(true), Value.Of([1f, 2f, 3f, 0.5f, 0f, 1f], 2, 3)],
            [Value.Of(true), Value.Of([-1f, -2f, -3f], 1, 3)],
            [Value.Of(false), Value.Of([1f, 2f, 3f, 0.5f, 0f, 1f], 2, 3)],
        ];
        byte[] bytes = OnnxExporter.Export(signature, new OnnxExportOptions { Opset = opset });
        OnnxModel model = OnnxModel.Load(bytes);
        Assert.Equal(bytes, OnnxExporter.Export(model.Signature, model.ExportOptions));
        using OnnxSession session = OnnxSession.Load(bytes);
        foreach (Value[] inputs in cases)
        {
            Value before = w.Value.Clone();
            IReadOnlyList<Value> found = session.Run([.. inputs, before]);
            Value[] expected = Function.Compile(signature).Run(inputs);
            Parity.Equal(expected[0], found[0], 1e-6, "y");
            Parity.Equal(expected[1], found[1], 1e-6, "gx");
            Parity.Equal(w.Value, found[2], 1e-6, "w");
            Value[] again = Function.Compile(model.Inference).Run(inputs);
            w.Value = before;
            Assert.Equal(before.ToArray<float>(), model.Parameters.Single(p => p.Name == "w").Value.ToArray<float>());
            Parity.Equal(expected[0], again[0], 1e-6, "y read back");
        }
    }

    [Fact]
    public void Operators_that_are_missing_in_a_body_are_named()
    {
        Variable condition = Variable.Input("condition", DType.Bool, []), x = Variable.Input("x", DType.Float32, [3]);
        Variable y = Ops.If(condition, [x], a => [a[0].Tanh()], a => [a[0]])[0];
        var model = Toolkit.OnnxExport.Format.ModelProto.Parser.ParseFrom(OnnxExporter.Export(new Signature([condition, x], [new Output("y", y)])));
        model.Graph.Node[0].Attribute[0].G.Node[0].OpType = "Det";
        string message = Assert.Throws<ImportException>(() => OnnxModel.Load(Google.Protobuf.MessageExtensions.ToByteArray(model))).Message;
        Assert.Contains("Det (1)", message, StringComparison.Ordinal);
    }
}
