namespace Toolkit.Autograd.Kernels;

/// <summary>
/// How rows are cut into the panels of tiles: as few as possible, of nearly equal height, in thirds of the highest tile. 32 rows make 12, 12, 8, not
/// 12, 11, 9: heights of 4 and 8 are transposed by whole vectors when they are packed, and no panel is too low to keep the units busy.
/// </summary>
internal readonly struct GemmPanels
{
    private readonly int rows;
    private readonly int unit;
    private readonly int low;
    private readonly int higher;

    /// <summary>The panels of a number of rows, none higher than a tile can be.</summary>
    public GemmPanels(int rows, int highest)
    {
        this.rows = rows;
        unit = highest / 3;
        Count = (rows + highest - 1) / highest;
        (low, higher) = Math.DivRem((rows + unit - 1) / unit, Math.Max(1, Count));
    }

    /// <summary>Gets the number of panels.</summary>
    public int Count { get; }

    /// <summary>The rows of a panel that comes after <paramref name="done"/> rows.</summary>
    public int Height(int index, int done) => Math.Min(unit * (index < higher ? low + 1 : low), rows - done);
}
