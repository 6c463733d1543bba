using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Initializers;
using Toolkit.Modeling.Modules;

namespace Toolkit.Modeling.Tests.Modules;

/// <summary>Recurrent modules along ragged axes, in pieces, and with states from outside.</summary>
public sealed class RecurrentTests
{
    private static readonly int[] Lengths = [2, 0, 3, 1];

    public static TheoryData<string, bool, bool> Kinds
    {
        get
        {
            var data = new TheoryData<string, bool, bool>();
            foreach (string kind in new[] { nameof(Recurrent), nameof(Gru), nameof(Lstm) })
            {
                foreach (bool both in new[] { false, true })
                {
                    data.Add(kind, both, false);
                    data.Add(kind, both, true);
                }
            }

            return data;
        }
    }

    /// <summary>Each gate is a layer of its own: with n inputs and m units Glorot's bound is √(6/(n + m)), however many gates lie side by side.</summary>
    [Fact]
    public void Weights_begin_as_those_of_one_gate()
    {
        var module = new Lstm(50, 30, new RandomSource(2)) { InputInitializer = new GlorotUniform(), RecurrentInitializer = new GlorotUniform() };
        foreach ((Parameter weights, int inputs) in module.Parameters.Zip([50, 30]))
        {
            double bound = Math.Sqrt(6.0 / (inputs + 30));
            Assert.InRange(Run.Numbers(weights.Value).Max(Math.Abs), 0.98 * bound, bound);
        }
    }

    /// <summary>The bias of the forget gate, the third of the operator's, and of no other, in each direction; that of the recurrent product is 0.</summary>
    [Fact]
    public void The_forget_gate_begins_open()
    {
        float[] direction = [0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        var module = new Lstm(3, 2, new RandomSource(1)) { ForgetBias = 3, Bidirectional = true };
        _ = module.Parameters;
        Assert.Equal([.. direction, .. direction], module.Biases[0].Value.ToArray<float>());
    }

    /// <summary>Each gate of each direction and layer begins with numbers of its own.</summary>
    [Fact]
    public void Gates_begin_with_numbers_of_their_own()
    {
        var random = new RandomSource(2);
        foreach (RecurrentModule module in new RecurrentModule[] { new Lstm(4, 4, random) { Layers = 2, Bidirectional = true }, new Gru(4, 4, random) { Bidirectional = true }, new Recurrent(4, 4, random) { Bidirectional = true } })
        {
            string[] gates = [.. module.InputWeights.Concat(module.RecurrentWeights).SelectMany(weights => weights.Value.ToArray<float>().Chunk(4 * weights.Value.Sizes[^1])).Select(gate => string.Join(' ', gate))];
            Assert.Equal(gates.Length, gates.Distinct().Count());
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Padding_changes_no_number(string kind, bool both, bool lastOnly)
    {
        RecurrentModule module = Make(kind, both, lastOnly);
        float[][] alone = [.. Lengths.Select((length, i) => length == 0 ? [] : Numbers(module.Forward(
            Run.Tensor(Sequence(i, length), 1, length, 2), new ForwardContext(Mode.Inference))))];
        foreach (int steps in new[] { 3, 5 })
        {
            var symbols = new ExampleSymbols([new Field("x", DType.Float32, ["time", 2])]);
            Variable result = module.Forward(symbols.Fields["x"], new ForwardContext(Mode.Inference) { Examples = symbols });
            Value padded = Value.Full(float.NaN, DType.Float32, Lengths.Length, steps, 2);
            for (int i = 0; i < Lengths.Length; i++)
                Sequence(i, Lengths[i]).CopyTo(padded.Span<float>()[(i * steps * 2)..]);
            Value found = Function.Compile(symbols.All, [result], null, new ExecutionOptions { Threads = 1 })
                .Run(padded, Value.Of([.. Lengths.Select(length => (long)length)], Lengths.Length))[0];
            int width = found.Count / Lengths.Length;
            for (int i = 0; i < Lengths.Length; i++)
            {
                double[] row = Run.Numbers(found)[(i * width)..((i + 1) * width)];
                Run.Close([.. alone[i].Select(v => (double)v)], row[..alone[i].Length], 1e-6);
                Assert.All(row[alone[i].Length..], v => Assert.Equal(0.0, v));
            }
        }
    }

    [Theory]
    [InlineData(nameof(Recurrent))]
    [InlineData(nameof(Gru))]
    [InlineData(nameof(Lstm))]
    public void A_sequence_in_pieces_has_the_numbers_of_the_whole(string kind)
    {
        RecurrentModule module = Make(kind, false, false);
        var context = new ForwardContext(Mode.Inference);
        Variable whole = Run.Tensor([.. Sequence(0, 7), .. Sequence(1, 7)], 2, 7, 2);
        Named first = module.Forward(new Named([("input", whole.Slice(1, 0, 3)), .. module.Zero(whole).Select(state => (state.Key, state.Value))]), context);
        Named second = module.Forward(new Named([("input", whole.Slice(1, 3, 7)), .. first.Skip(1).Select(state => (state.Key, state.Value))]), context);
        Run.Close(Run.Numbers(module.Forward(whole, context)), Run.Numbers(Ops.Concat(1, first["output"], second["output"])), 1e-6);
        Assert.Equal(kind == nameof(Lstm) ? ["output", "state", "cell"] : ["output", "state"], second.Keys);
        // The state of the last layer is its last result.
        Run.Close(Run.Numbers(second["output"].Slice(1, 3, 4)), Run.Numbers(second["state"].Slice(1, 1, 2)), 0);
    }

    [Fact]
    public void States_of_another_shape_are_refused()
    {
        Lstm module = new(2, 3, new RandomSource(1)) { Layers = 2 };
        Variable x = Run.Tensor(new float[12], 2, 3, 2), state = Run.Tensor(new float[12], 2, 2, 3);
        var error = Assert.Throws<ShapeException>(
            () => module.Forward(new Named(("input", x), ("state", state), ("cell", Run.Tensor(new float[6], 2, 1, 3))), new ForwardContext(Mode.Inference)));
        Assert.Contains("expects a \"cell\" of shape [2, 2, 3], found [2, 1, 3]", error.Message, StringComparison.Ordinal);
        Assert.Contains(
            "\"cell\"", Assert.Throws<GraphException>(() => module.Forward(new Named(("input", x), ("state", state)), new ForwardContext(Mode.Inference))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(3, 3)]
    [InlineData(3, 5)]
    [InlineData(5, 3)]
    public void Orthogonal_weights_keep_lengths(int rows, int columns)
    {
        double[] w = Run.Numbers(new Orthogonal(2).Create([rows, columns], new Fan(columns, rows), new RandomSource(3)));
        int count = Math.Min(rows, columns), length = Math.Max(rows, columns);
        for (int a = 0; a < count; a++)
        {
            for (int b = 0; b < count; b++)
                Assert.Equal(a == b ? 4 : 0, Enumerable.Range(0, length).Sum(i => At(a, i) * At(b, i)), 1e-6);
        }

        double At(int vector, int i) => rows < columns ? w[(vector * columns) + i] : w[(i * columns) + vector];
    }

    private static RecurrentModule Make(string kind, bool both, bool lastOnly)
    {
        var random = new RandomSource(7);
        return kind switch
        {
            nameof(Recurrent) => new Recurrent(2, 3, random) { Layers = 2, Bidirectional = both, LastOnly = lastOnly },
            nameof(Gru) => new Gru(2, 3, random) { Layers = 2, Bidirectional = both, LastOnly = lastOnly },
            _ => new Lstm(2, 3, random) { Layers = 2, Bidirectional = both, LastOnly = lastOnly },
        };
    }

    private static float[] Numbers(Variable variable) => [.. Run.Numbers(variable).Select(v => (float)v)];

    private static float[] Sequence(int example, int length) => [.. Enumerable.Range(0, 2 * length).Select(i => (float)Math.Sin((1.9 * i) + example))];
}
