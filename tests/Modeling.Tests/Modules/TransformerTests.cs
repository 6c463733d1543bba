using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Gradients;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Modules;

namespace Toolkit.Modeling.Tests.Modules;

/// <summary>Attention along ragged axes, and what it sees.</summary>
public sealed class TransformerTests
{
    private const int Width = 4, MemoryWidth = 6;

    private static readonly int[] Lengths = [2, 0, 3, 1], Read = [1, 2, 0, 4];

    public static TheoryData<string> Kinds => ["attention", "causal", "rotary", "encoder", "first", "learned", "waves", "decoder", "deep decoder"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Padding_changes_no_number(string kind)
    {
        Module module = Make(kind);
        bool isDecoder = kind.EndsWith("decoder", StringComparison.Ordinal);
        double[][] alone = [.. Lengths.Select((length, i) => length == 0 ? [] : Run.Numbers(Apply(
            module, Run.Tensor(Sequence(i, length, Width), 1, length, Width),
            isDecoder ? Memory(i) : null, new ForwardContext(Mode.Inference))))];
        foreach ((int steps, int places) in new[] { (3, 4), (5, 7) })
        {
            var symbols = new ExampleSymbols([new Field("x", DType.Float32, ["time", Width]), .. isDecoder ? new[] { new Field("memory", DType.Float32, ["place", MemoryWidth]) } : []]);
            Variable result = Apply(module, symbols.Fields["x"], isDecoder ? symbols.Fields["memory"] : null, new ForwardContext(Mode.Inference) { Examples = symbols });
            Value[] inputs =
            [
                Padded(Lengths, steps, Width, float.NaN), .. isDecoder ? [Padded(Read, places, MemoryWidth, float.NaN)] : (Value[])[],
                Counts(Lengths), .. isDecoder ? [Counts(Read)] : (Value[])[],
            ];
            double[] found = Run.Numbers(Function.Compile(symbols.All, [result], null, new ExecutionOptions { Threads = 1 }).Run(inputs)[0]);
            for (int i = 0; i < Lengths.Length; i++)
            {
                // A memory without a place is none that could be given alone: what is read there is the bias.
                if (!isDecoder || Read[i] > 0)
                    Run.Close(alone[i], found[(i * steps * Width)..((i * steps * Width) + (Lengths[i] * Width))], 2e-6);
                else
                    Assert.All(found[(i * steps * Width)..((i * steps * Width) + (Lengths[i] * Width))], v => Assert.True(double.IsFinite(v)));
            }
        }

        Variable Memory(int i) => Read[i] == 0
            ? Run.Tensor(new float[MemoryWidth], 1, 1, MemoryWidth)
            : Run.Tensor(Sequence(i, Read[i], MemoryWidth), 1, Read[i], MemoryWidth);
    }

    /// <summary>What stands in the padding has no part in the gradient either, not even in batches with sequences of no step.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Padding_changes_no_gradient(bool first)
    {
        var encoder = new TransformerEncoder(Width, 2, new RandomSource(3)) { Layers = 2, Hidden = 5, NormalizeFirst = first, Activation = Ops.Tanh };
        double[]? expected = null;
        foreach ((int steps, float padding) in new[] { (3, 0f), (3, 7f), (6, -2f) })
        {
            var symbols = new ExampleSymbols([new Field("x", DType.Float32, ["time", Width])]);
            var context = new ForwardContext(Mode.Training) { Examples = symbols };
            Variable pooled = new GlobalPool().Forward(encoder.Forward(symbols.Fields["x"], context), context);
            Variable[] gradients = [.. Gradient.Of(pooled.Sin().Sum(), [.. encoder.Parameters.Select(p => p.Variable)])];
            double[] found = [.. Function.Compile(symbols.All, gradients, null, new ExecutionOptions { Threads = 1 })
                .Run(Padded(Lengths, steps, Width, padding), Counts(Lengths)).SelectMany(Run.Numbers)];
            Assert.Contains(found, v => Math.Abs(v) > 0.01);
            Run.Close(expected ??= found, found, 2e-6);
        }
    }

    [Fact]
    public void A_memory_that_does_not_fit_is_named()
    {
        Variable input = Variable.Input("input", DType.Float32, [1, 3, Width]), memory = Variable.Input("memory", DType.Float32, [1, 2, Width]);
        string Refused(MultiHeadAttention layer) => Assert.Throws<ShapeException>(() => layer.Forward(input, memory, new ForwardContext(Mode.Inference))).Message;
        Assert.Contains("expects a memory of shape [1, places, 6], found [1, 2, 4]", Refused(new(Width, 2, new RandomSource(1)) { MemoryWidth = MemoryWidth }), StringComparison.Ordinal);
        Assert.Contains("expects no memory beside its input", Refused(new(Width, 2, new RandomSource(1)) { Rotary = true }), StringComparison.Ordinal);
        MultiHeadAttention odd = new(6, 2, new RandomSource(1)) { Rotary = true };
        Assert.Contains("expects an even KeyWidth with Rotary, found 3", Assert.Throws<ShapeException>(() => odd.Parameters).Message, StringComparison.Ordinal);
    }

    /// <summary>What sees nothing gets the bias of the output, whatever the values' bias is.</summary>
    [Fact]
    public void Without_a_place_to_see_the_result_is_the_bias_of_the_output()
    {
        var layer = new MultiHeadAttention(Width, 2, new RandomSource(4)) { MemoryWidth = MemoryWidth };
        layer.Biases[2].Value = Value.Of([3f, -4, 5, 6], Width);
        layer.Biases[3].Value = Value.Of([0.5f, 1, -2, 7], Width);
        var symbols = new ExampleSymbols([new Field("x", DType.Float32, ["time", Width]), new Field("memory", DType.Float32, ["place", MemoryWidth])]);
        Variable result = layer.Forward(symbols.Fields["x"], symbols.Fields["memory"], new ForwardContext(Mode.Inference) { Examples = symbols });
        Value[] inputs = [Padded(Lengths, 3, Width, 0), Padded(Read, 4, MemoryWidth, 2), Counts(Lengths), Counts(Read)];
        double[] found = Run.Numbers(Function.Compile(symbols.All, [result], null, new ExecutionOptions { Threads = 1 }).Run(inputs)[0]);
        int blind = Array.IndexOf(Read, 0);
        for (int step = 0; step < Lengths[blind]; step++)
            Run.Close([0.5, 1, -2, 7], found[(((blind * 3) + step) * Width)..(((blind * 3) + step + 1) * Width)], 1e-6);
    }

    [Fact]
    public void Gradients_of_a_decoder_are_right_to_order_two()
    {
        var decoder = new TransformerDecoder(2, 1, new RandomSource(5)) { Hidden = 3, MemoryWidth = 3, NormalizeFirst = true, Activation = Ops.Tanh };
        Variable input = Variable.Input("input", DType.Float32, [1, 3, 2]), memory = Variable.Input("memory", DType.Float32, [1, 2, 3]);
        var signature = new Signature([input, memory], [new Output("y", decoder.Forward(input, memory, new ForwardContext(Mode.Training)))]);
        double[] x = [0.3, -1.1, 0.8, 0.4, -0.6, 1.4], m = [0.2, -0.9, 1.2, 0.7, -0.4, 0.5];
        Run.CheckGradients(v => InDouble(signature, v, Variable.Of(Value.Of(m, 1, 2, 3))), x, 1, 3, 2);
        Run.CheckGradients(v => InDouble(signature, Variable.Of(Value.Of(x, 1, 3, 2)), v), m, 1, 2, 3);
    }

    [Fact]
    public void A_causal_step_sees_none_that_comes_later()
    {
        foreach (Module module in new Module[] { Make("causal"), new TransformerEncoder(Width, 2, new RandomSource(2)) { Layers = 2, Causal = true, Rotary = true } })
        {
            double[] before = Result(1), after = Result(-3);
            Assert.Equal(before[..(2 * Width)], after[..(2 * Width)]);
            Assert.All(Enumerable.Range(2 * Width, 2 * Width), i => Assert.NotEqual(before[i], after[i]));

            double[] Result(float third)
            {
                float[] x = Sequence(0, 4, Width);
                for (int j = 0; j < Width; j++)
                    x[(2 * Width) + j] *= third;
                return Run.Numbers(module.Forward(Run.Tensor(x, 1, 4, Width), new ForwardContext(Mode.Inference)));
            }
        }
    }

    private static Variable InDouble(Signature signature, Variable input, Variable memory)
    {
        var replacements = new Dictionary<Variable, Variable>(ReferenceEqualityComparer.Instance) { [signature.Inputs[0]] = input, [signature.Inputs[1]] = memory };
        foreach (Variable leaf in signature.Nodes.SelectMany(node => node.Inputs).Where(v => v.DType == DType.Float32))
        {
            if ((leaf.Constant ?? leaf.Parameter?.Value) is { } value)
                replacements.TryAdd(leaf, Variable.Of(Value.Of(Run.Numbers(value), [.. value.Sizes])));
        }

        return new Substitution(replacements).Map(signature.Outputs[0].Variable);
    }

    private static Variable Apply(Module module, Variable x, Variable? memory, ForwardContext context) =>
        memory is null ? module.Forward(x, context) : module.Forward(new Named(("input", x), ("memory", memory)), context).Single;

    private static Module Make(string kind)
    {
        var random = new RandomSource(7);
        return kind switch
        {
            "attention" => new MultiHeadAttention(Width, 2, random),
            "causal" => new MultiHeadAttention(Width, 2, random) { Causal = true },
            "rotary" => new MultiHeadAttention(Width, 2, random) { Rotary = true },
            "encoder" => new TransformerEncoder(Width, 2, random) { Layers = 2 },
            "first" => new TransformerEncoder(Width, 2, random) { Layers = 2, NormalizeFirst = true, Causal = true },
            "learned" => new Sequential(new PositionalEmbedding(9, Width, random), new MultiHeadAttention(Width, 1, random)),
            "waves" => new Sequential(new PositionalEncoding(), new MultiHeadAttention(Width, 1, random)),
            "decoder" => new TransformerDecoder(Width, 2, random) { MemoryWidth = MemoryWidth },
            _ => new TransformerDecoder(Width, 2, random) { MemoryWidth = MemoryWidth, Layers = 2, NormalizeFirst = true, Rotary = true },
        };
    }

    private static float[] Sequence(int example, int length, int width) => [.. Enumerable.Range(0, width * length).Select(i => (float)Math.Sin((1.9 * i) + example))];

    private static Value Counts(int[] lengths) => Value.Of([.. lengths.Select(length => (long)length)], lengths.Length);

    private static Value Padded(int[] lengths, int steps, int width, float padding)
    {
        Value padded = Value.Full(padding, DType.Float32, lengths.Length, steps, width);
        for (int i = 0; i < lengths.Length; i++)
            Sequence(i, lengths[i], width).CopyTo(padded.Span<float>()[(i * steps * width)..]);
        return padded;
    }
}
