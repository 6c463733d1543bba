using Microsoft.ML;
using Microsoft.ML.Data;
using Toolkit.MLNetIntegration.Scoring;
using static Toolkit.OnnxExport.Format.TensorProto.Types;

namespace Toolkit.MLNetIntegration.Tests.Scoring;

public sealed class ElementTypeTests
{
    private static readonly MLContext Ml = new(seed: 1);

    [Fact]
    public void Every_element_type_goes_in_and_out_as_vector_and_as_scalar()
    {
        RoundTrip(DataType.Float, i => (i * 0.1f) - 3);
        RoundTrip(DataType.Double, i => (i * 0.1) - 3);
        RoundTrip(DataType.Int8, i => (sbyte)(i - 70));
        RoundTrip(DataType.Int16, i => (short)((i * 100) - 7000));
        RoundTrip(DataType.Int32, i => (i * 1_000_003) - 7);
        RoundTrip(DataType.Int64, i => (i * 10_000_000_000_007L) - 7);
        RoundTrip(DataType.Uint8, i => (byte)(255 - i));
        RoundTrip(DataType.Uint16, i => (ushort)(65535 - i));
        RoundTrip(DataType.Uint32, i => uint.MaxValue - (uint)i);
        RoundTrip(DataType.Uint64, i => ulong.MaxValue - (ulong)i);
        RoundTrip(DataType.Bool, i => i % 3 == 0);
        RoundTrip(DataType.String, i => i % 5 == 0 ? string.Empty : $"text {i} äö");
    }

    /// <summary>A key is its number, from 1, and 0 where it is missing (in objects, a key by itself counts from 0 and those in vectors from 1, and what is beyond the last is missing); one of another underlying type is refused.</summary>
    [Fact]
    public void Keys_go_in_as_their_numbers()
    {
        IDataView data = Ml.Data.LoadFromEnumerable(Enumerable.Range(0, 130).Select(i => new Keyed { Kind = (uint)(i % 4), Level = (byte)(i % 3), Pair = [(uint)(i % 4), 1] }));
        using BatchOnnxTransformer transformer = Ml.ScoreOnnx(RawModel.Identity(
            RawModel.Tensor("Kind", DataType.Uint32, "n"), RawModel.Tensor("Level", DataType.Uint8, "n", 1), RawModel.Tensor("Pair", DataType.Uint32, "n", 2))).Fit(data);
        IDataView scored = transformer.Transform(data);
        Assert.Equal(Enumerable.Range(0, 130).Select(i => (uint)((i + 1) % 4)), scored.GetColumn<uint>("Kind_out"));
        Assert.Equal(Enumerable.Range(0, 130).Select(i => (byte)((i + 1) % 3)), scored.GetColumn<byte>("Level_out"));
        Assert.All(scored.GetColumn<uint[]>("Pair_out").Select((pair, i) => (pair, i)), p => Assert.Equal([(uint)(p.i % 4), 1u], p.pair));
        string message = Assert.Throws<ScoringException>(() => Ml.ScoreOnnx(RawModel.Identity(RawModel.Tensor("Level", DataType.Uint32, "n"))).Fit(data)).Message;
        Assert.Contains("expects a column of UInt32, found \"Level\" of type Key<Byte, 0-1>", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Half_precision_is_rounded_to_the_nearest_number()
    {
        float[] numbers = [0, -0.0f, 1, -2.5f, 0.1f, 1 / 3f, 65504, 1e-5f, float.PositiveInfinity, float.NaN, 1.00390625f, 3.14159274f];
        RoundTrip(DataType.Float16, i => numbers[i % numbers.Length], f => (float)(Half)f);

        // The nearest of the 8-bit significands: 1 + k/128.
        RoundTrip(DataType.Bfloat16, i => numbers[i % numbers.Length], f =>
            !float.IsFinite(f) || f == 0 ? f : MathF.ScaleB(MathF.Round(MathF.ScaleB(f, 7 - MathF.ILogB(f)), MidpointRounding.ToEven), MathF.ILogB(f) - 7));
    }

    [Fact]
    public void Inputs_may_come_in_another_order_and_outputs_be_a_renamed_subset()
    {
        byte[] model = RawModel.Identity(
            RawModel.Tensor("a", DataType.Float, "n", 2), RawModel.Tensor("b", DataType.Int64, "n", 1), RawModel.Tensor("c", DataType.String, "n"));
        IDataView data = Ml.Data.LoadFromEnumerable(Enumerable.Range(0, 130).Select(i => new Mixed { Text = $"t{i}", P = i, Q = -i, B = i * 3L }).ToArray());
        using BatchOnnxTransformer transformer = Ml.ScoreOnnx(model, new ScoreOnnxOptions
        {
            Inputs = new Dictionary<string, IReadOnlyList<string>> { ["a"] = ["Q", "P"], ["c"] = ["Text"] },
            SelectedOutputs = ["c_out", "a_out"],
            Outputs = new Dictionary<string, string> { ["c_out"] = "Echo" },
        }).Fit(data);
        IDataView scored = transformer.Transform(data);
        Assert.Equal(["Text", "P", "Q", "B", "Echo", "a_out"], scored.Schema.Select(c => c.Name));
        Assert.Equal(Enumerable.Range(0, 130).Select(i => $"t{i}"), scored.GetColumn<string>("Echo"));
        int row = 0;
        foreach (float[] pair in scored.GetColumn<float[]>("a_out"))
        {
            Assert.Equal([-row, row], pair);
            row++;
        }
    }

    private static void RoundTrip<T>(DataType type, Func<int, T> number, Func<T, T>? stored = null)
    {
        const int Rows = 150;
        byte[] model = RawModel.Identity(RawModel.Tensor("V", type, "batch", 3), RawModel.Tensor("S", type, "batch"), RawModel.Tensor("U", type, "batch", 1));
        Row<T>[] rows = [.. Enumerable.Range(0, Rows).Select(i => new Row<T> { V = [number(i), number(i + 1), number(i + 2)], S = number(i), U = number(i + 5) })];
        SchemaDefinition definition = SchemaDefinition.Create(typeof(Row<T>));
        IDataView data = Ml.Data.LoadFromEnumerable(rows, definition);
        using BatchOnnxTransformer transformer = Ml.ScoreOnnx(model).Fit(data);
        Scored<T>[] scored = [.. Ml.Data.CreateEnumerable<Scored<T>>(transformer.Transform(data), reuseRowObject: false)];
        Assert.Equal(Rows, scored.Length);
        stored ??= x => x;
        for (int i = 0; i < Rows; i++)
        {
            Assert.Equal([stored(number(i)), stored(number(i + 1)), stored(number(i + 2))], scored[i].V_out);
            Assert.Equal(stored(number(i)), scored[i].S_out);
            Assert.Equal(stored(number(i + 5)), scored[i].U_out);
        }
    }

    private sealed class Row<T>
    {
        [VectorType(3)]
        public T[] V { get; set; } = [];

        public T S { get; set; } = default!;

        public T U { get; set; } = default!;
    }

    private sealed class Scored<T>
    {
        [VectorType(3)]
        public T[] V_out { get; set; } = [];

        public T S_out { get; set; } = default!;

        public T U_out { get; set; } = default!;
    }

    private sealed class Mixed
    {
        public string Text { get; set; } = string.Empty;

        public float P { get; set; }

        public float Q { get; set; }

        public long B { get; set; }
    }

    private sealed class Keyed
    {
        [KeyType(3)]
        public uint Kind { get; set; }

        [KeyType(2)]
        public byte Level { get; set; }

        [VectorType(2)]
        [KeyType(3)]
        public uint[] Pair { get; set; } = [];
    }
}
