namespace Toolkit.Samples.Figures;

/// <summary>A box of a <see cref="LayeredDrawing"/>.</summary>
/// <param name="Title">Its first line.</param>
/// <param name="Lines">Smaller lines below.</param>
/// <param name="Color">The color of its head, as SVG writes it.</param>
internal sealed record Box(string Title, IReadOnlyList<string> Lines, string Color);

/// <summary>An arrow from the bottom of one box to the top of another.</summary>
/// <param name="From">The place of the first among the boxes.</param>
/// <param name="To">The place of the second.</param>
/// <param name="Text">What stands beside it; empty for nothing.</param>
internal sealed record Arrow(int From, int To, string Text = "");
