using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Modeling.Training;

/// <summary>What pieces of a batch have come to: one block of float32, and one of float64 that ends with numbers which are no outputs. Values are parts of the blocks, so that whoever adds,
/// sends and reads them works in one place.</summary>
internal sealed class ShardSum
{
    // A part begins at a multiple of 64 bytes, as a value of its own does. What lies between is 0 in every sum.
    private const int Alignment = 64;

    private readonly Value floats;
    private readonly Value doubles;
    private readonly int firstNumber;

    /// <param name="summed">The outputs of static shape, float32 or float64.</param>
    /// <param name="numbers">How many more numbers there are.</param>
    public ShardSum(IReadOnlyList<Output> summed, int numbers)
    {
        var starts = new int[summed.Count];
        int floatCount = 0, doubleCount = 0;
        for (int i = 0; i < starts.Length; i++)
            starts[i] = Reserve(summed[i].Variable, ref summed[i].Variable.DType == DType.Float32 ? ref floatCount : ref doubleCount);
        firstNumber = doubleCount;
        floats = Value.Zeros(DType.Float32, floatCount);
        doubles = Value.Zeros(DType.Float64, doubleCount + numbers);
        Values = [.. summed.Select((output, i) => (output.Variable.DType == DType.Float32 ? floats : doubles).Part(starts[i], output.Variable.Shape.ToSizes()))];
    }

    /// <summary>Sums element by element.</summary>
    public Value[] Values { get; }

    /// <summary>Sums of numbers.</summary>
    public Span<double> Numbers => Doubles[firstNumber..];

    /// <summary>All that is summed in float32.</summary>
    public Span<float> Floats => floats.Span<float>();

    /// <summary>All that is summed in float64, numbers included.</summary>
    public Span<double> Doubles => doubles.Span<double>();

    /// <summary>Nothing: the sum of a piece without examples.</summary>
    public void Clear()
    {
        Floats.Clear();
        Doubles.Clear();
    }

    private static int Reserve(Variable summed, ref int end)
    {
        int start = end, unit = Alignment / summed.DType.Size();
        end = checked((start + summed.Shape.ElementCount.Size + unit - 1) / unit * unit);
        return start;
    }
}
