using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Modules;

namespace Toolkit.Modeling.Tests.Modules;

public sealed class StochasticPoolTests
{
    private readonly RandomSource random = new(3);

    [Fact]
    public void At_inference_values_are_weighted_by_themselves()
    {
        float[] image = [1, 3, 0, 0, 2, 2, 0, 0];
        Run.Close([18.0 / 8, 0], Run.Numbers(Run.Forward(new StochasticPool2D(2, random), Mode.Inference, image, 1, 1, 2, 4)), 1e-6);
    }

    [Fact]
    public void In_training_values_are_drawn_in_proportion_to_themselves()
    {
        const int Draws = 20_000;
        Variable images = Run.Tensor([1, 3, 0, 4], 1, 1, 2, 2).Expand([Draws, 1, 2, 2]);
        double[] y = Run.Numbers(new StochasticPool2D(2, random).Forward(images, new ForwardContext(Mode.Training)));
        foreach ((double value, double share) in new[] { (1.0, 1.0 / 8), (3.0, 3.0 / 8), (4.0, 4.0 / 8) })
            Assert.Equal(share, y.Count(v => v == value) / (double)Draws, 4 * Math.Sqrt(share / Draws));
        Assert.Equal(Draws, y.Count(v => v is 1 or 3 or 4));
    }

    [Fact]
    public void A_window_of_zeros_gives_zero_and_images_that_are_too_small_are_refused()
    {
        Assert.Equal([0.0], Run.Numbers(Run.Forward(new StochasticPool2D(2, random), Mode.Training, [0, 0, -1, 0], 1, 1, 2, 2)));
        Assert.Contains("a window of 2×2", Assert.Throws<ShapeException>(
            () => Run.Forward(new StochasticPool2D(2, random), Mode.Training, new float[3], 1, 1, 1, 3)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => new StochasticPool2D(0, random));
    }
}
