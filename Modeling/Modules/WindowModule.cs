using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Modeling.Modules;

/// <summary>A window that moves over signals [batch, channels, length], images [batch, channels, height, width] or volumes [batch, channels, depth, height, width]: what convolutions
/// and poolings have in common. All sizes but that of the channels may be symbols.</summary>
public abstract class WindowModule : Module
{
    private static readonly string[] Names = ["length", "height, width", "depth, height, width"];

    private protected WindowModule(int axes, PerAxis window, string name, PerAxis? stride = null)
    {
        Axes = axes;
        Window = window.Along(axes, 1, name);
        Stride = stride ?? Window;
    }

    /// <summary>The step of the window along each axis: 1 for a convolution, the size of the window for a pooling, unless it is set.</summary>
    public PerAxis Stride { get; init => field = value.Along(Axes, 1, nameof(Stride)); }

    /// <summary>The border; none by default.</summary>
    public Padding Padding { get; init; } = Padding.Valid;

    /// <summary>A border of one's own: how many places before each axis, then after each axis, each at least 0 (for an image top, left, bottom, right); null (the default) for that
    /// of <see cref="Padding"/>. As many as the window reaches over − 1 before and none after make a convolution over time causal.</summary>
    public IntList? Pads
    {
        get;
        init => field = value is null || (value.Count == 2 * Axes && value.All(pad => pad >= 0)) ? value
            : throw new ArgumentException($"Expected {2 * Axes} numbers of at least 0 for {nameof(Pads)}, found {value}.", nameof(Pads));
    }

    private protected int Axes { get; }

    private protected PerAxis Window { get; }

    private protected virtual PerAxis Spacing => new PerAxis(1).Along(Axes, 1, nameof(Spacing));

    /// <summary>The border in numbers.</summary>
    private protected IntList Borders
    {
        get
        {
            (int Before, int After)[] each = [.. Enumerable.Range(0, Axes).Select(axis => Padding.Around(((Window[axis] - 1) * Spacing[axis]) + 1))];
            return Pads ?? [.. each.Select(border => border.Before), .. each.Select(border => border.After)];
        }
    }

    /// <summary>Refuses an input with another number of axes or channels.</summary>
    private protected void Check(Variable input, int? channels = null)
    {
        if (input.Shape.Rank != Axes + 2 || (channels is { } known && input.Shape[1] != known))
            throw Mismatch($"[batch, {(channels is { } expected ? $"{expected}" : "channels")}, {Names[Axes - 1]}]", input);
    }
}
