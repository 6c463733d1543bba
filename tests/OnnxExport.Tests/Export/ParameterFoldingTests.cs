using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.OnnxExport.Export;
using Toolkit.OnnxExport.Format;
using Toolkit.OnnxExport.Import;
using Toolkit.OnnxExport.Serving;
using Toolkit.OnnxExport.Tests.Import;

namespace Toolkit.OnnxExport.Tests.Export;

/// <summary>Arithmetic on parameters alone is done when the model is written, where that is asked for.</summary>
public class ParameterFoldingTests
{
    private static readonly OnnxExportOptions Folding = new() { FoldParameters = true };

    [Fact]
    public void Arithmetic_on_parameters_is_done_and_keeps_the_name_of_the_weight()
    {
        Variable x = Variable.Input("x", DType.Float32, ["n", 3]);
        var w = new Parameter("w", Value.Of([1f, 2, 3, 4, 5, 6], 3, 2));
        var a = new Parameter("a", Value.Of([1f, 0, -1], 3, 1));
        var b = new Parameter("b", Value.Of([10f, 20], 1, 2));
        var signature = new Signature([x], [new Output("y", x.MatMul(w + (a.Variable.MatMul(b) * 2.0)))]);
        GraphProto plain = OnnxExporter.ToModel(signature).Graph, folded = OnnxExporter.ToModel(signature, Folding).Graph;
        Assert.Equal(["a", "b", "w"], plain.Initializer.Where(t => t.Dims.Count > 0).Select(t => t.Name).Order());
        Assert.Equal(["MatMul"], folded.Node.Select(node => node.OpType));
        TensorProto weight = Assert.Single(folded.Initializer);
        Assert.Equal(("w", "21 42 3 4 -15 -34"), (weight.Name, string.Join(' ', TensorConversion.ToValue(weight).ToArray<float>())));
        Same(signature, Value.Of([1f, 2, 3, -4, 5, 6], 2, 3));
    }

    [Fact]
    public void A_parameter_that_is_read_elsewhere_stays_beside_what_is_made_of_it()
    {
        Variable x = Variable.Input("x", DType.Float32, ["n", 2]);
        var w = new Parameter("w", Value.Of([1f, -2], 2));
        var signature = new Signature([x], [new Output("y", (x * w.Variable.Exp()) + w)]);
        Assert.Equal(["w", "w.folded"], OnnxExporter.ToModel(signature, Folding).Graph.Initializer.Select(t => t.Name).Order());
        Same(signature, Value.Of([1f, 2, 3, -4], 2, 2));
    }

    [Fact]
    public void What_is_larger_than_all_that_it_is_made_of_is_left_to_the_runtime()
    {
        Variable x = Variable.Input("x", DType.Float32, ["n", 100, 100]);
        var w = new Parameter("w", Value.Of([3f], 1));
        Variable grown = w.Variable.Expand([100, 100]);
        var signature = new Signature([x], [new Output("y", x + grown)]);
        Assert.All(OnnxExporter.ToModel(signature, Folding).Graph.Initializer, t => Assert.True(t.Dims.Aggregate(1L, (p, d) => p * d) < 100));
    }

    [Fact]
    public void A_training_step_is_refused()
    {
        var w = new Parameter("w", Value.Of(1f));
        var step = new Signature([], [], [new Update(w, w.Variable * 2.0)], "step");
        Assert.Contains("\"step\", which updates \"w\"", Assert.Throws<ExportException>(() => OnnxExporter.Export(step, Folding)).Message);
    }

    [Fact]
    public void Adapters_disappear_in_the_weights()
    {
        OnnxModel file = OnnxModel.Load(WrittenModels.TorchConvolutions());
        OnnxModel adapted = file.WithLora(rank: 2, seed: 3);
        foreach (Parameter b in adapted.Parameters.Where(p => p.Name.EndsWith("lora_B", StringComparison.Ordinal)))
            b.Value = Value.Of([.. Enumerable.Range(0, b.Value.Count).Select(i => 0.01f * (i % 5))], b.Value.Sizes);
        GraphProto before = OnnxExporter.ToModel(file.Inference).Graph, after = OnnxExporter.ToModel(adapted.Inference, Folding).Graph;
        Assert.Equal(before.Node.Select(node => node.OpType), after.Node.Select(node => node.OpType));
        Assert.Equal(before.Initializer.Select(t => t.Name), after.Initializer.Select(t => t.Name));
        Same(adapted.Inference, Value.Of([.. Enumerable.Range(0, 784).Select(i => (float)Math.Sin(i))], 1, 1, 28, 28));
    }

    private static void Same(Signature signature, Value input)
    {
        using OnnxSession session = OnnxSession.Load(OnnxExporter.Export(signature, Folding));
        Parity.Check(session, signature, [input], 1e-5);
    }
}
