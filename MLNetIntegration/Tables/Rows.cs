using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Microsoft.ML.OnnxRuntime.Tensors;
using Toolkit.OnnxExport.Serving;

namespace Toolkit.Tables;

/// <summary>Puts the numbers of a column into the rows of an input.</summary>
internal static class Rows
{
    /// <summary>How many columns <see cref="FillTogether"/> takes.</summary>
    public const int Together = 8;

    /// <summary>Whether numbers can become elements of a type.</summary>
    public static bool Converts(TensorElementType type) => type is not TensorElementType.String && TableTypes.Contains(type);

    private static readonly HashSet<TensorElementType> TableTypes =
    [
        TensorElementType.Float, TensorElementType.Float16, TensorElementType.Double, TensorElementType.Int64, TensorElementType.Int32, TensorElementType.Int16, TensorElementType.Int8,
        TensorElementType.UInt64, TensorElementType.UInt32, TensorElementType.UInt16, TensorElementType.UInt8, TensorElementType.Bool,
    ];

    /// <summary>Puts numbers into rows, each rounded to the type of the elements. An element of an integer type takes whole numbers within its range, a truth value 0 and 1, and no finite number becomes
    /// an infinite one.</summary>
    /// <returns>The first number that is none of the type, or −1.</returns>
    public static int Fill<T>(ReadOnlySpan<T> numbers, TensorMemory memory, int offset, int width)
        where T : unmanaged, INumber<T> => memory.Description.ElementType switch
        {
            TensorElementType.Float => Fill(numbers, memory.Span<float>(), offset, width),
            TensorElementType.Float16 => Fill(numbers, memory.Span<Half>(), offset, width),
            TensorElementType.Double => Fill(numbers, memory.Span<double>(), offset, width),
            TensorElementType.Int64 => Fill(numbers, memory.Span<long>(), offset, width),
            TensorElementType.Int32 => Fill(numbers, memory.Span<int>(), offset, width),
            TensorElementType.Int16 => Fill(numbers, memory.Span<short>(), offset, width),
            TensorElementType.Int8 => Fill(numbers, memory.Span<sbyte>(), offset, width),
            TensorElementType.UInt64 => Fill(numbers, memory.Span<ulong>(), offset, width),
            TensorElementType.UInt32 => Fill(numbers, memory.Span<uint>(), offset, width),
            TensorElementType.UInt16 => Fill(numbers, memory.Span<ushort>(), offset, width),
            TensorElementType.UInt8 => Fill(numbers, memory.Span<byte>(), offset, width),
            TensorElementType.Bool => Fill(numbers, memory.Span<byte>(), offset, width, most: 1),
            var other => throw new NotSupportedException($"{other}"),
        };

    /// <summary>Puts columns that stand beside each other into rows, eight elements of a row at once, so that each line of memory is written a few times, and not for each column.</summary>
    /// <param name="columns">As many cells of each column as there are rows; eight columns.</param>
    /// <param name="elements">The elements of the input.</param>
    /// <param name="offset">The place of the first cell of the first column.</param>
    /// <param name="width">The elements of a row.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void FillTogether(ReadOnlySpan<ReadOnlyMemory<float>> columns, Span<float> elements, int offset, int width)
    {
        ReadOnlySpan<float> c0 = columns[0].Span;
        int rows = c0.Length;
        ReadOnlySpan<float> c1 = columns[1].Span[..rows], c2 = columns[2].Span[..rows], c3 = columns[3].Span[..rows];
        ReadOnlySpan<float> c4 = columns[4].Span[..rows], c5 = columns[5].Span[..rows], c6 = columns[6].Span[..rows], c7 = columns[7].Span[..rows];
        for (int i = 0; i < rows; i++)
            Vector256.Create(c0[i], c1[i], c2[i], c3[i], c4[i], c5[i], c6[i], c7[i]).CopyTo(elements[(offset + (i * width))..]);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int Fill<T, TElement>(ReadOnlySpan<T> numbers, Span<TElement> elements, int offset, int width, byte most = byte.MaxValue)
        where T : unmanaged, INumber<T>
        where TElement : unmanaged, INumber<TElement>
    {
        if (typeof(T) == typeof(TElement) && most == byte.MaxValue)
        {
            for (int i = 0, at = offset; i < numbers.Length; i++, at += width)
                elements[at] = Unsafe.BitCast<T, TElement>(numbers[i]);
            return -1;
        }

        bool isFloating = typeof(TElement) == typeof(float) || typeof(TElement) == typeof(double) || typeof(TElement) == typeof(Half);
        for (int i = 0, at = offset; i < numbers.Length; i++, at += width)
        {
            T number = numbers[i];
            TElement element = TElement.CreateSaturating(number);
            elements[at] = element;
            bool fits = typeof(T) == typeof(TElement) ? most == byte.MaxValue || number <= T.One
                : isFloating ? TElement.IsFinite(element) || !T.IsFinite(number)
                : T.CreateSaturating(element) == number && (most == byte.MaxValue || element <= TElement.One);
            if (!fits)
                return i;
        }

        return -1;
    }
}
