using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Indexing;

/// <summary>Where the elements lie that indices along one axis address, at their own places on the others.</summary>
internal static class ElementPlaces
{
    /// <summary>Checks the shape of the indices, as far as sizes are known.</summary>
    public static int Axis(Operation operation, Shape data, Shape indices, int axis)
    {
        int at = data.Rank == 0 ? throw new ShapeException($"{operation.Name} expects at least one axis, found a scalar.") : data.Axis(axis);
        bool fits = indices.Rank == data.Rank && !indices.Where((dim, i) => i != at && dim.IsStatic && data[i].IsStatic && dim.Number > data[i].Number).Any();
        return fits ? at : throw new ShapeException($"{operation.Name} expects indices with as many axes as the data, none but axis {at} longer, found {indices} for {data}.");
    }

    /// <summary>The flat place in the data for each index.</summary>
    /// <param name="operation">Who asks, for the message.</param>
    /// <param name="data">The sizes of the data.</param>
    /// <param name="indices">int64 indices.</param>
    /// <param name="axis">The axis, counted from 0.</param>
    /// <param name="places">Receives the places.</param>
    public static void Fill(Operation operation, ReadOnlySpan<int> data, Value indices, int axis, Span<int> places)
    {
        int rank = data.Length;
        ReadOnlySpan<int> sizes = indices.Sizes;
        Span<int> at = stackalloc int[rank];
        Span<int> stride = stackalloc int[rank];
        at.Clear();
        int product = 1;
        for (int i = rank - 1; i >= 0; i--)
        {
            stride[i] = product;
            product *= data[i];
            if (i != axis && sizes[i] > data[i])
                throw new ShapeException($"{operation.Name} expects indices no longer than the data but on axis {axis}, found {indices.Shape} for {Shape.OfSizes(data)}.");
        }

        ReadOnlySpan<long> index = indices.Span<long>();
        int origin = 0;
        for (int flat = 0; flat < places.Length; flat++)
        {
            places[flat] = origin + (Layout.Index(operation, index, flat, data[axis]) * stride[axis]);
            for (int i = rank - 1; i >= 0; i--)
            {
                int step = i == axis ? 0 : stride[i];
                if (++at[i] < sizes[i])
                {
                    origin += step;
                    break;
                }

                origin -= (sizes[i] - 1) * step;
                at[i] = 0;
            }
        }
    }
}
