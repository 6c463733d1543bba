using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Gradients;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Convolution;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Tests.Operations;

/// <summary>Rounding up and dilations, on cases of ONNX's own tests and by hand, and what the options refuse.</summary>
public sealed class PoolingOptionsTests
{
    private static readonly float[] OneToSixteen = [.. Enumerable.Range(1, 16).Select(i => (float)i)];

    private static readonly float[] Falling = [.. Enumerable.Range(1, 25).Select(i => 26f - i)];

    public static TheoryData<string, PoolingOptions> Misfits => new()
    {
        { "2 numbers of at least 1 as kernel, found [2]", new() { Kernel = [2] } },
        { "2 numbers of at least 1 as kernel, found [0, 2]", new() { Kernel = [0, 2] } },
        { "2 numbers of at least 1 as strides, found [1, 0]", new() { Kernel = [2, 2], Strides = [1, 0] } },
        { "2 numbers of at least 1 as dilations, found [1, 1, 1]", new() { Kernel = [2, 2], Dilations = [1, 1, 1] } },
        { "4 pads of at least 0, found [1, 1]", new() { Kernel = [2, 2], Pads = [1, 1], CeilMode = true } },
        { "4 pads of at least 0, found [0, -1, 0, 0]", new() { Kernel = [2, 2], Pads = [0, -1, 0, 0] } },
        { "pads less than the window", new() { Kernel = [2, 2], Pads = [2, 0, 0, 0] } },
        { "a window that fits", new() { Kernel = [2, 2], Dilations = [4, 1] } },
        { "a window that fits", new() { Kernel = [4, 2], Strides = [2, 2], CeilMode = true } },
        { "every window has a place in the image", new() { Kernel = [2, 1], Pads = [1, 0, 1, 0], Dilations = [3, 1] } },
    };

    /// <summary>Few different numbers, so that greatest elements are equal in many windows.</summary>
    [Theory]
    [InlineData(2, 2, 0)]
    [InlineData(3, 2, 1)]
    [InlineData(3, 1, 2)]
    [InlineData(2, 3, 0)]
    public void The_gradient_by_comparison_goes_to_the_first_of_equals_too(int kernel, int stride, int pad)
    {
        IntList both = [stride, stride], pads = [pad, pad, pad, pad];
        var gradient = new MaxPoolGradient([kernel, kernel], both, pads, [1, 1]);
        Variable x = Variable.Input("x", DType.Float32, ["batch", 2, 7, 8]), y = new MaxPool([kernel, kernel], both, pads, [1, 1]).ApplyAll(x)[0];
        Variable g = Variable.Input("g", DType.Float32, y.Shape);
        var random = new Random(kernel);
        Value image = Value.Zeros(DType.Float32, 3, 2, 7, 8), incoming = Value.Zeros(DType.Float32, [3, .. y.Shape.Skip(1).Select(dim => dim.Size)]);
        for (int i = 0; i < image.Count; i++)
            image[i] = random.Next(3) - 1;
        for (int i = 0; i < incoming.Count; i++)
            incoming[i] = random.Next(100);
        Value[] found = Function.Compile([x, g], [gradient.Apply(x, g), gradient.ByComparison(x, g)!]).Run(image, incoming);
        Assert.Equal(found[0].Span<float>().ToArray(), found[1].Span<float>().ToArray());
        Assert.Contains(found[0].Span<float>().ToArray(), v => v != 0);
    }

    [Fact]
    public void Rounding_up_counts_windows_that_reach_beyond_the_image()
    {
        var options = new PoolingOptions { Kernel = [3, 3], Strides = [2, 2], CeilMode = true };
        Assert.Equal([11, 12, 15, 16], Run(x => Ops.MaxPool(x, options), OneToSixteen, 4));
        Assert.Equal([6, 7.5f, 12, 13.5f], Run(x => Ops.AveragePool(x, options), OneToSixteen, 4));
        Assert.Equal([11], Run(x => Ops.MaxPool(x, options with { CeilMode = false }), OneToSixteen, 4));
    }

    [Fact]
    public void Rounding_up_adds_no_window_that_begins_behind_the_image()
    {
        Assert.Equal([1], Run(x => Ops.MaxPool(x, new() { Kernel = [1, 1], Strides = [2, 2], CeilMode = true }), [1, 2, 3, 4], 2));
        var padded = new PoolingOptions { Kernel = [2, 2], Strides = [3, 3], Pads = [1, 1, 1, 1], CeilMode = true };
        Assert.Equal([1, 4, 13, 16], Run(x => Ops.MaxPool(x, padded), OneToSixteen, 4));
    }

    [Fact]
    public void Rounding_up_leaves_windows_that_fit_alone()
    {
        var options = new PoolingOptions { Kernel = [2, 2], CountIncludePad = true };
        Assert.Equal(
            Run(x => Ops.AveragePool(x, options), OneToSixteen, 4), Run(x => Ops.AveragePool(x, options with { CeilMode = true }), OneToSixteen, 4));
    }

    [Fact]
    public void Padding_counts_where_it_is_asked_to_and_what_is_beyond_does_not()
    {
        // 1 2 / 3 4 with a border of zeros is 4 × 4; windows of 3 with step 2 are 2 × 2, and the last ones have 2 rows or columns of it.
        var options = new PoolingOptions { Kernel = [3, 3], Strides = [2, 2], Pads = [1, 1, 1, 1], CeilMode = true, CountIncludePad = true };
        Assert.Equal([10 / 9f, 6 / 6f, 7 / 6f, 4 / 4f], Run(x => Ops.AveragePool(x, options), [1, 2, 3, 4], 2));
    }

    [Fact]
    public void A_dilated_window_that_reaches_far_beyond_takes_what_it_has()
    {
        // Places are 3 apart: the windows at 3 have their second place at 6, two behind the image of 5 × 5.
        var options = new PoolingOptions { Kernel = [2, 2], Strides = [3, 3], Dilations = [3, 3], CeilMode = true };
        Assert.Equal([25, 22, 10, 7], Run(x => Ops.MaxPool(x, options), Falling, 5));
        float[] winners = new float[25];
        (winners[0], winners[3], winners[15], winners[18]) = (1, 1, 1, 1);
        Assert.Equal(winners, Run(x => Gradient.Of(Ops.Sum(Ops.MaxPool(x, options)), x), Falling, 5));
    }

    [Fact]
    public void A_dilated_window_takes_every_other_place()
    {
        var options = new PoolingOptions { Kernel = [2, 2], Strides = [1, 1], Dilations = [2, 2] };
        Assert.Equal([11, 12, 15, 16], Run(x => Ops.MaxPool(x, options), OneToSixteen, 4));
    }

    [Theory]
    [MemberData(nameof(Misfits), DisableDiscoveryEnumeration = true)]
    public void Windows_that_do_not_fit_are_named(string message, PoolingOptions options)
    {
        Variable image = Variable.Input("x", DType.Float32, ["batch", 2, 2, 4]);
        var failure = Assert.Throws<ShapeException>(() => Ops.MaxPool(image, options));
        Assert.StartsWith("MaxPool", failure.Message, StringComparison.Ordinal);
        Assert.Contains(message, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Average_pooling_dilates()
    {
        var options = new PoolingOptions { Kernel = [2, 2], Strides = [1, 1], Dilations = [2, 1] };
        Assert.Equal([5.5f, 6.5f, 7.5f, 9.5f, 10.5f, 11.5f], Run(x => Ops.AveragePool(x, options), OneToSixteen, 4));
    }

    [Fact]
    public void A_volume_is_pooled_along_each_axis()
    {
        // 1 to 8 in a cube of two: the window of two by one by two leaves the greater row, and the mean of its ends over both planes.
        Variable x = Variable.Input("x", DType.Float32, ["batch", 1, 2, 2, 2]);
        var options = new PoolingOptions { Kernel = [2, 1, 2] };
        var cube = Value.Of([.. Enumerable.Range(1, 8).Select(i => (float)i)], 1, 1, 2, 2, 2);
        Assert.Equal([6, 8], Function.Compile([x], [Ops.MaxPool(x, options)]).Run(cube)[0].ToArray<float>());
        Assert.Equal([3.5f, 5.5f], Function.Compile([x], [Ops.AveragePool(x, options)]).Run(cube)[0].ToArray<float>());
    }

    [Fact]
    public void Positions_of_a_volume_are_those_of_the_whole_tensor()
    {
        Variable x = Variable.Input("x", DType.Float32, [2, 1, 2, 2, 2]);
        var numbers = Value.Of([3, 9, 1, 4, 9, 2, 8, 0, 1, 1, 1, 1, 1, 1, 1, 5f], 2, 1, 2, 2, 2);
        IReadOnlyList<Variable> pooled = new MaxPool([2, 2, 2], [1, 1, 1], [0, 0, 0, 0, 0, 0], [1, 1, 1]).ApplyAll(x);
        Value[] results = Function.Compile([x], pooled).Run(numbers);
        Assert.Equal([9, 5], results[0].ToArray<float>());
        Assert.Equal([1, 15], results[1].ToArray<long>());
    }

    private static float[] Run(Func<Variable, Variable> pool, float[] image, int side)
    {
        Variable x = Variable.Input("x", DType.Float32, ["batch", 1, side, side]);
        return Function.Compile([x], [pool(x)]).Run(Value.Of(image, 1, 1, side, side))[0].ToArray<float>();
    }
}
