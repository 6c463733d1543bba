namespace Toolkit.Autograd.Compilation;

/// <summary>What one run of a function may take; more is refused before the run begins, or as soon as a size becomes known.</summary>
public sealed record Limits
{
    /// <summary>The most elements of one tensor; 2³¹ − 1 by default, more than that no tensor has.</summary>
    public long Elements
    {
        get;
        init => field = value is >= 1 and <= int.MaxValue
            ? value
            : throw new ArgumentOutOfRangeException(nameof(Elements), value, $"Expected a number of elements from 1 to {int.MaxValue}.");
    }

    = int.MaxValue;

    /// <summary>The most turns of a loop; 2³¹ − 1 by default.</summary>
    public long Turns { get; init => field = value >= 1 ? value : throw new ArgumentOutOfRangeException(nameof(Turns), value, "Expected at least 1 turn."); } = int.MaxValue;

    /// <summary>The most bytes of working memory of one run, inputs, outputs and parameters not counted; no limit by default.</summary>
    public long Bytes { get; init => field = value >= 1 ? value : throw new ArgumentOutOfRangeException(nameof(Bytes), value, "Expected at least 1 byte."); } =
        long.MaxValue;
}
