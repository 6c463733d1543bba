using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Initializers;
using Toolkit.Modeling.Modules;

namespace Toolkit.Modeling.Tests.Modules;

public sealed class LayerTests
{
    private readonly RandomSource random = new(1);

    [Fact]
    public void Dense_computes_the_affine_map_and_its_activation()
    {
        var layer = new Dense(2, 3, random) { Activation = Ops.Relu, BiasInitializer = new Constant(0.5) };
        layer.Weight.Value = Value.Of([1f, -1, 2, 0, 3, -4], 2, 3);
        Run.Close([1.5, 5.5, 0, 0.5, 0, 4.5], Run.Numbers(Run.Forward(layer, Mode.Training, [1, 2, 0, -1], 2, 2)), 1e-6);
        Assert.Null(new Dense(2, 3, random) { UseBias = false }.Bias);
        Assert.Throws<ArgumentOutOfRangeException>(() => new Dense(0, 3, random));
    }

    [Fact]
    public void Dropout_drops_at_its_rate_and_keeps_the_mean()
    {
        var layer = new Dropout(0.3, random);
        float[] ones = new float[100_000];
        Array.Fill(ones, 1f);
        double[] y = Run.Numbers(Run.Forward(layer, Mode.Training, ones, 100, 1000));
        Assert.All(y, value => Assert.True(value == 0.0 || Math.Abs(value - (1 / 0.7)) < 1e-6));
        Assert.InRange(y.Count(value => value == 0.0) / 1e5, 0.295, 0.305);
        Assert.InRange(y.Average(), 0.99, 1.01);
    }

    [Fact]
    public void Dropout_is_gone_at_inference()
    {
        Variable x = Variable.Input("x", DType.Float32, ["batch", 4]);
        var context = new ForwardContext(Mode.Inference);
        Assert.Same(x, new Dropout(0.5, random).Forward(x, context));
        Assert.Empty(context.Updates);
        Assert.Same(x, new Dropout(0.0, random).Forward(x, new ForwardContext(Mode.Training)));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Dropout(1.0, random));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Dropout(double.NaN, random));
    }

    [Fact]
    public void Dropout_draws_another_mask_with_each_step_and_each_application()
    {
        var layer = new Dropout(0.5, random);
        var context = new ForwardContext(Mode.Training);
        Variable x = Variable.Input("x", DType.Float32, [1000]);
        Variable once = layer.Forward(x, context), again = layer.Forward(x, context);
        Assert.Equal("counter", Assert.Single(context.Updates).Parameter.Name);
        var function = Function.Compile([x], [once, again], context.Updates);
        Value ones = Value.Full(1, DType.Float32, 1000);
        Value[] first = function.Run(ones), second = function.Run(ones);
        Value[] masks = [.. first, .. second];
        for (int i = 0; i < masks.Length; i++)
        {
            for (int j = 0; j < i; j++)
                Assert.InRange(Run.Numbers(masks[i]).Zip(Run.Numbers(masks[j])).Count(pair => pair.First == pair.Second), 400, 600);
        }

        Parameter counter = layer.Parameters[1];
        Assert.Equal(2.0, counter.Value.Scalar());
        counter.Value = Value.Of(0UL);
        Assert.True(function.Run(ones)[0].BitEquals(first[0]));
    }

    [Theory]
    [InlineData(Padding.Valid, 1, 1, 5, 4)]
    [InlineData(Padding.Same, 1, 1, 7, 6)]
    [InlineData(Padding.Full, 1, 1, 9, 8)]
    [InlineData(Padding.Same, 2, 1, 4, 3)]
    [InlineData(Padding.Same, 1, 2, 7, 6)]
    [InlineData(Padding.Valid, 1, 2, 3, 2)]
    public void Conv2D_pads_as_the_book_says(Padding padding, int stride, int dilation, int height, int width)
    {
        var layer = new Conv2D(2, 3, 3, random) { Padding = padding, Stride = stride, Dilation = dilation };
        Value y = Run.Forward(layer, Mode.Inference, new float[2 * 7 * 6], 1, 2, 7, 6);
        Assert.Equal([1, 3, height, width], y.Sizes.ToArray());
    }

    [Fact]
    public void Conv2D_sums_over_channels_and_window()
    {
        var layer = new Conv2D(2, 2, 2, random) { BiasInitializer = new Constant(0.25), Padding = Padding.Same, Activation = Ops.Relu };
        float[] image = [.. Enumerable.Range(0, 18).Select(i => (float)Math.Sin(i))];
        double[] weights = Run.Numbers(layer.Weight.Value);
        var expected = new List<double>();
        for (int o = 0; o < 2; o++)
        {
            for (int i = 0; i < 9; i++)
            {
                double sum = 0.25;
                for (int k = 0; k < 8; k++)
                {
                    int channel = k / 4, y = (i / 3) + (k / 2 % 2), x = (i % 3) + (k % 2);
                    if (y < 3 && x < 3)
                        sum += weights[(o * 8) + k] * image[(channel * 9) + (y * 3) + x];
                }

                expected.Add(Math.Max(0, sum));
            }
        }

        Run.Close([.. expected], Run.Numbers(Run.Forward(layer, Mode.Training, image, 1, 2, 3, 3)), 1e-5);
    }

    [Fact]
    public void Conv2D_divides_channels_into_groups()
    {
        var layer = new Conv2D(4, 6, 1, random) { Groups = 2, UseBias = false };
        Assert.Equal([6, 2, 1, 1], layer.Weight.Value.Sizes.ToArray());
        double[] y = Run.Numbers(Run.Forward(layer, Mode.Inference, [0, 0, 1, 1], 1, 4, 1, 1));
        Assert.All(y[..3], value => Assert.Equal(0.0, value));
        Assert.All(y[3..], value => Assert.NotEqual(0.0, value));
        Assert.Throws<ShapeException>(() => new Conv2D(4, 6, 1, random) { Groups = 3 }.Parameters);
        Assert.Throws<ShapeException>(() => new Conv2D(4, 6, 1, random) { Groups = 4 }.Parameters);
    }

    [Fact]
    public void Pooling_takes_the_greatest_or_the_mean_of_each_window()
    {
        float[] image = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16];
        Run.Close([6, 8, 14, 16], Run.Numbers(Run.Forward(new MaxPool2D(2), Mode.Training, image, 1, 1, 4, 4)), 0);
        Run.Close([3.5, 5.5, 11.5, 13.5], Run.Numbers(Run.Forward(new AveragePool2D(2), Mode.Training, image, 1, 1, 4, 4)), 1e-6);
        Value overlapping = Run.Forward(new MaxPool2D(3) { Stride = 1, Padding = Padding.Same }, Mode.Training, image, 1, 1, 4, 4);
        Run.Close([6, 7, 8, 8, 10, 11, 12, 12, 14, 15, 16, 16, 14, 15, 16, 16], Run.Numbers(overlapping), 0);
        Assert.Contains(
            "expects an input of shape [batch, channels, height, width], found [2, 2]",
            Assert.Throws<ShapeException>(() => Run.Forward(new MaxPool2D(2), Mode.Training, new float[4], 2, 2)).Message);
    }

    [Fact]
    public void Flatten_and_reshape_keep_the_batch()
    {
        Assert.Equal([2, 6], Run.Forward(new Flatten(), Mode.Training, new float[12], 2, 3, 2).Sizes.ToArray());
        Assert.Equal([2, 3, 2], Run.Forward(new Reshape(3, 2), Mode.Training, new float[12], 2, 6).Sizes.ToArray());
        var error = Assert.Throws<ShapeException>(() => Run.Forward(new Reshape(3, 2), Mode.Training, new float[10], 2, 5));
        Assert.Contains("[batch, …] with 6 elements per example, found [2, 5]", error.Message);
    }

    [Fact]
    public void Residual_adds_what_goes_past()
    {
        var doubled = new Residual(new Activation(x => x * 2.0));
        Run.Close([3, 6], Run.Numbers(Run.Forward(doubled, Mode.Training, [1, 2], 1, 2)), 0);
        var widened = new Residual(new Dense(2, 3, random)) { Shortcut = new Dense(2, 3, random) { UseBias = false } };
        Assert.Equal([1, 3], Run.Forward(widened, Mode.Training, [1, 2], 1, 2).Sizes.ToArray());
        Assert.Equal(["dense1.weight", "dense1.bias", "dense2.weight"], widened.Parameters.Select(p => p.Name));
        var error = Assert.Throws<ShapeException>(() => Run.Forward(new Residual(new Dense(2, 3, random)), Mode.Training, [1, 2], 1, 2));
        Assert.Contains("Residual", error.Message);
        Assert.Contains("[1, 2]", error.Message);
        Assert.Contains("[1, 3]", error.Message);
    }
}
