using Toolkit.Modeling;

namespace Toolkit.MLNetIntegration.Training;

/// <summary>Which rows are learned from and which are set aside to validate on.</summary>
internal sealed record Split(int[] Order, int Kept)
{
    /// <summary>The number of rows.</summary>
    public int Rows => Order.Length;

    /// <summary>All rows in their order to learn from.</summary>
    public static Split None(int rows) => new([.. Enumerable.Range(0, rows)], rows);

    /// <summary>A random share set aside; none where it rounds to no row or to all.</summary>
    public static Split Of(int rows, double share, ulong seed)
    {
        int kept = (int)Math.Round(rows * (1 - share));
        Split all = None(rows);
        if (share == 0 || kept == rows || kept == 0)
        {
            return all;
        }

        new RandomSource(seed).Fork("validation").Fork().Shuffle(all.Order.AsSpan());
        return all with { Kept = kept };
    }

    /// <summary>Where each row goes: the inverse of the order.</summary>
    public int[] Places()
    {
        int[] places = new int[Rows];
        for (int i = 0; i < Rows; i++)
        {
            places[Order[i]] = i;
        }

        return places;
    }
}
