using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations.LinearAlgebra;
using static Toolkit.Autograd.Tests.Operations.ReferenceLoops;

namespace Toolkit.Autograd.Tests.Operations;

/// <summary>What the products of matrices compute, in plain loops over doubles.</summary>
internal static class ProductReferences
{
    public static IReadOnlyDictionary<Type, Func<Operation, Array64[], Array64[]>> Table { get; } = new Dictionary<Type, Func<Operation, Array64[], Array64[]>>
    {
        [typeof(Gemm)] = (o, x) => GemmOf((Gemm)o, x[0], x[1], x.ElementAtOrDefault(2)),
        [typeof(MatMul)] = (_, x) => MatMulOf(x[0], x[1]),
    };

    private static Array64[] MatMulOf(Array64 a, Array64 b)
    {
        int[] stack = Broadcast([new Array64(a.Sizes[..^2]), new Array64(b.Sizes[..^2])]);
        return
        [
            Array64.Make([.. stack, a.Sizes[^2], b.Sizes[^1]], i =>
            {
                double sum = 0;
                for (int k = 0; k < a.Sizes[^1]; k++)
                {
                    sum += a[[.. i[..^2], i[^2], k]] * b[[.. i[..^2], k, i[^1]]];
                }

                return sum;
            }),
        ];
    }

    private static Array64[] GemmOf(Gemm o, Array64 a, Array64 b, Array64? c)
    {
        int m = a.Sizes[o.TransposeA ? 1 : 0];
        int k = a.Sizes[o.TransposeA ? 0 : 1];
        int n = b.Sizes[o.TransposeB ? 0 : 1];
        return
        [
            Array64.Make([m, n], i =>
            {
                double sum = 0;
                for (int p = 0; p < k; p++)
                {
                    double left = o.TransposeA ? a.Data[(p * m) + i[0]] : a.Data[(i[0] * k) + p];
                    double right = o.TransposeB ? b.Data[(i[1] * k) + p] : b.Data[(p * n) + i[1]];
                    sum += left * right;
                }

                return (o.Alpha * sum) + (c is null ? 0 : o.Beta * c[i]);
            }),
        ];
    }
}
