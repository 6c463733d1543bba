using Toolkit.Modeling.Data.Augmentation;

namespace Toolkit.Modeling.Distances;

/// <summary>
/// The seven tangents of an image along changes that leave its class: shifts in x and y, scaling, rotation, two hyperbolic deformations and thickness, from
/// the derivatives of the smoothed image. Source: book section 7.14; Simard, LeCun, Denker, Victorri, "Transformation invariance in pattern recognition",
/// 1998.
/// </summary>
public static class ImageTangents
{
    /// <summary>The tangents p_x, p_y, x·p_x + y·p_y, y·p_x − x·p_y, x·p_x − y·p_y, y·p_x + x·p_y and p_x² + p_y², with coordinates from the middle of the
    /// image, positive to the right and downward.</summary>
    /// <param name="image">One plane in row-major order.</param>
    /// <param name="size">Height and width; one channel.</param>
    /// <param name="smoothing">The deviation in pixels of the Gaussian that smooths the image before it is differentiated, at least 0; 0 for none.</param>
    /// <exception cref="ArgumentException">The image does not have that size.</exception>
    public static double[][] Of(ReadOnlySpan<double> image, ImageSize size, double smoothing)
    {
        if (size.Channels != 1 || image.Length != size.Pixels)
            throw new ArgumentException($"Expected an image of 1 × {size.Height} × {size.Width} pixels, found {image.Length} numbers in {size.Channels} channels.", nameof(image));
        double[] smooth = Smooth(image.ToArray(), size, Settings.NotNegative(smoothing));
        var tangents = new double[7][];
        for (int t = 0; t < tangents.Length; t++)
            tangents[t] = new double[image.Length];
        for (int i = 0; i < image.Length; i++)
        {
            (int row, int column) = (i / size.Width, i % size.Width);
            double x = column - (0.5 * (size.Width - 1)), y = row - (0.5 * (size.Height - 1));
            double right = 0.5 * (At(smooth, size, row, column + 1) - At(smooth, size, row, column - 1));
            double down = 0.5 * (At(smooth, size, row + 1, column) - At(smooth, size, row - 1, column));
            double[] here = [right, down, (x * right) + (y * down), (y * right) - (x * down), (x * right) - (y * down), (y * right) + (x * down), (right * right) + (down * down)];
            for (int t = 0; t < here.Length; t++)
                tangents[t][i] = here[t];
        }

        return tangents;
    }

    /// <summary>The image smoothed by a Gaussian; outside it is as at its border.</summary>
    /// <param name="image">One plane in row-major order.</param>
    /// <param name="size">Height and width.</param>
    /// <param name="deviation">In pixels, at least 0.</param>
    public static double[] Smooth(double[] image, ImageSize size, double deviation)
    {
        if (Settings.NotNegative(deviation) == 0.0)
            return [.. image];
        int reach = (int)Math.Ceiling(4.0 * deviation);
        double[] kernel = [.. Enumerable.Range(-reach, (2 * reach) + 1).Select(k => Math.Exp(-0.5 * k * k / (deviation * deviation)))];
        double sum = kernel.Sum();
        double[] once = new double[image.Length], twice = new double[image.Length];
        for (int i = 0; i < image.Length; i++)
        {
            for (int k = -reach; k <= reach; k++)
                once[i] += kernel[k + reach] / sum * At(image, size, i / size.Width, (i % size.Width) + k);
        }

        for (int i = 0; i < image.Length; i++)
        {
            for (int k = -reach; k <= reach; k++)
                twice[i] += kernel[k + reach] / sum * At(once, size, (i / size.Width) + k, i % size.Width);
        }

        return twice;
    }

    private static double At(double[] plane, ImageSize size, int row, int column) =>
        plane[(Math.Clamp(row, 0, size.Height - 1) * size.Width) + Math.Clamp(column, 0, size.Width - 1)];
}
