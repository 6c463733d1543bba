using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Tests.Kernels;

/// <summary>Values that are broadcast in elementwise passes, whose tiles and generated loops end where their runs do: rows, columns, channels and scalars, alone and in chains.</summary>
public sealed class BroadcastTileTests
{
    /// <summary>Sizes of the result and of two operands: runs shorter and longer than a tile, that do not divide each other, with tails, and over pieces.</summary>
    public static TheoryData<int[], int[], int[]> Sizes => new()
    {
        { [60, 1536], [1536], [60, 1] },
        { [70, 384], [384], [70, 1] },
        { [70, 384], [384], [384] },
        { [40, 600], [600], [] },
        { [300, 127], [127], [300, 1] },
        { [2000, 13], [13], [2000, 1] },
        { [2, 7, 40, 33], [7, 1, 1], [2, 1, 40, 33] },
        { [2, 7, 40, 33], [7, 1, 33], [2, 1, 1, 1] },
        { [3, 200, 150], [3, 1, 150], [200, 1] },
        { [5, 9000], [5, 1], [9000] },
        { [1, 20000], [1, 1], [20000] },
        { [9, 130, 1], [130, 1], [9, 1, 1] },
        { [6, 5, 7, 7], [5, 1, 1], [6, 1, 1, 1] },
        { [64, 45], [45], [64, 1] },
        { [40, 4, 33], [4, 33], [4, 1] },
    };

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Numbers_are_those_of_a_plain_loop(int[] full, int[] a, int[] b)
    {
        float[] x = Numbers.Random<float>(Value.CountOf(full), 1), p = Numbers.Random<float>(Value.CountOf(a), 2), q = Numbers.Random<float>(Value.CountOf(b), 3);
        foreach ((int threads, bool loops) in ((int, bool)[])[(1, false), (3, false), (1, true), (3, true)])
        {
            Check((u, v, w) => u + v, (u, v, _) => u + v);
            Check((u, v, _) => v - u, (u, v, _) => v - u);
            Check((u, _, w) => u * w, (u, _, w) => u * w);
            Check((u, v, w) => ((u - w) * v) + w, (u, v, w) => ((u - w) * v) + w);
            Check((u, v, w) => Ops.Where(u.Greater(v), u, w), (u, v, w) => u > v ? u : w);
            Check((u, v, w) => Ops.Where(v.Greater(w), u * v, w), (u, v, w) => v > w ? u * v : w);
            Check((u, v, w) => Ops.Relu((u * v) + w).Greater(v).Cast(DType.Float32), (u, v, w) => Math.Max(0, (u * v) + w) > v ? 1 : 0);

            void Check(Func<Variable, Variable, Variable, Variable> build, Func<double, double, double, double> plain)
            {
                Variable u = Input("u", full), v = Input("v", a), w = Input("w", b);
                Function function = Function.Compile([u, v, w], [build(u, v, w)], options: new ExecutionOptions { Threads = threads, Compilation = new() { GenerateLoops = loops } });
                float[] found = function.Run(Value.Of(x, full), Value.Of(p, a), Value.Of(q, b))[0].Span<float>().ToArray();
                double[] expected = [.. Enumerable.Range(0, x.Length).Select(i => plain(x[i], p[Place(i, full, a)], q[Place(i, full, b)]))];
                Numbers.Close<float>(expected, found, 1e-6, $"{threads} threads, loops {loops}");
            }
        }
    }

    private static Variable Input(string name, int[] sizes) => Variable.Input(name, DType.Float32, Shape.OfSizes(sizes));

    /// <summary>Where the element of a smaller value is that meets an element of the result.</summary>
    private static int Place(int index, int[] full, int[] own)
    {
        int place = 0, step = 1;
        for (int axis = 1; axis <= full.Length; axis++)
        {
            int coordinate = index % full[^axis];
            index /= full[^axis];
            if (axis > own.Length)
                continue;
            place += own[^axis] == 1 ? 0 : coordinate * step;
            step *= own[^axis];
        }

        return place;
    }
}
