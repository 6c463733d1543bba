using System.Numerics;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Resizing;

/// <summary>
/// Regions of images at one size (ONNX <c>RoiAlign</c>; He et al. 2017, Mask R-CNN): each is cut into bins, and a bin is the mean or the maximum of points in it, linear between elements.
/// Inputs: images [n, c, h, w], regions [r, 4] as x₁, y₁, x₂, y₂, and the int64 image of each. The result is [r, c, height, width]. Points beyond the image by more than one element are 0.
/// The standard defines no gradient.
/// </summary>
/// <param name="Height">The rows of the result.</param>
/// <param name="Width">The columns of the result.</param>
/// <param name="SamplingRatio">The points in a bin along each axis; 0 for as many as it has elements, rounded up.</param>
/// <param name="SpatialScale">The size of the images by that in which regions are given.</param>
/// <param name="Maximum">Whether a bin is the greatest weighted element around its points, instead of the mean of the points.</param>
/// <param name="HalfPixel">Whether the middle of the first element is at ½, instead of 0.</param>
public sealed record RoiAlign(int Height = 1, int Width = 1, int SamplingRatio = 0, float SpatialScale = 1, bool Maximum = false, bool HalfPixel = true)
    : Operation, IHasKernel, IOperator
{
    private const int HalfPixelSince = 16;

    // More points in a bin than any image makes sensible: a region of numbers without meaning would take for ever.
    private const double MostPoints = 1 << 20;

    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples =>
    [
        Regions(new(2, 3, 2)),
        Regions(new(2, 2, 0, 0.5f)),
        Regions(new(1, 2, 2, 1, false, false)),
        Regions(new(2, 2, 2, 1, true)),
    ];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => new RoiAlign(
        node.Int32("output_height"),
        node.Int32("output_width"),
        node.Int32("sampling_ratio"),
        node.Number("spatial_scale"),
        node.Text("mode") switch
        {
            "avg" => false,
            "max" => true,
            var other => throw new GraphException($"RoiAlign expects the mode avg or max, found {other}."),
        },
        node.Knows("coordinate_transformation_mode") && node.Text("coordinate_transformation_mode") == "half_pixel").ApplyAll(node[0], node[1], node[2]);

    /// <inheritdoc/>
    public override IReadOnlyList<TensorType> Infer(InferRequest inputs)
    {
        Require.Count(this, inputs, 3);
        Require.SameType(this, inputs[0].DType, inputs[1].DType);
        if (Height < 1 || Width < 1 || SamplingRatio < 0)
            throw new ShapeException($"{Name} expects at least one row and column and a sampling ratio of at least 0, found {Height}, {Width} and {SamplingRatio}.");
        (Shape x, Shape regions) = (inputs[0].Shape, inputs[1].Shape);
        return x.Rank == 4 && regions.Rank == 2 && regions[1] == 4 && inputs[2].Shape == Shape.Of(regions[0])
            ? [inputs[0] with { Shape = [regions[0], x[1], Height, Width] }]
            : throw new ShapeException($"{Name} expects images [n, c, h, w], regions [r, 4] and r numbers of images, found {string.Join(", ", inputs.Present)}.");
    }

    /// <inheritdoc/>
    public Kernel Lower(LowerRequest request) => request.Floating(request.Type(0), Compute<float>, Compute<double>);

    /// <inheritdoc/>
    public override IReadOnlyList<Variable?> Bprop(BpropRequest request) => throw request.NotDefined("the standard defines none for it");

    /// <inheritdoc/>
    public override OnnxForm? ToOnnx(OnnxRequest request) => HalfPixel && request.Opset < HalfPixelSince ? null : new(Name)
    {
        Attributes =
        [
            .. request.Opset < HalfPixelSince ? Array.Empty<OnnxAttribute>() : [new("coordinate_transformation_mode", HalfPixel ? "half_pixel" : "output_half_pixel")],
            new("mode", Maximum ? "max" : "avg"), new("output_height", (long)Height), new("output_width", (long)Width),
            new("sampling_ratio", (long)SamplingRatio), new("spatial_scale", SpatialScale),
        ],
    };

    private static OperationExample Regions(RoiAlign operation) => new(
        operation,
        new ExampleInput([2, 2, 5, 6]),
        new ExampleInput([3, 4]) { Factors = [0, 0, 3, 4, 1, 2, 5.5f, 4.5f, -3, 1, 2, 9] },
        ExampleInput.Data(0, 1, 1))
    {
        Opset = operation.HalfPixel ? HalfPixelSince : 13,
        Smoothness = 0,
    };

    private void Compute<T>(KernelArguments arguments)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        (Value x, Value regions, Value image, Value y) = (arguments.Inputs[0], arguments.Inputs[1], arguments.Inputs[2], arguments.Outputs[0]);
        (int channels, int rows, int columns) = (x.Sizes[1], x.Sizes[2], x.Sizes[3]);
        double offset = HalfPixel ? 0.5 : 0;
        for (int r = 0; r < regions.Sizes[0]; r++)
        {
            long n = image.Span<long>()[r];
            if (n < 0 || n >= x.Sizes[0])
                throw new ShapeException($"{Name} expects images from 0 to {x.Sizes[0] - 1}, found {n} for region {r}.");
            (double left, double top) = (Edge(r, 0), Edge(r, 1));
            (double width, double height) = (Edge(r, 2) - left, Edge(r, 3) - top);
            if (!HalfPixel)
                (width, height) = (Math.Max(width, 1), Math.Max(height, 1));
            double rowPoints = SamplingRatio > 0 ? SamplingRatio : Math.Max(Math.Ceiling(height / Height), 0), columnPoints = SamplingRatio > 0 ? SamplingRatio : Math.Max(Math.Ceiling(width / Width), 0);
            if (!double.IsFinite(left + top + width + height) || !(rowPoints <= MostPoints && columnPoints <= MostPoints && rowPoints * columnPoints <= MostPoints))
                throw new ShapeException(FormattableString.Invariant($"{Name} expects regions of finite numbers with at most {MostPoints} points in a bin, found {left}, {top}, {left + width}, {top + height} with {rowPoints} times {columnPoints} for region {r}."));
            (int down, int across) = ((int)rowPoints, (int)columnPoints);
            for (int c = 0; c < channels; c++)
            {
                ReadOnlySpan<T> plane = x.Span<T>().Slice((int)(((n * channels) + c) * rows * columns), rows * columns);
                Span<T> bins = y.Span<T>().Slice(((r * channels) + c) * Height * Width, Height * Width);
                for (int bin = 0; bin < bins.Length; bin++)
                {
                    T sum = T.Zero, most = T.NegativeInfinity;
                    for (int point = 0; point < down * across; point++)
                    {
                        double v = top + (((bin / Width) + ((point / across) + 0.5) / down) * height / Height);
                        double u = left + (((bin % Width) + ((point % across) + 0.5) / across) * width / Width);
                        (T all, T greatest) = At(plane, rows, columns, v, u);
                        (sum, most) = (sum + all, T.Max(most, greatest));
                    }

                    bins[bin] = down * across <= 0 ? T.Zero : Maximum ? most : sum / T.CreateTruncating(down * across);
                }
            }
        }

        double Edge(int r, int side) => (double.CreateTruncating(regions.Span<T>()[(r * 4) + side]) * SpatialScale) - offset;
    }

    /// <summary>The point between four elements: the sum of the weighted elements, and the greatest of them.</summary>
    private static (T Sum, T Greatest) At<T>(ReadOnlySpan<T> plane, int rows, int columns, double v, double u)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (v < -1 || v > rows || u < -1 || u > columns)
            return (T.Zero, T.Zero);
        (int top, int bottom, double down) = Around(v, rows);
        (int left, int right, double across) = Around(u, columns);
        T a = plane[(top * columns) + left] * T.CreateTruncating((1 - down) * (1 - across)), b = plane[(top * columns) + right] * T.CreateTruncating((1 - down) * across);
        T c = plane[(bottom * columns) + left] * T.CreateTruncating(down * (1 - across)), d = plane[(bottom * columns) + right] * T.CreateTruncating(down * across);
        return (a + b + c + d, T.Max(T.Max(a, b), T.Max(c, d)));
    }

    private static (int Low, int High, double Share) Around(double at, int size)
    {
        double inside = Math.Max(at, 0);
        int low = (int)inside;
        return low >= size - 1 ? (size - 1, size - 1, 0) : (low, low + 1, inside - low);
    }
}
