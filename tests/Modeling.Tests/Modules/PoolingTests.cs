using Toolkit.Modeling.Modules;

namespace Toolkit.Modeling.Tests.Modules;

public sealed class PoolingTests
{
    private static readonly float[] Image = [1, 2, 3, 4, 5, 6, 7, 8, 9];

    [Fact]
    public void Windows_at_the_border_count_with_ceil_mode_only()
    {
        Run.Close([5], Pooled(new MaxPool2D(2)), 0.0);
        Run.Close([5, 6, 8, 9], Pooled(new MaxPool2D(2) { CeilMode = true }), 0.0);
        Run.Close([3], Pooled(new AveragePool2D(2)), 1e-6);
        Run.Close([3, 4.5, 7.5, 9], Pooled(new AveragePool2D(2) { CeilMode = true }), 1e-6);
    }

    [Fact]
    public void A_dilated_window_takes_places_apart()
    {
        Run.Close([9], Pooled(new MaxPool2D(2) { Stride = 1, Dilation = 2 }), 0.0);
        Run.Close([5, 6, 5, 8, 9, 8, 5, 6, 5], Pooled(new MaxPool2D(2) { Stride = 1, Dilation = 2, Padding = Padding.Same }), 0.0);
    }

    [Fact]
    public void A_dilation_below_one_is_refused() =>
        Assert.ThrowsAny<ArgumentException>(() => new MaxPool2D(2) { Dilation = 0 });

    private static double[] Pooled(Module pool) => Run.Numbers(Run.Forward(pool, Mode.Inference, Image, 1, 1, 3, 3));
}
