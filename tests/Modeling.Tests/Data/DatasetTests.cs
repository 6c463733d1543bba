using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Modules;

namespace Toolkit.Modeling.Tests.Data;

public sealed class DatasetTests
{
    [Fact]
    public void Take_and_skip_cut_rows()
    {
        Dataset all = Numbered(10);
        Assert.Equal([0, 1, 2], all.Take(3).Labels.ToArray());
        Assert.Equal([7, 8, 9], all.Skip(7).Labels.ToArray());
        Assert.Equal([14f, 14.5f, 16f, 16.5f, 18f, 18.5f], all.Skip(7).Features.ToArray());
        Assert.Equal([4, 5], all.Skip(4).Take(2).Labels.ToArray());
        Assert.Throws<ArgumentOutOfRangeException>(() => all.Take(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => all.Take(11));
        Assert.Throws<ArgumentOutOfRangeException>(() => all.Skip(10));
    }

    [Fact]
    public void Split_shares_out_every_example_once()
    {
        Dataset all = Numbered(100);
        var random = new RandomSource(5);
        (Dataset first, Dataset second) = all.Split(0.8, random);
        Assert.Equal(80, first.Count);
        Assert.Equal(Enumerable.Range(0, 100).Select(i => (long)i), first.Labels.ToArray().Concat(second.Labels.ToArray()).Order());
        Assert.NotEqual(first.Labels.ToArray(), first.Labels.ToArray().Order());
        for (int i = 0; i < first.Count; i++)
            Assert.Equal(2f * first.Labels.Span[i], first.Features.Span[2 * i]);
        Assert.NotEqual(first.Labels.ToArray(), all.Split(0.8, random).First.Labels.ToArray());
        Assert.Equal(first.Labels.ToArray(), all.Split(0.8, new RandomSource(5)).First.Labels.ToArray());
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(1.0)]
    [InlineData(double.NaN)]
    public void Split_refuses_a_fraction_outside_0_to_1(double fraction) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Numbered(4).Split(fraction, new RandomSource(1)));

    [Fact]
    public void Split_leaves_neither_part_empty()
    {
        (Dataset first, Dataset second) = Numbered(3).Split(0.01, new RandomSource(1));
        Assert.Equal((1, 2), (first.Count, second.Count));
        Assert.Throws<InvalidOperationException>(() => Numbered(1).Split(0.5, new RandomSource(1)));
    }

    [Fact]
    public void Reshape_keeps_the_numbers()
    {
        var images = Dataset.FromLabels(new float[3 * 12], [12], [0, 1, 0], 2).Reshape(1, 3, 4);
        Assert.Equal([1, 3, 4], images.Layout.FeatureShape);
        Assert.Equal("3 × [1, 3, 4] → label of 2 classes", images.ToString());
        var error = Assert.Throws<ArgumentException>(() => images.Reshape(13));
        Assert.Contains("[1, 3, 4] hold 12 values", error.Message);
        Assert.Contains("[13] with 13", error.Message);
        Assert.Throws<ArgumentException>(() => images.Reshape(-3, -4));
    }

    [Fact]
    public void A_label_out_of_range_is_named_with_its_row_and_the_range()
    {
        var error = Assert.Throws<DataException>(() => Dataset.FromLabels(new float[3], [1], [0, 1, 3], 3));
        Assert.Equal("Row 2 (counted from 0) has the label 3; expected 0 to 2.", error.Message);
        Assert.Throws<DataException>(() => Dataset.FromLabels(new float[1], [1], [-1], 3));
    }

    [Theory]
    [InlineData(float.NaN, "NaN")]
    [InlineData(float.PositiveInfinity, "+∞")]
    [InlineData(float.NegativeInfinity, "−∞")]
    public void A_number_that_is_not_finite_is_named_with_row_and_column(float bad, string name)
    {
        float[] features = new float[40];
        features[23] = bad;
        var error = Assert.Throws<DataException>(() => Dataset.FromTargets(features, [4], new float[10], []));
        Assert.Contains($"features hold {name} in row 5, column 3", error.Message);
        error = Assert.Throws<DataException>(() => Dataset.FromTargets(new float[40], [4], features, [4]));
        Assert.Contains($"targets hold {name} in row 5, column 3", error.Message);
    }

    [Fact]
    public void Lengths_that_do_not_fit_are_refused()
    {
        Assert.Contains(
            "Expected 6 features (2 examples of shape [3]), found 7",
            Assert.Throws<ArgumentException>(() => Dataset.FromLabels(new float[7], [3], [0, 0], 1)).Message);
        Assert.Contains(
            "Expected 4 targets (2 examples of shape [2]), found 3",
            Assert.Throws<ArgumentException>(() => Dataset.FromTargets(new float[6], [3], new float[3], [2])).Message);
        Assert.Contains("empty", Assert.Throws<ArgumentException>(() => Dataset.FromLabels([], [3], [], 1)).Message);
        Assert.Throws<ArgumentException>(() => Dataset.FromLabels(new float[3], [3], [0], 0));
    }

    [Fact]
    public void Scaling_gives_mean_0_and_variance_1_and_leaves_constant_columns_finite()
    {
        var random = new RandomSource(1);
        float[] features = new float[3 * 500];
        for (int i = 0; i < 500; i++)
        {
            features[3 * i] = (float)random.NextNormal(1000, 5);
            features[(3 * i) + 1] = 0.1f;
            features[(3 * i) + 2] = (float)random.NextUniform(-1, 0);
        }

        var train = Dataset.FromTargets(features, [3], new float[500], []);
        FeatureScaling scaling = FeatureScaling.Fit(train);
        float[] scaled = scaling.Apply(train).Features.ToArray();
        foreach (int column in (int[])[0, 2])
        {
            double[] values = [.. scaled.Where((_, i) => i % 3 == column).Select(x => (double)x)];
            Assert.Equal(0.0, values.Average(), 1e-4);
            Assert.Equal(1.0, values.Average(x => x * x), 1e-4);
        }

        Assert.All(scaled.Where((_, i) => i % 3 == 1), value => Assert.Equal(0f, value, 1e-6f));
        Assert.Equal(1f, scaling.Deviation[1]);
        Assert.Throws<ArgumentException>(() => scaling.Apply(Numbered(3)));
    }

    /// <summary>A model that was trained on scaled features takes them as they were behind a module with the numbers of the scaling, for images, too.</summary>
    [Fact]
    public void A_module_scales_with_the_bits_of_the_data_set()
    {
        var random = new RandomSource(2);
        var raw = Dataset.FromTargets([.. Enumerable.Range(0, 60).Select(i => (float)random.NextNormal(i % 6, 1e-3 + i))], [2, 3], new float[10], []);
        FeatureScaling scaling = FeatureScaling.Fit(raw);
        var x = Variable.Input("x", DType.Float32, ["batch", 2, 3]);
        Value scaled = Function.Compile([x], [new Standardization(scaling).Forward(x, new ForwardContext(Mode.Inference))]).Run([Value.Of(raw.Features.ToArray(), 10, 2, 3)])[0];
        Assert.Equal(scaling.Apply(raw).Features.ToArray(), scaled.Span<float>().ToArray());
    }

    internal static Dataset Numbered(int count)
    {
        float[] features = new float[2 * count];
        long[] labels = new long[count];
        for (int i = 0; i < count; i++)
        {
            labels[i] = i;
            features[2 * i] = 2f * i;
            features[(2 * i) + 1] = (2f * i) + 0.5f;
        }

        return Dataset.FromLabels(features, [2], labels, count);
    }
}
