using System.Runtime.CompilerServices;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Tests.Tensors;

public sealed class ValueSpanTests
{
    private const int Count = 1 << 18;

    /// <summary>As of an array: whoever has the elements need not hold the value, however much is made and thrown away meanwhile.</summary>
    [Fact]
    public void Elements_outlive_the_value_that_they_are_of()
    {
        Span<float> numbers = Numbers(), part = Numbers()[1..];
        Span<byte> bytes = Bytes();
        for (int round = 0; round < 3; round++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            for (int i = 0; i < 16; i++)
                _ = Value.Full(1, DType.Float32, Count);
        }

        Assert.Equal(-1, numbers.IndexOfAnyExcept(7f));
        Assert.Equal(-1, part.IndexOfAnyExcept(7f));
        Assert.Equal(-1, bytes.IndexOfAnyExcept((byte)9));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Span<float> Numbers() => Value.Full(7, DType.Float32, Count).Span<float>();

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Span<byte> Bytes() => Value.Full(9, DType.UInt8, 4 * Count).BytesFrom(1);
}
