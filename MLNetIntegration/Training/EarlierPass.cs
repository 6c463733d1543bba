namespace Toolkit.MLNetIntegration.Training;

/// <summary>What is known of the rows of a data view from a pass over them, for passes that follow.</summary>
internal sealed class EarlierPass
{
    private readonly long rows;
    private RowChecksum? checksum;

    /// <summary>A pass that has counted the rows only: the next one tells what they are.</summary>
    public EarlierPass(long rows) => this.rows = rows;

    /// <summary>A pass that has seen the rows.</summary>
    public EarlierPass(RowChecksum checksum)
        : this(checksum.Rows) => this.checksum = checksum;

    /// <summary>Whether the rows must come in the same order, too.</summary>
    public bool Ordered { get; init; }

    /// <summary>Stops a pass at a row that the earlier one did not have.</summary>
    /// <exception cref="TrainingException">There are more rows.</exception>
    public void RequireRoomAfter(long index)
    {
        if (index >= rows)
        {
            throw RowChecksum.Other(rows, "more");
        }
    }

    /// <summary>Compares a pass at its end.</summary>
    /// <exception cref="TrainingException">It had other rows.</exception>
    public void RequireSame(RowChecksum later)
    {
        if (later.Rows != rows)
        {
            throw RowChecksum.Other(rows, $"{later.Rows}");
        }

        if (checksum is { } known)
        {
            known.RequireSame(later, Ordered);
        }

        checksum = later;
    }
}
