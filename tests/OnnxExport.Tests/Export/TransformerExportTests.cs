using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;
using Toolkit.Autograd.Tests;
using Toolkit.Modeling;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Modules;
using Toolkit.OnnxExport.Checking;
using Toolkit.OnnxExport.Export;
using Toolkit.OnnxExport.Serving;

namespace Toolkit.OnnxExport.Tests.Export;

/// <summary>Attention and transformers served with batches and sequences of any size.</summary>
public sealed class TransformerExportTests
{
    private const int Width = 6, MemoryWidth = 4, Longest = 9;

    public static TheoryData<int, string> Models
    {
        get
        {
            var data = new TheoryData<int, string>();
            foreach (int opset in new[] { 13, 17, 21 })
            {
                foreach (string kind in new[] { "attention", "rotary", "encoder", "first", "decoder" })
                    data.Add(opset, kind);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Sequences_of_different_lengths_are_served_with_the_same_numbers(int opset, string kind)
    {
        Model model = Make(kind, out bool isDecoder);
        model.InputFields = [new Field("x", DType.Float32, ["time", Width]), .. isDecoder ? [new Field("memory", DType.Float32, ["place", MemoryWidth])] : (Field[])[]];
        byte[] exported = OnnxExporter.Export(model.Inference, new OnnxExportOptions { Opset = opset });
        Assert.Empty(ModelCheck.Check(exported));
        using OnnxSession session = OnnxSession.Load(exported);
        foreach ((int batch, int steps, int places) in new[] { (1, 1, 2), (4, 3, 1), (2, Longest, 5) })
        {
            var random = new Random(batch);
            Value[] inputs =
            [
                SmallModels.Random(random, DType.Float32, [batch, steps, Width]), .. isDecoder ? [SmallModels.Random(random, DType.Float32, [batch, places, MemoryWidth])] : (Value[])[],
                Lengths(steps), .. isDecoder ? [Lengths(places)] : (Value[])[],
            ];
            Parity.Check(session, model.Inference, inputs, 1e-5);

            Value Lengths(int longest) => Value.Of([.. Enumerable.Range(0, batch).Select(i => (long)(i == 0 ? longest : random.Next(longest + 1)))], batch);
        }
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Sequences_of_one_length_are_served_with_the_same_numbers(int opset, string kind)
    {
        Model model = Make(kind, out bool isDecoder);
        Variable x = Variable.Input("x", DType.Float32, ["batch", "time", Width]), memory = Variable.Input("memory", DType.Float32, ["batch", "place", MemoryWidth]);
        var inputs = new Named([("x", x), .. isDecoder ? [("memory", memory)] : ((string, Variable)[])[]]);
        var signature = new Signature([.. inputs.Values], [new Output("output", model.Forward(inputs, new ForwardContext(Mode.Inference)).Single)]);
        byte[] exported = OnnxExporter.Export(signature, new OnnxExportOptions { Opset = opset });
        Assert.Empty(ModelCheck.Check(exported));
        using OnnxSession session = OnnxSession.Load(exported);
        foreach ((int batch, int steps, int places) in new[] { (1, 1, 2), (4, 3, 1), (2, Longest, 5) })
        {
            var random = new Random(batch + 7);
            Parity.Check(
                session, signature,
                [SmallModels.Random(random, DType.Float32, [batch, steps, Width]), .. isDecoder ? [SmallModels.Random(random, DType.Float32, [batch, places, MemoryWidth])] : (Value[])[]], 1e-5);
        }
    }

    private static Model Make(string kind, out bool isDecoder)
    {
        var random = new RandomSource(7);
        isDecoder = kind == "decoder";
        return kind switch
        {
            "attention" => new Sequential(new PositionalEncoding(), new MultiHeadAttention(Width, 2, random) { Causal = true, KeyWidth = 5 }),
            "rotary" => new MultiHeadAttention(Width, 3, random) { Rotary = true, UseBias = false },
            "encoder" => new Sequential(new PositionalEmbedding(Longest, Width, random), new TransformerEncoder(Width, 2, random) { Layers = 2, Hidden = 8 }),
            "first" => new TransformerEncoder(Width, 2, random) { Layers = 2, NormalizeFirst = true, Causal = true, Activation = Activations.Gelu },
            _ => new Written(new TransformerDecoder(Width, 2, random) { Layers = 2, MemoryWidth = MemoryWidth }),
        };
    }

    /// <summary>A decoder of the fields "x" and "memory".</summary>
    private sealed class Written(TransformerDecoder decoder) : Model
    {
        public override IReadOnlyList<Model> Children => [decoder];

        protected override Named Build(Named inputs, ForwardContext context) => decoder.Forward(inputs["x"], inputs["memory"], context);
    }
}
