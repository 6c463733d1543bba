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
            a => [Ops.ExpandLike(w, a[0])])[0];
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
            IReadOnlyList<Value> found = session.Run(inputs);
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

    [Theory]
    [InlineData(13)]
    [InlineData(21)]
    public void A_training_step_of_a_recurrence(int opset)
    {
        Variable x = Variable.Input("x", DType.Float32, ["time", "batch", 3]);
        var w = new Parameter("w", Value.Of([0.5f, -1f, 0.3f, 0.2f, 0.1f, 0.7f, -0.4f, 0.9f, -0.2f], 3, 3));
        (IReadOnlyList<Variable> states, IReadOnlyList<Variable> outputs) = Ops.Scan(
            [Ops.Expand(Variable.Scalar(0, DType.Float32), ["batch", 3], x)], [x], (s, e) => Next((s[0].MatMul(w) + e[0]).Tanh()));
        Variable loss = (states[0].Square().Sum() + outputs[0].Sum()) * 0.1;
        IReadOnlyList<Variable> first = Gradient.Of(loss, [x, w]);
        IReadOnlyList<Variable> second = Gradient.Of(first[0].Square().Sum(), [x, w]);
        var signature = new Signature(
            [x], [new Output("loss", loss), new Output("gx", first[0]), new Output("gxx", second[0]), new Output("gxw", second[1])], [new Update(w, w - (first[1] * 0.1))]);
        byte[] bytes = OnnxExporter.Export(signature, new OnnxExportOptions { Opset = opset });
        OnnxModel model = OnnxModel.Load(bytes);
        Assert.Equal(bytes, OnnxExporter.Export(model.Signature, model.ExportOptions));
        Function again = Function.Compile(model.Inference);
        using OnnxSession session = OnnxSession.Load(bytes);
        foreach ((int time, int batch) in new[] { (4, 2), (1, 3) })
        {
            Value input = Value.Of([.. Enumerable.Range(0, time * batch * 3).Select(i => MathF.Sin(i))], time, batch, 3);
            IReadOnlyList<Value> found = session.Run(input);
            IReadOnlyList<Value> expected = Interpreter.Run(new Signature(signature.Inputs, signature.Outputs), input);
            Value[] read = again.Run(input);
            for (int i = 0; i < expected.Count; i++)
            {
                Parity.Equal(expected[i], found[i], 1e-5, signature.Outputs[i].Name);
                Parity.Equal(expected[i], read[i], 1e-5, $"{signature.Outputs[i].Name} read back");
            }
        }

        static (IReadOnlyList<Variable> States, IReadOnlyList<Variable> Outputs) Next(Variable state) => ([state], [state]);
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
