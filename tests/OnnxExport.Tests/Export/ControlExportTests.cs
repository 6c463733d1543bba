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

    [Theory]
    [InlineData(13)]
    [InlineData(16)]
    [InlineData(21)]
    public void A_loop_whose_number_of_turns_shows_when_it_runs_with_its_gradients(int opset)
    {
        Variable most = Variable.Input("most", DType.Int64, []), condition = Variable.Input("condition", DType.Bool, []), x = Variable.Input("x", DType.Float32, ["batch", 2]);
        var w = new Parameter("w", Value.Of([0.5f, -1f, 0.3f, 0.2f], 2, 2));
        (IReadOnlyList<Variable> carried, IReadOnlyList<Variable> outputs) = Ops.Loop(most, condition, [x], (turn, c) =>
        {
            Variable next = c[0].MatMul(w).Tanh() * (Ops.Cast(turn, DType.Float32) + 1);
            return (Ops.Greater(next.Square().Sum(), 0.05), [next], [next * 2]);
        });
        Variable loss = (carried[0].Square().Sum() + outputs[0].Sum()) * 0.1;
        IReadOnlyList<Variable> first = Gradient.Of(loss, [x, w]);
        IReadOnlyList<Variable> second = Gradient.Of(first[0].Square().Sum(), [x, w]);
        var signature = new Signature(
            [most, condition, x],
            [new Output("last", carried[0]), new Output("all", outputs[0]), new Output("gx", first[0]), new Output("gw", first[1]), new Output("gxx", second[0]), new Output("gxw", second[1])]);
        Value input = Value.Of([1f, 2f, 3f, -0.5f, 0.1f, 1f], 3, 2);
        Check(
            signature,
            opset,
            [Value.Of(4L), Value.Of(true), input],
            [Value.Of(long.MaxValue), Value.Of(true), Value.Of([0.1f, 0.1f], 1, 2)]);

        // ONNX Runtime has loops without a turn, but no Scan without one, which the gradients are.
        var values = new Signature(signature.Inputs, [.. signature.Outputs.Take(2)]);
        Check(values, opset, [Value.Of(0L), Value.Of(true), input], [Value.Of(-4L), Value.Of(true), input], [Value.Of(4L), Value.Of(false), input]);
    }

    [Theory]
    [InlineData(13)]
    [InlineData(21)]
    public void A_loop_whose_values_grow_and_that_reads_the_graph_around_it(int opset)
    {
        Variable most = Variable.Input("most", DType.Int64, [1]), x = Variable.Input("x", DType.Float32, [2]), y = Variable.Input("y", DType.Float32, ["n"]);
        Variable twice = y * 2;
        (IReadOnlyList<Variable> carried, IReadOnlyList<Variable> outputs) = Ops.Loop(most, null, [x, y], (turn, c) =>
        {
            Variable inner = Ops.Loop(turn, null, [c[1]], (_, d) => (null, [d[0] + twice], [])).Carried[0];
            return (null, [Ops.Concat(0, c[0], inner.Sum().Reshape([1])), c[1]], [inner]);
        });
        var signature = new Signature([most, x, y], [new Output("grown", carried[0]), new Output("kept", carried[1]), new Output("all", outputs[0])]);
        Value numbers = Value.Of([1f, 2f, 3f], 3);
        Check(signature, opset, [Value.Of([3L], 1), Value.Of([1f, 2f], 2), numbers], [Value.Of([0L], 1), Value.Of([1f, 2f], 2), numbers]);
    }

    [Theory]
    [InlineData(11)]
    [InlineData(8)]
    [InlineData(1)]
    public void Loops_of_old_files_are_read(int opset)
    {
        Variable most = Variable.Input("most", DType.Int64, []), x = Variable.Input("x", DType.Float32, [2]);
        (IReadOnlyList<Variable> carried, IReadOnlyList<Variable> outputs) = Ops.Loop(most, null, [x], (_, c) => (null, [c[0].Tanh()], [c[0]]));
        var model = Toolkit.OnnxExport.Format.ModelProto.Parser.ParseFrom(OnnxExporter.Export(
            new Signature([most, x], [new Output("last", carried[0]), new Output("all", outputs[0])]), new OnnxExportOptions { Opset = 13 }));
        model.OpsetImport[0].Version = opset;
        Function read = Function.Compile(OnnxModel.Load(Google.Protobuf.MessageExtensions.ToByteArray(model)).Signature);
        Value[] found = read.Run(Value.Of(2L), Value.Of([1f, 2f], 2));
        Assert.Equal([MathF.Tanh(MathF.Tanh(1)), MathF.Tanh(MathF.Tanh(2))], found[0].ToArray<float>(), (a, b) => MathF.Abs(a - b) < 1e-6);
        Assert.Equal([1, 2, MathF.Tanh(1), MathF.Tanh(2)], found[1].ToArray<float>(), (a, b) => MathF.Abs(a - b) < 1e-6);
    }

    private static void Check(Signature signature, int opset, params Value[][] cases)
    {
        byte[] bytes = OnnxExporter.Export(signature, new OnnxExportOptions { Opset = opset });
        OnnxModel model = OnnxModel.Load(bytes);
        Assert.Equal(bytes, OnnxExporter.Export(model.Signature, model.ExportOptions));
        Function function = Function.Compile(signature), again = Function.Compile(model.Signature);
        using OnnxSession session = OnnxSession.Load(bytes);
        foreach (Value[] inputs in cases)
        {
            IReadOnlyList<Value> expected = Interpreter.Run(signature, inputs), found = session.Run(inputs);
            Value[] compiled = function.Run(inputs), read = again.Run(inputs);
            for (int i = 0; i < expected.Count; i++)
            {
                Parity.Equal(expected[i], compiled[i], 1e-5, $"{signature.Outputs[i].Name} compiled");
                Parity.Equal(expected[i], read[i], 1e-5, $"{signature.Outputs[i].Name} read back");

                // Where there has been no turn, ONNX Runtime makes sizes 0 that are symbols in the file.
                if (expected[i].Count == 0)
                    Assert.Equal(0, found[i].Count);
                else
                    Parity.Equal(expected[i], found[i], 1e-5, signature.Outputs[i].Name);
            }
        }
    }

    [Fact]
    public void Operators_that_are_missing_in_a_body_are_named()
    {
        Variable condition = Variable.Input("condition", DType.Bool, []), x = Variable.Input("x", DType.Float32, [3]);
        Variable y = Ops.If(condition, [x], a => [a[0].Tanh()], a => [a[0]])[0];
        var model = Toolkit.OnnxExport.Format.ModelProto.Parser.ParseFrom(OnnxExporter.Export(new Signature([condition, x], [new Output("y", y)])));
        var inner = model.Graph.Node[0].Attribute[0].G.Node[0];
        (inner.OpType, inner.Domain) = ("Bend", "org.example");
        model.OpsetImport.Add(new Toolkit.OnnxExport.Format.OperatorSetIdProto { Domain = "org.example", Version = 1 });
        string message = Assert.Throws<ImportException>(() => OnnxModel.Load(Google.Protobuf.MessageExtensions.ToByteArray(model))).Message;
        Assert.Contains("org.example.Bend (1)", message, StringComparison.Ordinal);
    }
}
