namespace Toolkit.Modeling.Modules;

/// <summary>How many zeros surround an image before a window moves over it. Source: book section 9.5.</summary>
public enum Padding
{
    /// <summary>None: every window lies within the image, and the result is smaller by the window's size − 1.</summary>
    Valid,

    /// <summary>As many as keep the size, at a step of 1; with larger steps the result is ⌈size / step⌉. With an even window the odd zero
    /// goes to the right and below.</summary>
    Same,

    /// <summary>As many as let every window that touches the image count: the result is larger by the window's size − 1.</summary>
    Full,
}

/// <summary>The numbers behind <see cref="Padding"/>.</summary>
internal static class Paddings
{
    /// <summary>How many places lie before and after an axis for a window that reaches over <paramref name="extent"/> places.</summary>
    public static (int Before, int After) Around(this Padding padding, int extent)
    {
        int all = extent - 1;
        return padding switch
        {
            Padding.Valid => (0, 0),
            Padding.Same => (all / 2, all - (all / 2)),
            _ => (all, all),
        };
    }
}
