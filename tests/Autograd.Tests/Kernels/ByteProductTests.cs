using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Operations.Quantization;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Tests.Kernels;

/// <summary>Products of bytes against plain loops.</summary>
public class ByteProductTests
{
    /// <summary>Sums of many blocks, odd ones, tiles that are not full, operands at the ends of their types.</summary>
    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(1, 33, 7)]
    [InlineData(1, 64, 64)]
    [InlineData(1, 1000, 300)]
    [InlineData(2, 129, 45)]
    [InlineData(3, 95, 18)]
    [InlineData(4, 260, 2050)]
    [InlineData(6, 17, 3)]
    [InlineData(7, 300, 1001)]
    [InlineData(9, 80, 127)]
    [InlineData(12, 32, 16)]
    [InlineData(13, 31, 17)]
    [InlineData(5, 70, 2051)]
    [InlineData(40, 3, 300)]
    [InlineData(200, 64, 33)]
    [InlineData(3, 5, 0)]
    public void Products_are_those_of_plain_loops(int m, int n, int k)
    {
        var random = new Random(m + (31 * n) + (997 * k));
        foreach (DType left in new[] { DType.UInt8, DType.Int8 })
        {
            foreach (DType right in new[] { DType.UInt8, DType.Int8 })
            {
                Value a = Bytes(random, left, m, k), b = Bytes(random, right, k, n);
                int[] rows = [.. Enumerable.Range(0, m).Select(_ => Byte(random, left))], columns = [.. Enumerable.Range(0, n).Select(_ => Byte(random, right))];
                foreach ((int[] zeroA, int[] zeroB) in new[] { (rows, columns), ([], columns), (rows, []), (Array.Empty<int>(), Array.Empty<int>()) })
                {
                    int[] expected = Plain(a, zeroA, b, zeroB);
                    foreach (SimdWidth width in Enum.GetValues<SimdWidth>())
                    {
                        foreach (int threads in new[] { 1, 3 })
                        {
                            using var workers = new Workers(threads);
                            foreach (Storage? packed in new[] { null, k == 0 ? null : ByteProduct.Pack(width, b) })
                            {
                                int[] found = [.. Enumerable.Repeat(-1, m * n)];
                                ByteProduct.Multiply(width, (m, n, k), (a.Address, left == DType.Int8), zeroA, (b.Address, right == DType.Int8), zeroB, found, packed, workers);
                                Assert.Equal(expected, found);
                            }

                            if (k == 0)
                                continue;
                            int[] few = [.. Enumerable.Repeat(-1, m * n)];
                            ByteRows.Multiply(width, (m, n, k), (a.Address, left == DType.Int8), zeroA, right == DType.Int8, zeroB, few, ByteRows.Pack(width, b), workers);
                            Assert.Equal(expected, few);
                        }
                    }
                }
            }
        }
    }

    /// <summary>Stacks, vectors, and zero points of every shape that the operator takes: the kernel gives what the expansion into products of int32 gives.</summary>
    [Theory]
    [InlineData("2,3,4", "4,5", "", "")]
    [InlineData("2,3,4", "4,5", "3", "5")]
    [InlineData("2,3,4", "4,5", "2,3,1", "1")]
    [InlineData("2,3,4", "1,4,5", "1,3,1", "1,1,5")]
    [InlineData("2,3,4", "2,4,5", "2,3,1", "2,1,5")]
    [InlineData("2,1,3,4", "3,4,5", "", "3,1,5")]
    [InlineData("3,4", "2,4,5", "3", "5")]
    [InlineData("4", "4,5", "1", "5")]
    [InlineData("2,3,4", "4", "", "1")]
    [InlineData("4", "4", "", "")]
    [InlineData("0,3,4", "4,5", "3", "5")]
    public void Stacks_and_their_zero_points_are_those_of_the_expansion(string left, string right, string zeroLeft, string zeroRight)
    {
        var random = new Random(7);
        foreach (bool isConstant in new[] { false, true })
        {
            Value a = Bytes(random, DType.UInt8, Sizes(left)), b = Bytes(random, DType.Int8, Sizes(right));
            Value? zeroA = zeroLeft.Length == 0 ? null : Bytes(random, DType.UInt8, Sizes(zeroLeft)), zeroB = zeroRight.Length == 0 ? null : Bytes(random, DType.Int8, Sizes(zeroRight));
            Variable x = Variable.Input("x", a.DType, a.Shape), y = isConstant ? Variable.Of(b) : Variable.Input("y", b.DType, b.Shape);
            Variable?[] arguments = [x, y, zeroA is null ? null : Variable.Of(zeroA), zeroB is null ? null : Variable.Of(zeroB)];
            Variable own = new MatMulInteger().Apply(arguments), expanded = new MatMulInteger().Expand(new Arguments(arguments))[0];
            Value[] found = Function.Compile(isConstant ? [x] : [x, y], [own, expanded]).Run(isConstant ? [a] : [a, b]);
            Assert.Equal(found[1].Sizes.ToArray(), found[0].Sizes.ToArray());
            Assert.Equal(found[1].Span<int>().ToArray(), found[0].Span<int>().ToArray());
        }

        static int[] Sizes(string text) => [.. text.Split(',').Select(int.Parse)];
    }

    private static int[] Plain(Value a, int[] zeroA, Value b, int[] zeroB)
    {
        (int m, int k, int n) = (a.Sizes[0], a.Sizes[1], b.Sizes[1]);
        var c = new int[m * n];
        for (int i = 0; i < m; i++)
        {
            for (int j = 0; j < n; j++)
            {
                for (int p = 0; p < k; p++)
                    c[(i * n) + j] += ((int)a[(i * k) + p] - (zeroA.Length == 0 ? 0 : zeroA[i])) * ((int)b[(p * n) + j] - (zeroB.Length == 0 ? 0 : zeroB[j]));
            }
        }

        return c;
    }

    private static Value Bytes(Random random, DType type, params int[] sizes)
    {
        Value value = Value.Zeros(type, sizes);
        for (int i = 0; i < value.Count; i++)
            value[i] = Byte(random, type);
        return value;
    }

    /// <summary>Any byte, the least and the greatest often.</summary>
    private static int Byte(Random random, DType type)
    {
        (int least, int greatest) = type == DType.Int8 ? (-128, 127) : (0, 255);
        return random.Next(4) switch { 0 => least, 1 => greatest, _ => random.Next(least, greatest + 1) };
    }
}
