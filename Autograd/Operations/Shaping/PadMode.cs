namespace Toolkit.Autograd.Operations.Shaping;

/// <summary>What the border that <see cref="Pad"/> adds is made of.</summary>
public enum PadMode
{
    /// <summary>A constant.</summary>
    Constant,

    /// <summary>The data, turned over at the outermost elements, which are not repeated.</summary>
    Reflect,

    /// <summary>The outermost elements.</summary>
    Edge,

    /// <summary>The data, again and again.</summary>
    Wrap,
}
