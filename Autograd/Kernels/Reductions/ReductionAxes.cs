using System.Runtime.CompilerServices;

namespace Toolkit.Autograd.Kernels;

/// <summary>
/// The shape of a reduction after axes of size 1 are dropped and neighbours of the same kind are merged: at most
/// <see cref="MaxAxes"/> kept and reduced axes, each with its stride in the input.
/// </summary>
internal unsafe struct ReductionAxes
{
    /// <summary>Most axes of one kind.</summary>
    public const int MaxAxes = 16;

    public int KeptCount;
    public int ReducedCount;
    public fixed int KeptSizes[MaxAxes];
    public fixed long KeptStrides[MaxAxes];
    public fixed int ReducedSizes[MaxAxes];
    public fixed long ReducedStrides[MaxAxes];

    public ReductionAxes(ReadOnlySpan<int> shape, ReadOnlySpan<bool> reduced)
    {
        if (shape.Length != reduced.Length)
            throw new ArgumentException($"A shape of {shape.Length} axes needs as many marks; there are {reduced.Length}.");
        long stride = 1;
        bool any = false, lastKind = false;
        Outputs = 1;
        Terms = 1;
        for (int axis = shape.Length - 1; axis >= 0; axis--)
        {
            int size = shape[axis];
            bool kind = reduced[axis];
            if (kind)
                Terms *= size;
            else
                Outputs *= size;
            if (size == 1)
                continue;
            bool merge = any && kind == lastKind;
            if (kind)
                Append(ref ReducedCount, ref ReducedSizes[0], ref ReducedStrides[0], size, stride, merge);
            else
                Append(ref KeptCount, ref KeptSizes[0], ref KeptStrides[0], size, stride, merge);
            (any, lastKind) = (true, kind);
            stride *= size;
        }

        InnerReduced = ReducedCount > 0 && ReducedStrides[0] == 1;
    }

    /// <summary>Gets the number of results.</summary>
    public long Outputs { get; }

    /// <summary>Gets the number of elements in each.</summary>
    public long Terms { get; }

    /// <summary>Gets a value indicating whether the innermost axis is reduced.</summary>
    public bool InnerReduced { get; }

    /// <summary>Offset in the input of the kept index <paramref name="index"/>; axis 0 here is the innermost.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public long KeptOffset(long index, int skip = 0)
    {
        long offset = 0;
        for (int i = skip; i < KeptCount; i++)
        {
            (index, long position) = Math.DivRem(index, KeptSizes[i]);
            offset += position * KeptStrides[i];
        }

        return offset;
    }

    /// <summary>Offset in the input of the reduced index <paramref name="index"/>, leaving out the innermost <paramref name="skip"/> axes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public long ReducedOffset(long index, int skip = 0)
    {
        long offset = 0;
        for (int i = skip; i < ReducedCount; i++)
        {
            (index, long position) = Math.DivRem(index, ReducedSizes[i]);
            offset += position * ReducedStrides[i];
        }

        return offset;
    }

    private static void Append(ref int count, ref int sizes, ref long strides, int size, long stride, bool merge)
    {
        if (merge)
        {
            System.Runtime.CompilerServices.Unsafe.Add(ref sizes, count - 1) *= size;
            return;
        }

        if (count == MaxAxes)
            throw new ArgumentException($"A reduction alternates between kept and reduced axes more than {MaxAxes} times.");
        System.Runtime.CompilerServices.Unsafe.Add(ref sizes, count) = size;
        System.Runtime.CompilerServices.Unsafe.Add(ref strides, count) = stride;
        count++;
    }
}
