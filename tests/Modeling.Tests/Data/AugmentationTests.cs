using Toolkit.Modeling.Data;
using Toolkit.Modeling.Data.Augmentation;
using Toolkit.Modeling.Ensembles;

namespace Toolkit.Modeling.Tests.Data;

public sealed class AugmentationTests
{
    private static readonly float[] Image = [.. Enumerable.Range(1, 25).Select(i => (float)i)];
    private static readonly ImageSize Size = new(1, 5, 5);

    [Fact]
    public void Nothing_allowed_changes_nothing()
    {
        ImageAugmentation[] none = [new RandomAffine(), new ElasticDeformation(0, 2), new RandomIntensity(0, 0), new RandomFlip(7), new RandomCrop(1)];
        Assert.All(none, a => Assert.Equal(Image, Apply(a, 1)));
    }

    [Fact]
    public void Whole_shifts_move_pixels_and_bring_in_zeros()
    {
        var shift = new RandomAffine { Shift = 2, WholePixels = true };
        bool moved = false;
        for (ulong seed = 0; seed < 20; seed++)
        {
            float[] y = Apply(shift, seed);
            int at = Array.IndexOf(y, 13f);
            (int down, int right) = ((at / 5) - 2, (at % 5) - 2);
            Assert.InRange(Math.Max(Math.Abs(down), Math.Abs(right)), 0, 2);
            for (int i = 0; i < 25; i++)
            {
                (int r, int c) = ((i / 5) - down, (i % 5) - right);
                Assert.Equal(r is >= 0 and < 5 && c is >= 0 and < 5 ? Image[(r * 5) + c] : 0f, y[i]);
            }

            moved |= down != 0 || right != 0;
        }

        Assert.True(moved);
    }

    [Fact]
    public void Rotation_scaling_and_shear_keep_the_middle()
    {
        foreach (ImageAugmentation a in new[] { new RandomAffine { Rotation = 30 }, new RandomAffine { Scale = 0.3 }, new RandomAffine { Shear = 0.5 } })
        {
            float[] y = Apply(a, 3);
            Assert.Equal(13f, y[12], 1e-4f);
            Assert.NotEqual(Image, y);
        }
    }

    [Fact]
    public void Elastic_fields_are_smooth_and_stay_within_their_strength()
    {
        // On the ramp of columns, the change of a pixel is how far it was moved to the side.
        float[] ramp = [.. Enumerable.Range(0, 400).Select(i => (float)(i % 20))];
        var y = new float[400];
        new ElasticDeformation(8, 4).Apply(ramp, y, new ImageSize(1, 20, 20), 0, new RandomSource(2));
        for (int row = 6; row < 14; row++)
        {
            for (int column = 6; column < 13; column++)
            {
                double here = y[(row * 20) + column] - column, beside = y[(row * 20) + column + 1] - column - 1;
                Assert.InRange(Math.Abs(here), 0, 8);
                Assert.InRange(Math.Abs(here - beside), 0, 0.6);
            }
        }

        Assert.Contains(y.Zip(ramp), p => Math.Abs(p.First - p.Second) > 0.05);
    }

    [Fact]
    public void Only_classes_that_may_be_mirrored_are()
    {
        var flip = new RandomFlip(1, 8);
        float[] mirrored = [.. Image.Chunk(5).SelectMany(row => row.Reverse())];
        int flipped = 0;
        for (ulong seed = 0; seed < 40; seed++)
        {
            Assert.Equal(Image, Apply(flip, seed, label: 3));
            float[] y = Apply(flip, seed, label: 8);
            Assert.True(y.SequenceEqual(Image) || y.SequenceEqual(mirrored));
            flipped += y.SequenceEqual(mirrored) ? 1 : 0;
        }

        Assert.InRange(flipped, 8, 32);
        Assert.Throws<ArgumentException>(() => new RandomFlip());
    }

    [Fact]
    public void Top_and_bottom_can_be_exchanged_and_classes_must_exist()
    {
        var flip = new RandomFlip(0) { Vertical = true };
        float[] turned = [.. Image.Chunk(5).Reverse().SelectMany(row => row)];
        float[][] found = [.. Enumerable.Range(0, 20).Select(seed => Apply(flip, (ulong)seed))];
        Assert.Contains(found, y => y.SequenceEqual(turned));
        Assert.All(found, y => Assert.True(y.SequenceEqual(turned) || y.SequenceEqual(Image)));
        Dataset data = Dataset.FromLabels(Image, [5, 5], [1], 2);
        Assert.Contains("found 2", Assert.Throws<ArgumentException>(() => new AugmentedSource(data, 1, new RandomFlip(0, 2))).Message, StringComparison.Ordinal);
    }

    /// <summary>On the ramps of rows and columns a window shows where it was cut out: both slopes are its side.</summary>
    [Fact]
    public void A_crop_is_a_window_of_the_image_at_its_size()
    {
        float[] rows = [.. Enumerable.Range(0, 400).Select(i => (float)(i / 20))], columns = [.. Enumerable.Range(0, 400).Select(i => (float)(i % 20))];
        var y = new float[800];
        var places = new HashSet<float>();
        for (ulong seed = 0; seed < 20; seed++)
        {
            new RandomCrop(0.25).Apply([.. rows, .. columns], y, new ImageSize(2, 20, 20), 0, new RandomSource(seed));
            double side = (y[(12 * 20) + 10] - y[(8 * 20) + 10]) / 4;
            Assert.InRange(side, 0.5 - 1e-5, 1 + 1e-5);
            Assert.Equal(side, (y[400 + 212] - y[400 + 208]) / 4, 1e-5);
            Assert.All(y, v => Assert.InRange(v, 0, 19));
            places.Add(y[210]);
        }

        Assert.Equal(20, places.Count);
    }

    [Fact]
    public void Colours_change_together_or_each_by_itself()
    {
        var size = new ImageSize(3, 1, 2);
        float[] image = [0.2f, 0.4f, 0.6f, 0.1f, 0.5f, 0.9f], y = new float[6];
        new RandomIntensity(0, 0.5).Apply(image, y, size, 0, new RandomSource(1));
        float[] moved = [.. y.Zip(image, (a, b) => a - b)];
        Assert.Equal(moved[0], moved[1], 1e-6f);
        Assert.NotEqual(moved[0], moved[2], 1e-3f);
        new RandomIntensity(0, 0.5) { Together = true }.Apply(image, y, size, 0, new RandomSource(1));
        Assert.All(y.Zip(image, (a, b) => a - b), change => Assert.Equal(y[0] - image[0], change, 1e-6f));

        // The grey value stays, and differences to it are all multiplied by one number.
        new RandomSaturation(0.8).Apply(image, y, size, 0, new RandomSource(2));
        for (int i = 0; i < 2; i++)
        {
            Assert.Equal(Grey(image, i), Grey(y, i), 1e-6);
            double factor = (y[i] - Grey(y, i)) / (image[i] - Grey(image, i));
            Assert.Equal(y[4 + i] - Grey(y, i), factor * (image[4 + i] - Grey(image, i)), 1e-6);
            Assert.NotEqual(1.0, factor, 1e-3);
        }

        Dataset grey = Dataset.FromLabels(Image, [5, 5], [1], 2);
        Assert.Contains("found 1", Assert.Throws<ArgumentException>(() => new AugmentedSource(grey, 1, new RandomSaturation(0.5))).Message, StringComparison.Ordinal);

        static double Grey(float[] x, int i) => (0.299 * x[i]) + (0.587 * x[i + 2]) + (0.114 * x[i + 4]);
    }

    [Fact]
    public void The_changes_follow_from_seed_epoch_and_place_and_labels_stay()
    {
        Dataset data = Dataset.FromLabels([.. Image, .. Image, .. Image], [5, 5], [0, 1, 1], 2);
        var source = new AugmentedSource(data, 4, new RandomAffine { Shift = 2 }, new RandomIntensity(0.1, 0.1));
        Assert.Equal(Pass(source, 0), Pass(source, 0));
        Assert.NotEqual(Pass(source, 0), Pass(source, 1));
        Assert.Equal([0L, 1, 1], source.Batches(new BatchOptions { Size = 2 }).SelectMany(b => b.Labels.ToArray()));
        Assert.Contains("height", Assert.Throws<ArgumentException>(() => new AugmentedSource(data.Reshape(25), 1, new RandomAffine())).Message);
        Assert.Throws<ArgumentException>(() => new AugmentedSource(data, 1));

        static float[] Pass(AugmentedSource source, long epoch) =>
            [.. source.Batches(new BatchOptions { Size = 2 }, epoch).SelectMany(b => b.Features.ToArray<float>())];
    }

    /// <summary>A5.1: 1 − (1 − 1/n)ⁿ of the examples occur, 0.63230 for n = 1000.</summary>
    [Fact]
    public void A_bootstrap_sample_keeps_63_percent_of_the_examples()
    {
        var random = new RandomSource(3);
        Dataset data = Dataset.FromTargets([.. Enumerable.Range(0, 1000).Select(i => (float)i)], [1], new float[1000], [1]);
        double mean = Enumerable.Range(0, 50).Average(_ => Bootstrap.Sample(data, random).Features.ToArray().Distinct().Count() / 1000.0);
        Assert.Equal(0.63230, mean, 0.006);
    }

    private static float[] Apply(ImageAugmentation augmentation, ulong seed, long label = 0)
    {
        var y = new float[25];
        augmentation.Apply(Image, y, Size, label, new RandomSource(seed));
        return y;
    }
}
