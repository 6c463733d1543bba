using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Samples.BookResults.Experiments;

/// <summary>Directions in which an image of 28 × 28 pixels moves when it is shifted, scaled or turned a little, by central differences.</summary>
internal static class ImageTangents
{
    private const int Side = 28;

    /// <summary>Shifts by a pixel to the right and down, a growth and a turn by 1/7 (about 8°).</summary>
    public static IReadOnlyList<Variable> Of(Variable images)
    {
        Dim batch = images.Shape[0];
        Variable image = images.Reshape([batch, Side, Side]);
        Variable right = Difference(image, 2), down = Difference(image, 1);
        Variable x = Coordinates((_, column) => column), y = Coordinates((row, _) => row);
        Variable[] tangents = [right, down, (x * right) + (y * down), (y * right) - (x * down)];
        return [.. tangents.Select(t => t.Reshape([batch, Side * Side]))];
    }

    private static Variable Difference(Variable image, int axis)
    {
        IntList one = axis == 1 ? [0, 1, 0] : [0, 0, 1], none = [0, 0, 0];
        Variable before = image.Slice(axis, 0, Side - 1).Pad(one, none), after = image.Slice(axis, 1, Side).Pad(none, one);
        return 0.5 * (after - before);
    }

    private static Variable Coordinates(Func<double, double, double> of)
    {
        var grid = new float[Side * Side];
        for (int i = 0; i < grid.Length; i++)
            grid[i] = (float)(of((i / Side) - 13.5, (i % Side) - 13.5) / 7.0);
        return Variable.Of(Value.Of(grid, 1, Side, Side));
    }
}
