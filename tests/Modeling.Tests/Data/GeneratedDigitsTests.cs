using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Toolkit.Modeling.Data;

namespace Toolkit.Modeling.Tests.Data;

public sealed class GeneratedDigitsTests
{
    [Fact]
    public void Pictures_are_the_same_on_every_platform()
    {
        Dataset digits = GeneratedDigits.Create(200, seed: 42);
        byte[] bytes = MemoryMarshal.AsBytes(digits.Features.Span).ToArray();
        Assert.Equal("AF767B5740572344", Convert.ToHexString(SHA256.HashData(bytes))[..16]);
    }

    [Fact]
    public void The_first_pictures_do_not_depend_on_the_count()
    {
        Dataset some = GeneratedDigits.Create(23, 7), more = GeneratedDigits.Create(100, 7);
        Assert.Equal(some.Features.ToArray(), more.Take(23).Features.ToArray());
        Assert.Equal(some.Labels.ToArray(), more.Take(23).Labels.ToArray());
        Assert.NotEqual(some.Features.ToArray(), GeneratedDigits.Create(23, 8).Features.ToArray());
    }

    [Fact]
    public void Classes_are_balanced_in_every_ten()
    {
        Dataset digits = GeneratedDigits.Create(1000, 1);
        Assert.All(digits.Labels.ToArray().Chunk(10), ten => Assert.Equal(10, ten.Distinct().Count()));
        Assert.NotEqual(digits.Labels.ToArray()[..10], digits.Labels.ToArray()[10..20]);
        Assert.Equal("1000 × [784] → label of 10 classes", digits.ToString());
    }

    [Fact]
    public void Every_picture_has_ink_in_its_middle_and_paper_around_it()
    {
        Dataset digits = GeneratedDigits.Create(2000, 3);
        foreach (float[] picture in digits.Features.ToArray().Chunk(784))
        {
            Assert.All(picture, pixel => Assert.InRange(pixel, 0f, 1f));
            Assert.InRange(picture.Max(), 0.6f, 1f);
            Assert.InRange(picture.Sum(), 15f, 300f);
            Assert.InRange(picture.Count(pixel => pixel == 0f), 350, 760);
        }
    }

    [Fact]
    public void Pictures_of_a_digit_all_differ()
    {
        Dataset digits = GeneratedDigits.Create(500, 4);
        Assert.Equal(500, digits.Features.ToArray().Chunk(784).Select(picture => Convert.ToHexString(MemoryMarshal.AsBytes<float>(picture))).Distinct().Count());
    }

    [Fact]
    public void Digits_of_a_kind_resemble_each_other_more_than_others_do()
    {
        // Pictures are shifted and turned, so raw distances tell only part of them apart; chance would be 20 of 200.
        Dataset train = GeneratedDigits.Create(3000, 5), test = GeneratedDigits.Create(200, 6);
        int right = 0;
        for (int i = 0; i < test.Count; i++)
        {
            ReadOnlySpan<float> picture = test.Features.Span.Slice(i * 784, 784);
            int nearest = 0;
            float least = float.MaxValue;
            for (int j = 0; j < train.Count; j++)
            {
                float distance = System.Numerics.Tensors.TensorPrimitives.Distance(picture, train.Features.Span.Slice(j * 784, 784));
                if (distance < least)
                    (nearest, least) = (j, distance);
            }

            right += train.Labels.Span[nearest] == test.Labels.Span[i] ? 1 : 0;
        }

        Assert.InRange(right, 150, 195);
    }

    [Fact]
    public void No_pictures_cannot_be_asked_for() => Assert.Throws<ArgumentOutOfRangeException>(() => GeneratedDigits.Create(0, 1));
}
