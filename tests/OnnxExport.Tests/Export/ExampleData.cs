using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.OnnxExport.Tests.Export;

/// <summary>Makes computations and numbers from the examples of operations.</summary>
internal static class ExampleData
{
    /// <summary>The examples as they stand, and again with float64 in place of float32 where that can be computed.</summary>
    public static IEnumerable<Example> WithBothFloats(IEnumerable<Example> examples) => examples.SelectMany(e =>
    {
        Example wide = e with { Inputs = [.. e.Inputs.Select(i => i.DType == DType.Float32 ? i with { DType = DType.Float64 } : i)] };
        return e.Inputs.Any(i => i.DType == DType.Float32) ? new[] { e, wide } : [e];
    });

    /// <summary>The example as a computation with one output for each result.</summary>
    public static Signature Signature(Example example)
    {
        Variable[] inputs = [.. example.Inputs.Select((input, i) => Variable.Input($"x{i}", input.DType, input.Shape))];
        IReadOnlyList<Variable> results = example.Operation.ApplyAll(inputs);
        return new Signature(inputs, [.. results.Select((r, i) => new Output($"y{i}", r))], name: example.Operation.Name);
    }

    /// <summary>Numbers for every input, the same for the same seed.</summary>
    public static Value[] Values(Example example, int symbolSize, int seed)
    {
        var random = new Random(seed);
        return [.. example.Inputs.Select(i => Values(i, symbolSize, random))];
    }

    private static Value Values(ExampleInput input, int symbolSize, Random random)
    {
        Dictionary<string, int> symbols = input.Shape.SelectMany(d => d.Symbols).Distinct().ToDictionary(s => s, _ => symbolSize);
        Value value = Value.Zeros(input.DType, input.Shape.Evaluate(symbols));
        int[] order = [.. Enumerable.Range(0, value.Count)];
        random.Shuffle(order);
        for (int i = 0; i < value.Count; i++)
        {
            double step = Math.Max(input.Separation, (input.High - input.Low) / value.Count);
            double number = input.Separation > 0
                ? input.Low + (step * order[i])
                : input.Low + ((input.High - input.Low) * random.NextDouble());
            Set(value, i, Math.Abs(number) < input.Margin ? Math.CopySign(input.Margin, number) : number, input, random);
        }

        return value;
    }

    private static void Set(Value value, int i, double number, ExampleInput input, Random random)
    {
        long integer = random.NextInt64((long)input.Low, (long)input.High + 1);
        switch (value.DType)
        {
            case DType.Float32: value.Span<float>()[i] = (float)number; break;
            case DType.Float64: value.Span<double>()[i] = number; break;
            case DType.Int32: value.Span<int>()[i] = (int)integer; break;
            case DType.Int64: value.Span<long>()[i] = integer; break;
            case DType.UInt32: value.Span<uint>()[i] = (uint)integer; break;
            case DType.UInt64: value.Span<ulong>()[i] = (ulong)integer; break;
            default: value.Span<bool>()[i] = random.Next(2) == 1; break;
        }
    }
}
