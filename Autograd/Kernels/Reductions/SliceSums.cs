using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;

namespace Toolkit.Autograd.Kernels;

/// <summary>Adds slices to the rows of a result, each slice to the row that is named for it. Float32 rows that very many slices go to are summed in float64.</summary>
internal static class SliceSums
{
    /// <summary>How many slices may be added to a row one after the other.</summary>
    public const int Few = 256;

    // The slices of a group of neighbouring rows on average, when groups are counted before rows: well below Few, so that evenly spread rows need no second count.
    private const int InGroup = 64;

    // Neighbours mostly fall into the same group: counting every fourth apart spares them waiting for each other.
    private const int Lanes = 4;

    /// <summary>to[rows[i]] += slices[i] for each i in order.</summary>
    /// <param name="rows">The row of each slice, within the result.</param>
    /// <param name="slices">The slices, one after the other.</param>
    /// <param name="slice">The elements of a slice and of a row.</param>
    /// <param name="to">The rows, to which is added.</param>
    /// <param name="workers">Scratch memory.</param>
    public static void Add<T>(ReadOnlySpan<int> rows, ReadOnlySpan<T> slices, int slice, Span<T> to, Workers workers)
        where T : unmanaged, INumber<T>
    {
        if (typeof(T) != typeof(float) || rows.Length <= Few || slice == 0 || !MayBeOften(rows, to.Length / slice, workers))
        {
            AddFew(rows, slices, slice, to);
            return;
        }

        int count = to.Length / slice;
        using Scratch scratch = workers.Rent((long)count * sizeof(int));
        Span<int> places = scratch.Span<int>(count);
        int often = Often(rows, places);
        if (often == 0)
        {
            AddFew(rows, slices, slice, to);
            return;
        }

        using Scratch wide = workers.Rent((long)often * slice * sizeof(double));
        AddWide(rows, slices, slice, to, places, wide.Span<double>(often * slice));
    }

    /// <summary>The same where no row is named more than <see cref="Few"/> times.</summary>
    /// <param name="rows">The row of each slice, within the result.</param>
    /// <param name="slices">The slices, one after the other.</param>
    /// <param name="slice">The elements of a slice and of a row.</param>
    /// <param name="to">The rows, to which is added.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddFew<TRow, T>(ReadOnlySpan<TRow> rows, ReadOnlySpan<T> slices, int slice, Span<T> to)
        where TRow : unmanaged, IBinaryInteger<TRow>
        where T : unmanaged, INumber<T>
    {
        if (slice == 1)
        {
            slices = slices[..rows.Length];
            for (int i = 0; i < slices.Length; i++)
                to[int.CreateTruncating(rows[i])] += slices[i];
            return;
        }

        for (int i = 0; i < rows.Length; i++)
        {
            Span<T> row = to.Slice(int.CreateTruncating(rows[i]) * slice, slice);
            TensorPrimitives.Add(row, slices.Slice(i * slice, slice), row);
        }
    }

    /// <summary>
    /// Whether a group of neighbouring rows occurs so often that one of its rows may. The groups' counts lie in the processor's nearest cache, where the rows' own
    /// would not.
    /// </summary>
    private static bool MayBeOften(ReadOnlySpan<int> rows, int count, Workers workers)
    {
        int shift = 0;
        while (count >> shift > rows.Length / InGroup)
            shift++;
        int number = (count >> shift) + 1;
        using Scratch scratch = workers.Rent((long)Lanes * number * sizeof(int));
        Span<int> groups = scratch.Span<int>(Lanes * number);
        groups.Clear();
        Span<int> first = groups[..number], second = groups[number..(2 * number)];
        Span<int> third = groups[(2 * number)..(3 * number)], fourth = groups[(3 * number)..];
        int i = 0;
        for (; i <= rows.Length - Lanes; i += Lanes)
        {
            first[rows[i] >> shift]++;
            second[rows[i + 1] >> shift]++;
            third[rows[i + 2] >> shift]++;
            fourth[rows[i + 3] >> shift]++;
        }

        for (; i < rows.Length; i++)
            first[rows[i] >> shift]++;
        TensorPrimitives.Add<int>(first, second, first);
        TensorPrimitives.Add<int>(first, third, first);
        TensorPrimitives.Add<int>(first, fourth, first);
        return TensorPrimitives.Max<int>(first) > Few;
    }

    /// <summary>The number of rows that occur often; each gets a place, the others −1.</summary>
    private static int Often(ReadOnlySpan<int> rows, Span<int> places)
    {
        places.Clear();
        foreach (int row in rows)
            places[row]++;
        int often = 0;
        foreach (ref int place in places)
            place = place > Few ? often++ : -1;
        return often;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddWide<T>(ReadOnlySpan<int> rows, ReadOnlySpan<T> slices, int slice, Span<T> to, ReadOnlySpan<int> places, Span<double> wide)
        where T : unmanaged, INumber<T>
    {
        for (int row = 0; row < places.Length; row++)
        {
            for (int j = 0; places[row] >= 0 && j < slice; j++)
                wide[(places[row] * slice) + j] = double.CreateTruncating(to[(row * slice) + j]);
        }

        for (int i = 0; i < rows.Length; i++)
        {
            int place = places[rows[i]];
            ReadOnlySpan<T> own = slices.Slice(i * slice, slice);
            for (int j = 0; place >= 0 && j < slice; j++)
                wide[(place * slice) + j] += double.CreateTruncating(own[j]);
            if (place < 0)
                AddFew<int, T>([rows[i]], own, slice, to);
        }

        for (int row = 0; row < places.Length; row++)
        {
            for (int j = 0; places[row] >= 0 && j < slice; j++)
                to[(row * slice) + j] = T.CreateTruncating(wide[(places[row] * slice) + j]);
        }
    }
}
