namespace Toolkit.Autograd.Kernels;

/// <summary>How a product is cut into parts: a grid over rows and columns of C, in whole tiles of columns and thirds of tiles of rows (<see cref="GemmPanels"/>).</summary>
internal readonly record struct GemmGrid(int Rows, int Columns, int RowStep, int ColumnStep)
{
    // Below this many multiply-adds per part, handing it over costs more than it saves.
    private const double SmallestPart = 100_000;

    // Cost of packing one element of A or B, in multiply-adds.
    private const double PackCost = 6;

    // The multiply-adds of a row that hide its seam: what the processor fetches beyond the end of one part, the thread that writes the other has to get back.
    private const double SeamCost = 4000;

    /// <summary>Gets the number of parts.</summary>
    public int Count => Rows * Columns;

    /// <summary>Takes the grid with the least work on the busiest thread, packing included.</summary>
    /// <param name="m">Rows of C.</param>
    /// <param name="n">Columns of C.</param>
    /// <param name="k">Summands of an element.</param>
    /// <param name="tileRows">Rows of the highest tile.</param>
    /// <param name="tileColumns">Columns of a tile.</param>
    /// <param name="threads">Threads that take parts.</param>
    /// <param name="packed">Whether the right operand was packed before.</param>
    public static GemmGrid For(int m, int n, int k, int tileRows, int tileColumns, int threads, bool packed = false)
    {
        int unit = tileRows / 3;
        long panels = Math.Max(1, ((long)m + tileRows - 1) / tileRows), slivers = Math.Max(1, ((long)n + tileColumns - 1) / tileColumns);
        int parts = (int)Math.Min(threads == 1 ? 1 : 4.0 * threads, (double)m * n * k / SmallestPart);
        GemmGrid best = Cut(1, 1);
        if (parts <= 1)
            return best;
        double least = double.MaxValue;
        for (int rows = 1; rows <= Math.Min(parts, panels); rows++)
        {
            for (int columns = 1; columns <= Math.Min(parts / rows, slivers); columns++)
            {
                GemmGrid grid = Cut(rows, columns);
                double seam = columns > 1 ? Math.Max(0, (SeamCost / Math.Max(1, k)) - grid.ColumnStep) : 0;
                double part = ((double)grid.RowStep * grid.ColumnStep) + (PackCost * (grid.RowStep + (packed ? 0 : grid.ColumnStep))) + (seam * grid.RowStep);
                double cost = (grid.Count + threads - 1) / threads * part;
                if (cost < least)
                    (best, least) = (grid, cost);
            }
        }

        return best;

        GemmGrid Cut(int rows, int columns)
        {
            int rowStep = Step(((long)m + unit - 1) / unit, rows, unit), columnStep = Step(slivers, columns, tileColumns);
            return new GemmGrid(Parts(m, rowStep), Parts(n, columnStep), rowStep, columnStep);
        }

        // A step over all of very many rows may be more than an int; that many there are not.
        static int Step(long tiles, int parts, int tile) => (int)Math.Min(int.MaxValue, (tiles + parts - 1) / parts * tile);

        static int Parts(int length, int step) => Math.Max(1, (int)(((long)length + step - 1) / step));
    }
}
