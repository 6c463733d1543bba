using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Toolkit.Autograd.Kernels;

/// <summary>A matrix of bytes, [k, n], as the right operand of a product of pairs: row p of the operand has the rows 2p and 2p + 1 of the matrix, each element in 16 bits, the first of them in the lower half.</summary>
/// <param name="matrix">The first element.</param>
/// <param name="k">Its rows; where they are odd, the last is paired with zeros.</param>
/// <param name="n">Its columns.</param>
/// <param name="isSigned">Whether the elements are int8; uint8 otherwise.</param>
internal readonly unsafe struct BytePanel(byte* matrix, int k, int n, bool isSigned) : IPanelSource<int>
{
    public int* Packed(int row, int count, int column) => null;

    public int* Direct(int row, int count, int column, out nint step)
    {
        step = 0;
        return null;
    }

    public GemmAhead<int> Ahead(int row, int count, int column, int columns) => default;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Pack(int row, int count, int column, int columns, int width, int* destination)
    {
        for (int p = row; p < row + count; p++, destination += width)
        {
            byte* first = matrix + ((nint)2 * p * n) + column, second = 2 * p + 1 < k ? first + n : null;
            int j = 0;
            for (; j <= columns - Vector128<byte>.Count; j += Vector128<byte>.Count)
                Sixteen(first + j, second is null ? null : second + j, destination + j);
            for (; j < columns; j++)
                destination[j] = (Wide(first[j]) & ushort.MaxValue) | (second is null ? 0 : Wide(second[j]) << 16);
            new Span<int>(destination + columns, width - columns).Clear();
        }
    }

    private int Wide(byte element) => isSigned ? (sbyte)element : element;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Sixteen(byte* first, byte* second, int* destination)
    {
        Vector128<byte> a = Vector128.Load(first), b = second is null ? Vector128<byte>.Zero : Vector128.Load(second);
        Pair(Lower(a), Lower(b), destination);
        Pair(Upper(a), Upper(b), destination + Vector128<short>.Count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Vector128<short> Lower(Vector128<byte> x) => isSigned ? Vector128.WidenLower(x.AsSByte()) : Vector128.WidenLower(x).AsInt16();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Vector128<short> Upper(Vector128<byte> x) => isSigned ? Vector128.WidenUpper(x.AsSByte()) : Vector128.WidenUpper(x).AsInt16();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Pair(Vector128<short> low, Vector128<short> high, int* destination)
    {
        (Vector128.WidenLower(low.AsUInt16()) | (Vector128.WidenLower(high.AsUInt16()) << 16)).AsInt32().Store(destination);
        (Vector128.WidenUpper(low.AsUInt16()) | (Vector128.WidenUpper(high.AsUInt16()) << 16)).AsInt32().Store(destination + Vector128<int>.Count);
    }
}
