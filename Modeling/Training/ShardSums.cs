using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Distributed;

namespace Toolkit.Modeling.Training;

/// <summary>
/// Sums over the pieces of a batch by a fixed binary tree: 0 and 1, 2 and 3, …, then these sums by pairs, and so on, whoever computes which piece. A process sums its own pieces, which
/// follow each other, and the group sums on.
/// </summary>
internal sealed class ShardSums
{
    private readonly IProcessGroup group;
    private readonly IReadOnlyList<Output> summed;
    private readonly List<ShardSum> levels = [];
    private readonly int numbers;
    private readonly float[] floats;
    private readonly double[] doubles;
    private readonly float[] scratch;
    private readonly double[] doubleScratch;
    private int depth;
    private int done;

    /// <summary>Sums of some outputs, and of some more numbers.</summary>
    /// <param name="group">The processes.</param>
    /// <param name="summed">The outputs of static shape, float32 or float64.</param>
    /// <param name="numbers">How many more numbers there are.</param>
    public ShardSums(IProcessGroup group, IEnumerable<Output> summed, int numbers)
    {
        this.group = group;
        this.summed = [.. summed];
        this.numbers = numbers;
        int Length(DType type) => group.Size == 1 ? 0 : this.summed.Where(output => output.Variable.DType == type).Sum(output => output.Variable.Shape.ElementCount.Size);
        floats = new float[Length(DType.Float32)];
        doubles = new double[group.Size == 1 ? 0 : Length(DType.Float64) + numbers];
        scratch = new float[(floats.Length + 1) / 2];
        doubleScratch = new double[(doubles.Length + 1) / 2];
    }

    /// <summary>Begins a batch.</summary>
    public void Clear() => (depth, done) = (0, 0);

    /// <summary>Where the next piece is to be written.</summary>
    public ShardSum Next()
    {
        if (depth == levels.Count)
            levels.Add(new ShardSum(summed, numbers));
        return levels[depth];
    }

    /// <summary>The piece is written.</summary>
    public void Add()
    {
        depth++;
        for (int pairs = ++done; (pairs & 1) == 0; pairs >>= 1)
        {
            depth--;
            levels[depth - 1].Add(levels[depth]);
        }
    }

    /// <summary>The sum over the pieces of this process.</summary>
    public ShardSum Own => levels[0];

    /// <summary>The sum over all pieces of all processes.</summary>
    public ShardSum Total(long step)
    {
        ShardSum own = Own;
        if (group.Size == 1)
            return own;
        int f = 0, d = 0;
        foreach (Value value in own.Values)
        {
            if (value.DType == DType.Float32)
                Copy(value.Span<float>(), floats, ref f);
            else
                Copy(value.Span<double>(), doubles, ref d);
        }

        own.Numbers.CopyTo(doubles.AsSpan(d));
        group.Sum(doubles, doubleScratch, new Purpose("loss and metrics", step));
        group.Sum(floats, scratch, new Purpose("gradients", step));
        (f, d) = (0, 0);
        foreach (Value value in own.Values)
        {
            if (value.DType == DType.Float32)
                Copy(floats, ref f, value.Span<float>());
            else
                Copy(doubles, ref d, value.Span<double>());
        }

        doubles.AsSpan(d).CopyTo(own.Numbers);
        return own;
    }

    private static void Copy<T>(ReadOnlySpan<T> from, T[] to, ref int at)
    {
        from.CopyTo(to.AsSpan(at));
        at += from.Length;
    }

    private static void Copy<T>(T[] from, ref int at, Span<T> to)
    {
        from.AsSpan(at, to.Length).CopyTo(to);
        at += to.Length;
    }
}
