using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Kernels;

/// <summary>Resizes axes one after the other.</summary>
internal static class ResizeKernel
{
    /// <summary>Resizes with weights; numbers that are no floating-point numbers are computed as float64, and what is between them loses its fraction.</summary>
    /// <typeparam name="T">The type of the elements.</typeparam>
    /// <param name="x">Read.</param>
    /// <param name="axes">For each axis what its places are made of; null where it stays.</param>
    /// <param name="y">Written.</param>
    /// <param name="arguments">The threads.</param>
    public static void Run<T>(Value x, ResizeAxis?[] axes, Value y, KernelArguments arguments)
        where T : unmanaged, INumber<T>
    {
        if (typeof(T) == typeof(float))
            Run<T, float>(x, axes, y, arguments);
        else
            Run<T, double>(x, axes, y, arguments);
    }

    /// <summary>Sets what lies outside of an axis to a number.</summary>
    /// <param name="axes">The axes.</param>
    /// <param name="number">The number.</param>
    /// <param name="y">Written.</param>
    public static void FillOutside(ResizeAxis?[] axes, double number, Value y)
    {
        Value one = Value.Full(number, y.DType, 1);
        for (int axis = 0; axis < axes.Length; axis++)
        {
            (int outer, int inner) = (Value.CountOf(y.Sizes[..axis]), Value.CountOf(y.Sizes[(axis + 1)..]));
            for (int place = 0; place < (axes[axis]?.Count ?? 0); place++)
            {
                for (int i = 0; axes[axis]!.IsOutside[place] && i < outer * inner; i++)
                    y.CopyElements(one, 0, ((((i / inner) * axes[axis]!.Count) + place) * inner) + (i % inner), 1);
            }
        }
    }

    private static void Run<T, TSum>(Value x, ResizeAxis?[] axes, Value y, KernelArguments arguments)
        where T : unmanaged, INumber<T>
        where TSum : unmanaged, IBinaryFloatingPointIeee754<TSum>
    {
        var from = new TSum[x.Count];
        ReadOnlySpan<T> elements = x.Span<T>();
        for (int i = 0; i < from.Length; i++)
            from[i] = TSum.CreateTruncating(elements[i]);
        int[] sizes = x.Sizes.ToArray();
        for (int axis = 0; axis < sizes.Length; axis++)
        {
            if (axes[axis] is not { } places)
                continue;
            (int outer, int size, int inner) = (Value.CountOf(sizes.AsSpan(0, axis)), sizes[axis], Value.CountOf(sizes.AsSpan(axis + 1)));
            var to = new TSum[outer * places.Count * inner];
            TSum[] source = from;
            arguments.For(outer, o => Resize(source.AsSpan(o * size * inner, size * inner), places, inner, to.AsSpan(o * places.Count * inner, places.Count * inner)));
            sizes[axis] = places.Count;
            from = to;
        }

        Span<T> result = y.Span<T>();
        for (int i = 0; i < result.Length; i++)
            result[i] = T.CreateSaturating(from[i]);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Resize<T>(ReadOnlySpan<T> from, ResizeAxis places, int inner, Span<T> to)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (int place = 0; place < places.Count; place++)
        {
            ReadOnlySpan<int> indices = places.Indices(place);
            ReadOnlySpan<double> weights = places.Weights(place);
            Span<T> sums = to.Slice(place * inner, inner);
            sums.Clear();
            for (int k = 0; k < indices.Length; k++)
            {
                T weight = T.CreateTruncating(weights[k]);
                if (inner == 1)
                    sums[0] += from[indices[k]] * weight;
                else
                    TensorPrimitives.MultiplyAdd(from.Slice(indices[k] * inner, inner), weight, sums, sums);
            }
        }
    }
}
