namespace Toolkit.Autograd.Operations.Control;

/// <summary>What a loop may take whose end shows only when it runs.</summary>
/// <param name="Turns">The most turns.</param>
/// <param name="Elements">The most elements of one of its results.</param>
public sealed record LoopLimits(long Turns, long Elements)
{
    /// <summary>No limit but those of tensors.</summary>
    public static LoopLimits None { get; } = new(long.MaxValue, int.MaxValue);
}
