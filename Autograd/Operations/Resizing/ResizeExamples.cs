using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Resizing;

/// <summary>The examples of Resize.</summary>
internal static class ResizeExamples
{
    public static IEnumerable<OperationExample> All =>
    [
        Scaled(new(), ["batch", 2, 2, "width"], 1, 1, 2, 1.5f),
        Scaled(new(ResizeMode.Nearest, ResizeCoordinates.Asymmetric, ResizeRounding.Floor), [1, 1, 3, 4], 1, 1, 2, 0.5f),
        Scaled(new(ResizeMode.Nearest, ResizeCoordinates.AlignCorners, ResizeRounding.RoundPreferCeil), [1, 1, 3, 3], 1, 1, 2, 2),
        Scaled(new(ResizeMode.Nearest, ResizeCoordinates.PytorchHalfPixel, ResizeRounding.Ceil), [1, 1, 2, 5], 1, 1, 1.5f, 0.5f),
        Scaled(new(ResizeMode.Linear), [2, 1, 2, 3], 1, 1, 2, 1.5f),
        Scaled(new(ResizeMode.Linear, ResizeCoordinates.AlignCorners), [1, "channels", 3, 2], 1, 1, 2, 2),
        Scaled(new(ResizeMode.Linear, ResizeCoordinates.Asymmetric), [1, 1, 4, 4], 1, 1, 0.5f, 1.5f),
        Scaled(new(ResizeMode.Cubic), [1, 1, 4, 3], 1, 1, 2, 1),
        Scaled(new(ResizeMode.Cubic, ResizeCoordinates.AlignCorners) { CubicCoefficient = -0.5f }, [1, 1, 4, 4], 1, 1, 2, 0.5f),
        Scaled(new(ResizeMode.Cubic) { ExcludeOutside = true }, [1, 1, 4, 4], 1, 1, 1.5f, 2),
        Sized(new(ResizeMode.Linear, ResizeCoordinates.PytorchHalfPixel), [1, 1, 4, 4], 1, 1, 3, 1),
        new(new Resize(new(ResizeMode.Linear), [-1]), new ExampleInput([2, 3]), ExampleInput.LeftOut, ExampleInput.Real(2)),
        new(new Resize(new(ResizeMode.Linear) { Antialias = true }, [2, 3]), new ExampleInput([1, 1, 4, 6]), ExampleInput.LeftOut, ExampleInput.Real(0.5f, 0.5f)) { Opset = 18 },
        new(new Resize(new(ResizeMode.Cubic) { Antialias = true }, [2, 3]), new ExampleInput([1, 1, 6, 4]), ExampleInput.LeftOut, ExampleInput.Real(0.5f, 0.75f)) { Opset = 18 },
        new(new Resize(new(ResizeMode.Linear), [2, 3], AspectRatio.NotLarger), new ExampleInput([1, 1, 4, 2]), ExampleInput.LeftOut, ExampleInput.LeftOut, ExampleInput.Constant(6, 6)) { Opset = 18, Smoothness = 0 },
        new(new Resize(new(), [2, 3], AspectRatio.NotSmaller), new ExampleInput([1, 1, 2, 4]), ExampleInput.LeftOut, ExampleInput.LeftOut, ExampleInput.Constant(6, 6)) { Opset = 18, Smoothness = 0 },
        new(
            new Resize(new(ResizeMode.Linear, ResizeCoordinates.TfCropAndResize), ExtrapolationValue: 7),
            new ExampleInput([1, 1, 4, 4]),
            ExampleInput.Real(0, 0, 0.4f, -0.25f, 1, 1, 0.6f, 0.75f),
            ExampleInput.LeftOut,
            ExampleInput.Constant(1, 1, 3, 3)),
    ];

    private static OperationExample Scaled(ResizeSampling sampling, Shape shape, params float[] factors) =>
        new(new Resize(sampling), new ExampleInput(shape), ExampleInput.LeftOut, ExampleInput.Real(factors));

    private static OperationExample Sized(ResizeSampling sampling, Shape shape, params long[] sizes) =>
        new(new Resize(sampling), new ExampleInput(shape), ExampleInput.LeftOut, ExampleInput.LeftOut, ExampleInput.Constant(sizes));
}
