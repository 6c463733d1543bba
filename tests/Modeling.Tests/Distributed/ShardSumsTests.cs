using System.Collections.Concurrent;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Distributed;
using Toolkit.Modeling.Training;

namespace Toolkit.Modeling.Tests.Distributed;

public sealed class ShardSumsTests
{
    private const int Pieces = 8, Numbers = 3;

    private static readonly Output[] Summed =
    [
        new("a", Variable.Input("a", DType.Float32, [37, 70])), new("b", Variable.Input("b", DType.Float64, [5])),
        new("c", Variable.Input("c", DType.Float32, [])), new("d", Variable.Input("d", DType.Float64, [1201])),
    ];

    /// <summary>The sums have the bits of the tree over the pieces, for outputs of both types that are longer and shorter than the stretches in which they are added.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(8)]
    public void Sums_have_the_bits_of_the_tree_whoever_has_which_pieces(int size)
    {
        var found = new ConcurrentDictionary<int, double[]>();
        ThreadGroup.Run(size, group =>
        {
            var sums = new ShardSums(group, Summed, Numbers, ("numbers", "floats"));
            for (int step = 1; step <= 2; step++)
            {
                sums.Clear();
                for (int i = 0; i < Pieces / size; i++)
                {
                    Write((group.Rank * (Pieces / size)) + i, step, sums.Next());
                    sums.Add();
                }

                found[(step * Pieces) + group.Rank] = Read(sums.Total(step));
            }
        });
        for (int step = 1; step <= 2; step++)
        {
            double[] expected = Tree(step, 0, Pieces);
            for (int rank = 0; rank < size; rank++)
                Assert.Equal(expected, found[(step * Pieces) + rank]);
        }
    }

    [Fact]
    public void A_piece_without_examples_adds_nothing()
    {
        var sums = new ShardSums(SingleProcess.Instance, Summed, Numbers, ("numbers", "floats"));
        Write(1, 1, sums.Next());
        sums.Add();
        Write(2, 1, sums.Next());
        sums.Next().Clear();
        sums.Add();
        Assert.Equal(Piece(1, 1), Read(sums.Own));
    }

    private static double[] Tree(int step, int first, int count)
    {
        if (count == 1)
            return Piece(first, step);
        double[] low = Tree(step, first, count / 2), high = Tree(step, first + (count / 2), count / 2);
        int at = 0;
        return [.. Summed.SelectMany(output => Enumerable.Range(0, output.Variable.Shape.ElementCount.Size).Select(_ => output.Variable.DType == DType.Float32 ? (float)low[at] + (float)high[at++] : low[at] + high[at++])),
            .. Enumerable.Range(0, Numbers).Select(_ => low[at] + high[at++])];
    }

    private static double[] Piece(int piece, int step)
    {
        var random = new Random((100 * step) + piece);
        return [.. Summed.SelectMany(output => Enumerable.Range(0, output.Variable.Shape.ElementCount.Size).Select(_ => output.Variable.DType == DType.Float32 ? (float)random.NextDouble() : random.NextDouble())),
            .. Enumerable.Range(0, Numbers).Select(_ => random.NextDouble())];
    }

    private static void Write(int piece, int step, ShardSum sum)
    {
        double[] numbers = Piece(piece, step);
        int at = 0;
        foreach (Value value in sum.Values)
        {
            for (int i = 0; i < value.Count; i++)
                value[i] = numbers[at++];
        }

        numbers.AsSpan(at).CopyTo(sum.Numbers);
    }

    private static double[] Read(ShardSum sum) => [.. sum.Values.SelectMany(value => Enumerable.Range(0, value.Count).Select(i => value[i])), .. sum.Numbers.ToArray()];
}
