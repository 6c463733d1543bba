using System.Numerics;

namespace Toolkit.MLNetIntegration.Training;

/// <summary>Tells whether two passes over a data view see the same rows: their number and checksums of all that is learned from, with and without their order.</summary>
internal struct RowChecksum
{
    private const ulong Odd = 0x9E3779B97F4A7C15;

    private ulong sum;
    private ulong sequence;

    /// <summary>The number of rows.</summary>
    public long Rows { get; private set; }

    /// <summary>Adds the next row of the pass.</summary>
    public void Add(TrainingRow row)
    {
        ulong hash = Mixed(Odd, BitConverter.DoubleToUInt64Bits(row.Weight));
        foreach (LabelValue label in row.Labels)
        {
            hash = Mixed(hash, (uint)label.Class);
            foreach (float value in label.Numbers)
            {
                hash = Mixed(hash, BitConverter.SingleToUInt32Bits(value));
            }
        }

        foreach (float value in row.Features)
        {
            hash = Mixed(hash, BitConverter.SingleToUInt32Bits(value));
        }

        foreach (long[] keys in row.Keys)
        {
            hash = Mixed(hash, (ulong)keys.Length);
            foreach (long key in keys)
            {
                hash = Mixed(hash, (ulong)key);
            }
        }

        foreach (float[] numbers in row.Series)
        {
            hash = Mixed(hash, (ulong)numbers.Length);
            foreach (float value in numbers)
            {
                hash = Mixed(hash, BitConverter.SingleToUInt32Bits(value));
            }
        }

        Rows++;
        sum = unchecked(sum + hash);
        sequence = Mixed(sequence, hash);
    }

    /// <summary>Refuses a pass of as many rows that are other ones.</summary>
    /// <param name="later">The later pass, at its end.</param>
    /// <param name="ordered">Whether the same rows must be in the same order.</param>
    /// <exception cref="TrainingException">The rows differ, or their order where it counts.</exception>
    public readonly void RequireSame(in RowChecksum later, bool ordered)
    {
        if (later.sum != sum)
        {
            throw Other(Rows, "as many with other values");
        }

        if (ordered && later.sequence != sequence)
        {
            throw Other(
                Rows,
                $"them in another order; where rows are streamed, their place says which of them validate: or give {nameof(TrainingOptions.Validation)}, or set "
                + $"{nameof(TrainingOptions.ValidationFraction)} to 0");
        }
    }

    /// <summary>The error of a pass with other rows than the one before.</summary>
    public static TrainingException Other(long rows, string found) => new(
        $"Expected {rows} rows as in the pass before, found {found}: the data view must have the same rows each time it is read; keep them with Data.Cache.");

    private static ulong Mixed(ulong hash, ulong value) => BitOperations.RotateLeft(unchecked((hash ^ value) * Odd), 29);
}
