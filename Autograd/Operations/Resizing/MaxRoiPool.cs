using System.Numerics;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Operations.Elementwise;
using Toolkit.Autograd.Operations.Shaping;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Resizing;

/// <summary>
/// The greatest element of each bin of regions of images (ONNX <c>MaxRoiPool</c>; Girshick 2015, Fast R-CNN). Inputs: images [n, c, h, w] and regions [r, 5] as image, x₁, y₁, x₂, y₂, both
/// ends in it. The result is [r, c, height, width]; an empty bin is 0. The gradient goes to the elements that are given.
/// </summary>
/// <param name="Height">The rows of the result.</param>
/// <param name="Width">The columns of the result.</param>
/// <param name="SpatialScale">The size of the images by that in which regions are given.</param>
public sealed record MaxRoiPool(int Height, int Width, float SpatialScale = 1) : CompositeOperation, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples => [MaxRoiPlaces.Regions(new MaxRoiPool(2, 2)), MaxRoiPlaces.Regions(new MaxRoiPool(1, 3, 0.5f))];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => node.Int32s("pooled_shape") is [var height, var width]
        ? new MaxRoiPool(height, width, node.Number("spatial_scale")).ApplyAll(node[0], node[1])
        : throw new GraphException($"MaxRoiPool expects two numbers as pooled_shape, found {string.Join(", ", node.Integers("pooled_shape") ?? [])}.");

    /// <inheritdoc/>
    public override IReadOnlyList<Variable> Expand(Arguments inputs)
    {
        Variable x = inputs[0], place = new MaxRoiPlaces(Height, Width, SpatialScale).Apply(x, inputs[1]), none = Variable.Scalar(0, DType.Int64);
        Variable element = Ops.Gather(new Reshape().Apply(x, Ops.Integers(-1)), Ops.Max(place, none));
        return [Ops.Where(Ops.Less(place, none), Variable.Scalar(0, x.DType), element)];
    }

    /// <inheritdoc/>
    public override OnnxForm ToOnnx(OnnxRequest request) => new(Name)
    {
        Attributes = [new OnnxAttribute("pooled_shape", new long[] { Height, Width }), new OnnxAttribute("spatial_scale", SpatialScale)],
        RuntimeTypes = [DType.Float32],
    };
}

/// <summary>Where in the images, flat, the greatest element of each bin of a <see cref="MaxRoiPool"/> lies, int64; −1 for an empty bin. The gradient is zero.</summary>
/// <param name="Height">The rows of the result.</param>
/// <param name="Width">The columns of the result.</param>
/// <param name="SpatialScale">The size of the images by that in which regions are given.</param>
public sealed record MaxRoiPlaces(int Height, int Width, float SpatialScale = 1) : Operation, IHasKernel, IHasExamples
{
    // No operator of the standard gives places.
    private const int NoOpset = 1000;

    private const int Outside = 1 << 29;

    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples => [Regions(new MaxRoiPlaces(2, 2)) with { Smoothness = 0, Opset = NoOpset }, Regions(new MaxRoiPlaces(1, 3, 0.5f)) with { Smoothness = 0, Opset = NoOpset }];

    /// <inheritdoc/>
    public override IReadOnlyList<TensorType> Infer(InferRequest inputs)
    {
        Require.Count(this, inputs, 2);
        Require.Floating(this, inputs[0].DType);
        Require.SameType(this, inputs[0].DType, inputs[1].DType);
        if (Height < 1 || Width < 1)
            throw new ShapeException($"{Name} expects at least one row and one column, found {Height} and {Width}.");
        (Shape x, Shape regions) = (inputs[0].Shape, inputs[1].Shape);
        return x.Rank == 4 && regions.Rank == 2 && regions[1] == 5
            ? [new TensorType(DType.Int64, [regions[0], x[1], Height, Width])]
            : throw new ShapeException($"{Name} expects images [n, c, h, w] and regions [r, 5], found {x} and {regions}.");
    }

    /// <inheritdoc/>
    public Kernel Lower(LowerRequest request) => request.Floating(request.Type(0), Compute<float>, Compute<double>);

    /// <inheritdoc/>
    public override IReadOnlyList<Variable?> Bprop(BpropRequest request) => request.Zero;

    internal static OperationExample Regions(Operation operation) => new(
        operation,
        new ExampleInput([2, 2, 4, 5]) { Separation = 0.02 },
        new ExampleInput([3, 5]) { Factors = [0, 0, 0, 4, 2, 1, 2, 0, 4, 4, 1, 6, 6, 8, 8] });

    private void Compute<T>(KernelArguments arguments)
        where T : unmanaged, INumber<T>
    {
        (Value x, Value regions, Value y) = (arguments.Inputs[0], arguments.Inputs[1], arguments.Outputs[0]);
        (int channels, int rows, int columns) = (x.Sizes[1], x.Sizes[2], x.Sizes[3]);
        ReadOnlySpan<T> elements = x.Span<T>();
        for (int r = 0; r < regions.Sizes[0]; r++)
        {
            double number = Math.Round(double.CreateTruncating(regions.Span<T>()[r * 5]));
            if (!(number >= 0 && number < x.Sizes[0]))
                throw new ShapeException($"{nameof(MaxRoiPool)} expects images from 0 to {x.Sizes[0] - 1}, found {number} for region {r}.");
            int image = (int)number;
            (int left, int top, int right, int bottom) = (Side(r, 1), Side(r, 2), Side(r, 3), Side(r, 4));
            for (int bin = 0; bin < channels * Height * Width; bin++)
            {
                int plane = ((image * channels) + (bin / (Height * Width))) * rows * columns;
                (int firstRow, int lastRow) = Part(top, bottom, bin / Width % Height, Height, rows);
                (int firstColumn, int lastColumn) = Part(left, right, bin % Width, Width, columns);
                int best = -1;
                for (int row = firstRow; row < lastRow; row++)
                {
                    for (int column = firstColumn; column < lastColumn; column++)
                    {
                        int place = plane + (row * columns) + column;
                        best = best < 0 || elements[place] > elements[best] ? place : best;
                    }
                }

                y.Span<long>()[(r * channels * Height * Width) + bin] = best;
            }
        }

        // Far outside of an image it makes no difference how far.
        int Side(int r, int side) => double.CreateTruncating(regions.Span<T>()[(r * 5) + side]) * SpatialScale is var at && !double.IsNaN(at)
            ? (int)Math.Clamp(Math.Round(at, MidpointRounding.AwayFromZero), -Outside, Outside)
            : throw new ShapeException($"{nameof(MaxRoiPool)} expects regions of numbers, found NaN in region {r}.");
    }

    /// <summary>The elements of one bin on an axis, as far as there are any.</summary>
    private static (int First, int End) Part(int low, int high, int bin, int bins, int size)
    {
        float length = Math.Max(high - low + 1, 1) / (float)bins;
        return (Math.Clamp(low + (int)MathF.Floor(bin * length), 0, size), Math.Clamp(low + (int)MathF.Ceiling((bin + 1) * length), 0, size));
    }
}
