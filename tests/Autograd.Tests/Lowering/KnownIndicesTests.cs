using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Gradients;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Convolution;
using Toolkit.Autograd.Operations.Indexing;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Tests.Lowering;

/// <summary>Indices are not looked at where the operation that makes them says what they are, and only there.</summary>
public sealed class KnownIndicesTests
{
    private static readonly Variable Image = Variable.Input("image", DType.Float32, [1, 1, "height", "width"]);

    [Fact]
    public void Positions_go_to_an_axis_of_their_own_size_or_are_looked_at()
    {
        var pool = new MaxPool([1, 2], [1, 2], [0, 0, 0, 0], [1, 1]);
        Variable row = Variable.Input("row", DType.Float32, [1, 1, 1, 4]), positions = pool.ApplyAll(row)[1], slices = Variable.Input("slices", DType.Float32, [.. positions.Shape, 2]);
        Value image = Value.Of([1f, 2, 4, 3], 1, 1, 1, 4), given = Value.Of([10f, 20, 30, 40], 1, 1, 1, 2, 2);
        Assert.Equal([0, 0, 10, 20, 30, 40, 0, 0], Run(4)[0].ToArray<float>());
        Assert.Equal([0, 0, 10, 20, 30, 40, 0, 0, 0, 0], Run(5)[0].ToArray<float>());
        var error = Assert.Throws<ShapeException>(() => Run(2));
        Assert.Contains("expects indices between -2 and 1, found 2 in place 1", error.Message, StringComparison.Ordinal);

        Value[] Run(long size) => Function.Compile([row, slices], [new GatherGradient(0).Apply(positions, slices, Ops.Integers(size))]).Run(image, given);
    }

    /// <summary>17 · 17 windows share their greatest place: more than may be added up in float32 one after the other.</summary>
    [Fact]
    public void A_place_of_many_windows_gets_their_exact_sum()
    {
        const int Windows = 17;
        Variable values = Ops.MaxPool(Image, new PoolingOptions { Kernel = [Windows, Windows], Strides = [1, 1] }), tenth = (values * 0) + 0.1;
        Variable summed = new MaxPoolGradient([Windows, Windows], [1, 1], [0, 0, 0, 0], [1, 1]).Expand(new Arguments(Image, tenth))[0];
        Value image = Value.Zeros(DType.Float32, 1, 1, (2 * Windows) - 1, (2 * Windows) - 1);
        int middle = image.Count / 2;
        image.Span<float>()[middle] = 1;
        Value gradient = Function.Compile([Image], [summed]).Run(image)[0];
        Assert.Equal((float)(Windows * Windows * (double)0.1f), gradient.Span<float>()[middle]);
        Assert.Equal(1, gradient.ToArray<float>().Count(g => g != 0));
    }

    /// <summary>The places −1 and 2 of a window lie on both sides of an image of two rows, of which the graph knows nothing.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_window_that_steps_over_the_image_is_refused_when_the_sizes_are_known(bool max)
    {
        var options = new PoolingOptions { Kernel = [2, 1], Strides = [1, 1], Pads = [1, 0, 1, 0], Dilations = [3, 1] };
        Variable pooled = max ? Ops.MaxPool(Image, options) : Ops.AveragePool(Image, options);
        Function function = Function.Compile([Image], [Gradient.Of(pooled.Square().Sum(), Image)]);
        var error = Assert.Throws<ShapeException>(() => function.Run(Value.Full(1, DType.Float32, 1, 1, 2, 2)));
        Assert.Contains("expects that every window has a place in the image, found none in window 0 along axis 2", error.Message, StringComparison.Ordinal);
        Assert.Equal(8, function.Run(Value.Full(1, DType.Float32, 1, 1, 4, 2))[0].Count);
    }
}
