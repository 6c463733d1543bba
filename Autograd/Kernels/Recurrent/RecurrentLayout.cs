namespace Toolkit.Autograd.Kernels;

/// <summary>Where the numbers of a recurrent operator lie: x [T, batch, I], y [T, D, batch, H] and states [D, batch, H], or with the batch first x [batch, T, I], y [batch, T, D, H]
/// and states [batch, D, H].</summary>
internal readonly record struct RecurrentLayout(int Time, int Batch, int Inputs, int Hidden, int Directions, bool Reverse, bool BatchFirst)
{
    /// <summary>The rows of x: one for each step of each example.</summary>
    public int Rows => Time * Batch;

    /// <summary>The rows between the same step of two examples.</summary>
    public int RowStep => BatchFirst ? Time : 1;

    /// <summary>The row of a step of an example.</summary>
    public int Row(int time, int example) => BatchFirst ? (example * Time) + time : (time * Batch) + example;

    /// <summary>The first element of y for a step of an example.</summary>
    public nint Result(int time, int direction, int example) => (nint)Hidden * (BatchFirst
        ? (Row(time, example) * Directions) + direction
        : (((time * Directions) + direction) * Batch) + example);

    /// <summary>The first element of a state of an example.</summary>
    public nint State(int direction, int example) => (nint)Hidden * (BatchFirst ? (example * Directions) + direction : (direction * Batch) + example);

    /// <summary>Whether a direction reads from the last step to the first.</summary>
    public bool IsReverse(int direction) => Reverse || direction == 1;

    /// <summary>The examples of a part, if they are cut into so many.</summary>
    public int PartSize(int parts) => (Batch + parts - 1) / parts;
}
