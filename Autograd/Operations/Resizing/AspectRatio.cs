namespace Toolkit.Autograd.Operations.Resizing;

/// <summary>What becomes of the ratio of the axes where sizes are asked for.</summary>
public enum AspectRatio
{
    /// <summary>The sizes are those that are asked for.</summary>
    Stretch,

    /// <summary>It stays, and no size is larger than asked.</summary>
    NotLarger,

    /// <summary>It stays, and no size is smaller than asked.</summary>
    NotSmaller,
}
