using System.Numerics.Tensors;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Modeling.Training;

/// <summary>What pieces of a batch have come to.</summary>
internal sealed class ShardSum(IReadOnlyList<Output> summed, int numbers)
{
    /// <summary>Sums element by element.</summary>
    public Value[] Values { get; } = [.. summed.Select(output => Value.Zeros(output.Variable.DType, output.Variable.Shape.ToSizes()))];

    /// <summary>Sums of numbers.</summary>
    public double[] Numbers { get; } = new double[numbers];

    /// <summary>Nothing: the sum of a piece without examples.</summary>
    public void Clear()
    {
        foreach (Value value in Values)
            value.Bytes.Clear();
        Array.Clear(Numbers);
    }

    /// <summary>Adds the pieces that follow.</summary>
    public void Add(ShardSum next)
    {
        for (int i = 0; i < Values.Length; i++)
        {
            if (Values[i].DType == DType.Float32)
                TensorPrimitives.Add(Values[i].Span<float>(), next.Values[i].Span<float>(), Values[i].Span<float>());
            else
                TensorPrimitives.Add(Values[i].Span<double>(), next.Values[i].Span<double>(), Values[i].Span<double>());
        }

        TensorPrimitives.Add(Numbers, next.Numbers, Numbers);
    }
}
