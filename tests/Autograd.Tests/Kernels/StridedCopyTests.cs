using Toolkit.Autograd.Kernels;

namespace Toolkit.Autograd.Tests.Kernels;

public class StridedCopyTests
{
    [Fact]
    public void Every_permutation_of_every_shape_matches_a_naive_loop()
    {
        int[][] shapes = [[], [4], [3, 5], [70, 45], [1, 9], [2, 3, 4], [3, 1, 5], [33, 2, 34], [2, 3, 4, 5], [2, 0, 3], [2, 3, 2, 3, 2], [130, 7], [7, 130], [64, 64], [2, 40, 3, 50]];
        foreach (int[] shape in shapes)
        {
            foreach (int[] permutation in Permutations(shape.Length))
            {
                CheckTranspose<float>(shape, permutation, i => i);
                CheckTranspose<double>(shape, permutation, i => i);
                CheckTranspose<byte>(shape, permutation, i => (byte)i);
                CheckTranspose<short>(shape, permutation, i => (short)i);
                CheckTranspose<decimal>(shape, permutation, i => i);
            }
        }
    }

    [Fact]
    public void Random_strided_copies_match_a_naive_loop()
    {
        Random random = new(1);
        for (int round = 0; round < 400; round++)
        {
            int rank = random.Next(0, 6);
            int[] shape = [.. Enumerable.Range(0, rank).Select(_ => random.Next(round % 20 == 0 ? 0 : 1, rank < 3 ? 40 : 6))];
            int[] order = [.. Enumerable.Range(0, rank).OrderBy(_ => random.Next())];

            // Destination: a dense permuted layout with gaps, some axes reversed. Source: any strides, 0 and negative ones too.
            long[] destinationStrides = new long[rank], sourceStrides = new long[rank];
            long next = random.Next(1, 3), destinationStart = random.Next(0, 4), sourceStart = random.Next(0, 4);
            foreach (int axis in order)
            {
                destinationStrides[axis] = next;
                next *= shape[axis] + random.Next(0, 2);
                if (random.Next(4) == 0)
                {
                    destinationStart += Math.Max(0, shape[axis] - 1) * destinationStrides[axis];
                    destinationStrides[axis] *= -1;
                }

                sourceStrides[axis] = random.Next(5) switch { 0 => 0, 1 => -random.Next(1, 5), 2 => 1, _ => random.Next(1, 30) };
                if (sourceStrides[axis] < 0)
                    sourceStart -= Math.Max(0, shape[axis] - 1) * sourceStrides[axis];
            }

            int[] source = [.. Enumerable.Range(1, 8000)];
            int[] expected = new int[Math.Max(1, next) + destinationStart + 10];
            int count = shape.Aggregate(1, (a, b) => a * b);
            for (int i = 0; i < count; i++)
            {
                long from = sourceStart, to = destinationStart;
                int rest = i;
                for (int axis = 0; axis < rank; axis++)
                {
                    from += rest % shape[axis] * sourceStrides[axis];
                    to += rest % shape[axis] * destinationStrides[axis];
                    rest /= shape[axis];
                }

                expected[to] = source[from];
            }

            for (int threads = 1; threads <= 3; threads++)
            {
                using Workers workers = new(threads);
                int[] destination = new int[expected.Length];
                StridedCopy.Run<int>(source, sourceStart, sourceStrides, destination, destinationStart, destinationStrides, shape, workers);
                Assert.Equal(expected, destination);
            }
        }
    }

    [Fact]
    public void Large_copies_are_whole_on_any_number_of_threads()
    {
        float[] x = Numbers.Random<float>(600 * 500, 1);
        for (int threads = 1; threads <= 3; threads++)
        {
            using Workers workers = new(threads);
            float[] y = new float[x.Length], z = new float[x.Length];
            Transpose.Run<float>(x, [600, 500], [1, 0], y, workers);
            Transpose.Run<float>(y, [500, 600], [1, 0], z, workers);
            Assert.Equal(x[(7 * 500) + 9], y[(9 * 600) + 7]);
            Assert.Equal(x, z);
            StridedCopy.Run<float>(x, x.Length - 1, [-1], z, 0, [1], [x.Length], workers);
            Assert.Equal(x.Reverse(), z);
        }
    }

    [Fact]
    public void Copies_out_of_bounds_are_refused()
    {
        using Workers workers = new(1);
        int[] source = new int[10], destination = new int[10];
        Assert.Throws<ArgumentException>(() => StridedCopy.Run<int>(source, 0, [2], destination, 0, [1], [6], workers));
        Assert.Throws<ArgumentException>(() => StridedCopy.Run<int>(source, 4, [-1], destination, 0, [1], [6], workers));
        Assert.Throws<ArgumentException>(() => StridedCopy.Run<int>(source, 0, [1], destination, 5, [1], [6], workers));
        Assert.Throws<ArgumentException>(() => Transpose.Run<int>(source, [2, 5], [1, 1], destination, workers));
    }

    private static void CheckTranspose<T>(int[] shape, int[] permutation, Func<int, T> value)
        where T : unmanaged
    {
        using Workers workers = new(1);
        int count = shape.Aggregate(1, (a, b) => a * b), rank = shape.Length;
        T[] x = [.. Enumerable.Range(0, count).Select(value)], y = new T[count], expected = new T[count];
        int[] outShape = [.. permutation.Select(axis => shape[axis])];
        int[] index = new int[rank];
        for (int i = 0; i < count; i++)
        {
            int rest = i;
            for (int axis = rank - 1; axis >= 0; axis--)
            {
                index[axis] = rest % shape[axis];
                rest /= shape[axis];
            }

            int at = 0;
            for (int axis = 0; axis < rank; axis++)
                at = (at * outShape[axis]) + index[permutation[axis]];
            expected[at] = x[i];
        }

        Transpose.Run<T>(x, shape, permutation, y, workers);
        Assert.Equal(expected, y);
    }

    private static IEnumerable<int[]> Permutations(int count)
    {
        if (count == 0)
            return [[]];
        return Permutations(count - 1).SelectMany(p => Enumerable.Range(0, count).Select(at => (int[])[.. p[..at], count - 1, .. p[at..]]));
    }
}
