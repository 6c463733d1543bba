using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Data;

namespace Toolkit.Modeling.Tests.Weights;

/// <summary>Rows repeated as often as whole weights say.</summary>
internal static class Copies
{
    /// <summary>The numbers of the rows, each as often as its weight.</summary>
    public static int[] Rows(params ReadOnlySpan<float> weights)
    {
        var rows = new List<int>();
        for (int i = 0; i < weights.Length; i++)
            rows.AddRange(Enumerable.Repeat(i, (int)weights[i]));
        return [.. rows];
    }

    public static Variable Repeat(Variable x, float[] weights)
    {
        long[] rows = [.. Rows(weights).Select(row => (long)row)];
        return x.Gather(Variable.Of(Value.Of(rows, rows.Length)));
    }

    public static Variable Weight(float[] weights) => Variable.Of(Value.Of(weights, weights.Length));

    public static Dataset Repeated(Dataset data, float[] weights) => data.Select(Rows(weights));
}
