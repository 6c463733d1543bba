using Toolkit.Autograd.Graph;

namespace Toolkit.Autograd.Tests.Operations;

/// <summary>The loops that references of several families share.</summary>
internal static class ReferenceLoops
{
    public static Func<Operation, Array64[], Array64[]> Unary(Func<double, double> f) =>
        (_, x) => [Array64.Make(x[0].Sizes, i => f(x[0][i]))];

    public static Func<Operation, Array64[], Array64[]> Binary(Func<double, double, double> f) =>
        (_, x) => [Array64.Make(Broadcast(x), i => f(x[0][i], x[1][i]))];

    public static int[] Broadcast(Array64[] x)
    {
        var sizes = new int[x.Max(a => a.Sizes.Length)];
        Array.Fill(sizes, 1);
        foreach (Array64 a in x)
        {
            for (int i = 1; i <= a.Sizes.Length; i++)
            {
                sizes[^i] = Math.Max(sizes[^i], a.Sizes[^i]);
            }
        }

        return sizes;
    }

    public static Array64 Copy(Array64 x, int[] sizes)
    {
        var copy = new Array64(sizes);
        x.Data.CopyTo(copy.Data, 0);
        return copy;
    }
}
