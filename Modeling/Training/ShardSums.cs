using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Toolkit.Autograd.Graph;
using Toolkit.Modeling.Distributed;

namespace Toolkit.Modeling.Training;

/// <summary>
/// Sums over the pieces of a batch by a fixed binary tree: 0 and 1, 2 and 3, …, then these sums by pairs, and so on, whoever computes which piece. A process sums its own pieces, which
/// follow each other, and the group sums on.
/// </summary>
internal sealed class ShardSums
{
    // As many bytes as stay in the first cache of a processor while several levels of the tree are added.
    private const int Stretch = 4096;

    private readonly IProcessGroup group;
    private readonly IReadOnlyList<Output> summed;
    private readonly List<ShardSum> levels = [];
    private readonly int numbers;
    private readonly (string Doubles, string Floats) names;
    private float[]? scratch;
    private double[]? doubleScratch;
    private int depth;
    private int done;

    /// <summary>Sums of some outputs, and of some more numbers.</summary>
    /// <param name="group">The processes.</param>
    /// <param name="summed">The outputs of static shape, float32 or float64.</param>
    /// <param name="numbers">How many more numbers there are.</param>
    /// <param name="names">What the float64 and the float32 sums are, named when a process does not come.</param>
    public ShardSums(IProcessGroup group, IEnumerable<Output> summed, int numbers, (string Doubles, string Floats) names)
    {
        this.names = names;
        this.group = group;
        this.summed = [.. summed];
        this.numbers = numbers;
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
        // As many levels are full as the number of pieces has zeros at its end; they are added in one walk.
        int full = BitOperations.TrailingZeroCount(++done);
        depth++;
        if (full == 0)
            return;
        depth -= full;
        ReadOnlySpan<ShardSum> parts = CollectionsMarshal.AsSpan(levels).Slice(depth - 1, full + 1);
        Fold<float>(parts, sum => sum.Floats);
        Fold<double>(parts, sum => sum.Doubles);
    }

    /// <summary>The sum over the pieces of this process.</summary>
    public ShardSum Own => levels[0];

    /// <summary>The sum over all pieces of all processes.</summary>
    public ShardSum Total(long step)
    {
        ShardSum own = Own;
        if (group.Size == 1)
            return own;
        group.Sum(own.Doubles, doubleScratch ??= new double[(own.Doubles.Length + 1) / 2], new Purpose(names.Doubles, step));
        if (!own.Floats.IsEmpty)
            group.Sum(own.Floats, scratch ??= new float[(own.Floats.Length + 1) / 2], new Purpose(names.Floats, step));
        return own;
    }

    /// <summary>x₀ ← x₀ + (x₁ + (x₂ + …)), element by element, and stretch by stretch, so that what is in between is never written to memory.</summary>
    private static void Fold<T>(ReadOnlySpan<ShardSum> parts, Func<ShardSum, Span<T>> of)
        where T : unmanaged, INumber<T>
    {
        Span<T> first = of(parts[0]), between = stackalloc T[Stretch / Unsafe.SizeOf<T>()];
        for (int start = 0; start < first.Length; start += between.Length)
        {
            int count = Math.Min(between.Length, first.Length - start);
            Span<T> sum = between[..count];
            scoped ReadOnlySpan<T> last = of(parts[^1]).Slice(start, count);
            for (int i = parts.Length - 2; i >= 0; i--)
            {
                Span<T> part = of(parts[i]).Slice(start, count);
                TensorPrimitives.Add(part, last, i == 0 ? part : sum);
                last = sum;
            }
        }
    }
}
