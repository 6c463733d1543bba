using Toolkit.Modeling.Data.Augmentation;

namespace Toolkit.Modeling.Tests.Data;

/// <summary>Every pixel of small images against plain loops over all pixels, with the random numbers in the order in which they are drawn.</summary>
public sealed class AugmentationPixelTests
{
    private static readonly ImageSize Size = new(3, 5, 4);

    [Theory]
    [InlineData(1.5, 0, 0, 0)]
    [InlineData(0, 40, 0, 0)]
    [InlineData(0, 0, 0.4, 0)]
    [InlineData(0, 0, 0, 0.7)]
    [InlineData(1.2, 25, 0.3, 0.4)]
    public void An_affine_map_takes_each_pixel_from_its_place_before(double shift, double rotation, double scale, double shear)
    {
        var change = new RandomAffine { Shift = shift, Rotation = rotation, Scale = scale, Shear = shear };
        Check(change, (image, random) =>
        {
            double down = Uniform(random, shift), right = Uniform(random, shift), turn = Uniform(random, rotation) * Math.PI / 180.0;
            double size = 1.0 + Uniform(random, scale), slant = Uniform(random, shear);
            return Each((channel, row, column) =>
            {
                // Back through shift, scaling and rotation about the middle (2, 1.5); then the shear moves along the row.
                double y = (row - 2.0 - down) / size, x = (column - 1.5 - right) / size;
                double before = (Math.Cos(turn) * y) - (Math.Sin(turn) * x), beside = (Math.Sin(turn) * y) + (Math.Cos(turn) * x);
                return Between(image, channel, before + 2.0, beside + (slant * before) + 1.5);
            });
        });
    }

    [Fact]
    public void Whole_shifts_take_pixels_as_they_are() => Check(new RandomAffine { Shift = 2, WholePixels = true }, (image, random) =>
    {
        int down = (int)Math.Round(Uniform(random, 2)), right = (int)Math.Round(Uniform(random, 2));
        return Each((channel, row, column) => At(image, channel, row - down, column - right));
    });

    [Theory]
    [InlineData(3.0, 0.6)]
    [InlineData(6.0, 1.5)]
    public void An_elastic_field_is_noise_smoothed_in_both_directions(double strength, double smoothness) =>
        Check(new ElasticDeformation(strength, smoothness), (image, random) =>
        {
            double[] down = Noise(random), right = Noise(random);
            int reach = (int)Math.Ceiling(3 * smoothness);
            double all = 0;
            for (int i = -reach; i <= reach; i++)
            {
                for (int j = -reach; j <= reach; j++)
                    all += Gauss(i, j);
            }

            return Each((channel, row, column) => Between(image, channel, row + (strength * Smooth(down, row, column)), column + (strength * Smooth(right, row, column))));

            double Gauss(int i, int j) => Math.Exp(-((i * i) + (j * j)) / (2.0 * smoothness * smoothness));

            double Smooth(double[] noise, int row, int column)
            {
                double sum = 0;
                for (int r = Math.Max(0, row - reach); r <= Math.Min(4, row + reach); r++)
                {
                    for (int c = Math.Max(0, column - reach); c <= Math.Min(3, column + reach); c++)
                        sum += Gauss(r - row, c - column) * noise[(4 * r) + c];
                }

                return sum / all;
            }

            static double[] Noise(RandomSource random) => [.. Enumerable.Range(0, 20).Select(_ => Uniform(random, 1))];
        });

    [Theory]
    [InlineData(0.2)]
    [InlineData(0.7)]
    public void A_crop_is_a_window_brought_to_the_size_of_the_image(double least) => Check(new RandomCrop(least), (image, random) =>
    {
        double side = Math.Sqrt(least + ((1 - least) * random.NextDouble()));
        double top = random.NextDouble() * (1 - side) * 5, left = random.NextDouble() * (1 - side) * 4;
        return Each((channel, row, column) => Between(
            image,
            channel,
            Math.Min(Math.Max(top + ((row + 0.5) * side) - 0.5, 0), 4),
            Math.Min(Math.Max(left + ((column + 0.5) * side) - 0.5, 0), 3)));
    });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_flip_mirrors_half_of_the_images_of_its_classes(bool vertical)
    {
        var change = new RandomFlip(1) { Vertical = vertical };
        int mirrored = 0;
        Check(change, (image, random) =>
        {
            bool turned = random.NextDouble() >= 0.5;
            mirrored += turned ? 1 : 0;
            return Each((channel, row, column) => !turned ? At(image, channel, row, column) : vertical ? At(image, channel, 4 - row, column) : At(image, channel, row, 3 - column));
        });
        Assert.InRange(mirrored, 10, 30);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Contrast_multiplies_and_brightness_adds(bool together) => Check(new RandomIntensity(0.4, 0.3) { Together = together }, (image, random) =>
    {
        double[] factors = new double[3], offsets = new double[3];
        for (int channel = 0; channel < 3; channel++)
        {
            bool same = together && channel > 0;
            factors[channel] = same ? factors[0] : 1 + Uniform(random, 0.4);
            offsets[channel] = same ? offsets[0] : Uniform(random, 0.3);
        }

        return Each((channel, row, column) => (At(image, channel, row, column) * factors[channel]) + offsets[channel]);
    });

    [Fact]
    public void Saturation_moves_each_pixel_along_its_grey() => Check(new RandomSaturation(0.8), (image, random) =>
    {
        double u = Uniform(random, 0.8);
        return Each((channel, row, column) =>
        {
            double grey = (0.299 * At(image, 0, row, column)) + (0.587 * At(image, 1, row, column)) + (0.114 * At(image, 2, row, column));
            return At(image, channel, row, column) + (u * (At(image, channel, row, column) - grey));
        });
    });

    private static void Check(ImageAugmentation change, Func<float[], RandomSource, double[]> expected)
    {
        for (ulong seed = 0; seed < 40; seed++)
        {
            var content = new RandomSource(seed).Fork("image");
            float[] image = [.. Enumerable.Range(0, 60).Select(_ => content.NextSingle())], found = new float[60];
            change.Apply(image, found, Size, 1, new RandomSource(seed));
            Run.Close(expected(image, new RandomSource(seed)), [.. found.Select(v => (double)v)], 2e-6);
        }
    }

    private static double Uniform(RandomSource random, double bound) => ((2 * random.NextDouble()) - 1) * bound;

    private static double[] Each(Func<int, int, int, double> pixel) => [.. Enumerable.Range(0, 60).Select(i => pixel(i / 20, i / 4 % 5, i % 4))];

    private static double At(float[] image, int channel, int row, int column) => row is >= 0 and < 5 && column is >= 0 and < 4 ? image[(20 * channel) + (4 * row) + column] : 0;

    /// <summary>Bilinear interpolation: every pixel counts by how near it is, up to a distance of 1 in each direction.</summary>
    private static double Between(float[] image, int channel, double row, double column)
    {
        double sum = 0;
        for (int r = 0; r < 5; r++)
        {
            for (int c = 0; c < 4; c++)
                sum += Math.Max(0, 1 - Math.Abs(r - row)) * Math.Max(0, 1 - Math.Abs(c - column)) * At(image, channel, r, c);
        }

        return sum;
    }
}
