using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Modules;

namespace Toolkit.Modeling.Tests.Modules;

public sealed class NormalizationTests
{
    private static readonly float[] Input = [.. Enumerable.Range(0, 48).Select(i => (float)(Math.Sin(i * 1.3) + (0.02 * i)))];
    private readonly RandomSource random = new(2);

    [Fact]
    public void Batch_normalization_uses_the_batch_in_training_and_running_means_at_inference()
    {
        var layer = new BatchNormalization(3) { Decay = 0.75 };
        var context = new ForwardContext(Mode.Training);
        Variable y = layer.Forward(Run.Tensor(Input, 4, 3, 4), context);
        var step = Function.Compile([], [y], context.Updates);
        double[] found = Run.Numbers(step.Run()[0]);
        for (int c = 0; c < 3; c++)
        {
            double[] own = Channel(Input, c), normal = Channel([.. found.Select(v => (float)v)], c);
            double mean = own.Average(), variance = own.Average(v => (v - mean) * (v - mean));
            Run.Close([.. own.Select(v => (v - mean) / Math.Sqrt(variance + 1e-5))], normal, 1e-5);
            Assert.Equal(0.25 * mean, layer.Parameters[2].Value[c], 1e-5);
            Assert.Equal(0.75 + (0.25 * variance), layer.Parameters[3].Value[c], 1e-5);
        }

        double[] later = Run.Numbers(Run.Forward(layer, Mode.Inference, Input, 4, 3, 4));
        double expected = (Input[0] - layer.Parameters[2].Value[0]) / Math.Sqrt(layer.Parameters[3].Value[0] + 1e-5);
        Assert.Equal(expected, later[0], 1e-5);
        Assert.Contains("[batch, 3, …]", Assert.Throws<ShapeException>(() => layer.Forward(Run.Tensor(new float[4], 2, 2), context)).Message);

        static double[] Channel(float[] all, int c) => [.. Enumerable.Range(0, 48).Where(i => i / 4 % 3 == c).Select(i => (double)all[i])];
    }

    /// <summary>The mean of these numbers, a quarter of the last place of float32 beside one of them, has no float32.</summary>
    [Fact]
    public void Layer_normalization_in_float64_has_the_statistics_in_float64()
    {
        var layer = new LayerNormalization(4) { Stabilizer = 1e-9, InputShape = [4] };
        float[] y = Function.Compile(layer.InferenceIn(DType.Float64)).Run(Value.Of([4096f, 4096f + (1 / 2048f), 4096f + (2 / 2048f), 4096f + (4 / 2048f)], 1, 4))[0].ToArray<float>();
        double[] apart = [-1.75 / 2048, -0.75 / 2048, 0.25 / 2048, 2.25 / 2048];
        double deviation = Math.Sqrt(apart.Average(d => d * d) + 1e-9);
        for (int i = 0; i < 4; i++)
            Assert.Equal(apart[i] / deviation, y[i], 1e-6);
    }

    [Fact]
    public void Layer_and_group_normalization_look_at_one_example()
    {
        double[] byLayer = Run.Numbers(Run.Forward(new LayerNormalization(12), Mode.Training, Input, 4, 12));
        Moments(byLayer, 12);
        double[] byGroup = Run.Numbers(Run.Forward(new GroupNormalization(4, 2), Mode.Inference, Input, 2, 4, 6));
        Moments(byGroup, 12);
        Assert.Equal(byLayer, Run.Numbers(Run.Forward(new LayerNormalization(12), Mode.Inference, Input, 4, 12)));
        Assert.Contains("divides", Assert.Throws<ArgumentOutOfRangeException>(() => new GroupNormalization(4, 3)).Message);

        static void Moments(double[] y, int size)
        {
            foreach (double[] part in y.Chunk(size))
            {
                Assert.Equal(0, part.Average(), 1e-5);
                Assert.Equal(1, part.Average(v => v * v), 1e-3);
            }
        }
    }

    [Fact]
    public void Embeddings_look_up_rows_and_learn_only_those()
    {
        var layer = new Embedding(4, 3, random);
        double[] table = Run.Numbers(layer.Table.Value);
        Run.Close([.. table[6..9], .. table[0..3]], Run.Numbers(layer.Forward(Run.Ids([2, 0], 1, 2), new ForwardContext(Mode.Training))), 0);
        foreach (long id in new long[] { 4, 17, -1, -3, long.MinValue })
        {
            ShapeException error = Assert.Throws<ShapeException>(() => Run.Numbers(layer.Forward(Run.Ids([0, id], 1, 2), new ForwardContext(Mode.Training))));
            Assert.Contains($"expects indices between 0 and 3, found {id} in place 1", error.Message, StringComparison.Ordinal);
        }

        // Each time that a row occurs it gets the gradient of its numbers once; the others get none.
        Variable loss = layer.Forward(Run.Ids([2, 0, 2], 1, 3), new ForwardContext(Mode.Training)).Square().Sum();
        Run.Close(
            [.. table[..3].Select(v => 2 * v), 0, 0, 0, .. table[6..9].Select(v => 4 * v), 0, 0, 0], Run.Numbers(Autograd.Gradients.Gradient.Of(loss, layer.Table.Variable)), 1e-6);
    }

    [Fact]
    public void Pools_connections_and_shared_outputs_have_their_shapes_and_numbers()
    {
        float[] image = [1, 2, 3, 4, 5, 6, 7, 8];
        Run.Close([2.5, 6.5], Run.Numbers(Run.Forward(new GlobalPool(), Mode.Training, image, 1, 2, 2, 2)), 1e-6);
        Run.Close([4, 8], Run.Numbers(Run.Forward(new GlobalPool { Greatest = true }, Mode.Training, image, 1, 2, 2, 2)), 0);
        var connection = new DenseConnection(new Activation(x => 2.0 * x));
        Run.Close([1, 2, 2, 4], Run.Numbers(Run.Forward(connection, Mode.Training, [1, 2], 1, 2)), 1e-6);
        Run.Close([1, 0.5, 2, 0.5], Run.Numbers(Run.Forward(new SharedOutputs(1) { Initial = 0.5 }, Mode.Training, [1, 2], 2, 1)), 1e-6);
    }
}
