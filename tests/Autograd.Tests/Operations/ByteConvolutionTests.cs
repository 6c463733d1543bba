using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations.Convolution;
using Toolkit.Autograd.Operations.Quantization;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Tests.Operations;

/// <summary>Convolutions of bytes against plain loops over int64.</summary>
public class ByteConvolutionTests
{
    /// <summary>Kinds of convolutions that are computed in different ways: products of planes, many and few pixels, strides, dilations, odd channels, groups, channels by themselves, signals, volumes.</summary>
    public static TheoryData<int[], int[], int[], int[], int[], int> Windows => new()
    {
        { [1, 4, 8, 8], [6, 4, 1, 1], [1, 1], [0, 0, 0, 0], [1, 1], 1 },
        { [2, 5, 7, 9], [3, 5, 1, 1], [2, 1], [0, 0, 0, 0], [1, 1], 1 },
        { [1, 8, 16, 16], [32, 8, 3, 3], [1, 1], [1, 1, 1, 1], [1, 1], 1 },
        { [1, 64, 14, 14], [64, 64, 3, 3], [1, 1], [1, 1, 1, 1], [1, 1], 1 },
        { [2, 7, 11, 13], [9, 7, 3, 3], [2, 2], [1, 0, 1, 2], [1, 1], 1 },
        { [1, 3, 23, 25], [8, 3, 7, 7], [2, 2], [3, 3, 3, 3], [1, 1], 1 },
        { [1, 6, 12, 9], [4, 3, 3, 2], [1, 1], [2, 1, 0, 1], [2, 3], 2 },
        { [2, 6, 9, 9], [9, 2, 3, 3], [1, 1], [1, 1, 1, 1], [1, 1], 3 },
        { [1, 5, 18, 35], [5, 1, 3, 3], [1, 1], [1, 1, 1, 1], [1, 1], 5 },
        { [2, 3, 13, 17], [6, 1, 5, 4], [2, 2], [2, 1, 2, 0], [1, 2], 3 },
        { [3, 2, 3, 40], [4, 1, 1, 3], [1, 3], [0, 4, 0, 4], [1, 1], 2 },
        { [1, 1, 5, 5], [1, 1, 5, 5], [1, 1], [4, 4, 4, 4], [1, 1], 1 },
        { [2, 3, 31], [5, 3, 4], [2], [3, 1], [2], 1 },
        { [1, 3, 4, 6, 7], [4, 3, 2, 3, 2], [1, 2, 1], [1, 0, 1, 0, 2, 0], [2, 1, 1], 1 },
        { [1, 4, 3, 5, 5], [2, 2, 3, 3, 3], [1, 1, 1], [1, 1, 1, 1, 1, 1], [1, 1, 1], 2 },
    };

    /// <summary>Signed and unsigned, zero points at the ends of the types, for all and for each channel, weights that are constants and others, one thread and three.</summary>
    [Theory]
    [MemberData(nameof(Windows))]
    public void Sums_are_those_of_plain_loops(int[] image, int[] kernel, int[] strides, int[] pads, int[] dilations, int groups)
    {
        var window = new Conv([.. strides], [.. pads], [.. dilations], groups);
        foreach ((DType left, DType right) in new[] { (DType.UInt8, DType.Int8), (DType.UInt8, DType.UInt8), (DType.Int8, DType.Int8), (DType.Int8, DType.UInt8) })
        {
            var random = new Random(image[^1] + (31 * kernel[0]));
            foreach (int kind in new[] { 0, 1, 2, 3 })
            {
                Value x = Bytes(random, left, image), w = Bytes(random, right, kernel);
                Value? zeroX = kind == 0 ? null : End(left, kind), zeroW = kind == 0 ? null : kind == 3 ? Bytes(random, right, kernel[0]) : End(right, 3 - kind);
                long[] expected = Plain(window, x, zeroX, w, zeroW);
                foreach (int threads in new[] { 1, 3 })
                {
                    foreach (bool isConstant in new[] { true, false })
                    {
                        Variable a = Variable.Input("x", left, Shape.OfSizes(image)), b = isConstant ? Variable.Of(w) : Variable.Input("w", right, Shape.OfSizes(kernel));
                        Variable y = new ConvInteger(window).Apply(a, b, zeroX is null ? null : Variable.Of(zeroX), zeroW is null ? null : Variable.Of(zeroW));
                        Function function = Function.Compile(isConstant ? [a] : [a, b], [y], options: new ExecutionOptions { Threads = threads });
                        Assert.Contains(function.Profile(isConstant ? [x] : [x, w], 1).Steps, step => step.Name.Contains("ConvInteger", StringComparison.Ordinal));
                        Value found = function.Run(isConstant ? [x] : [x, w])[0];
                        Assert.Equal(expected, found.Span<int>().ToArray().Select(sum => (long)sum));
                    }
                }
            }
        }
    }

    /// <summary>The same sums with an addend for each channel, scaled, rounded and saturated.</summary>
    [Theory]
    [MemberData(nameof(Windows))]
    public void Quantized_results_are_those_of_plain_loops(int[] image, int[] kernel, int[] strides, int[] pads, int[] dilations, int groups)
    {
        var window = new Conv([.. strides], [.. pads], [.. dilations], groups);
        foreach ((DType left, DType right, DType to) in new[] { (DType.UInt8, DType.Int8, DType.UInt8), (DType.Int8, DType.Int8, DType.Int8), (DType.UInt8, DType.UInt8, DType.Int8) })
        {
            var random = new Random(image[^1] + kernel[0]);
            foreach (bool perChannel in new[] { false, true })
            {
                int channels = kernel[0];
                Value x = Bytes(random, left, image), w = Bytes(random, right, kernel), zeroX = End(left, 1), zeroW = perChannel ? Bytes(random, right, channels) : End(right, 2);

                // Powers of two: products fall between two whole numbers.
                float[] scales = [.. Enumerable.Range(0, perChannel ? channels : 1).Select(i => MathF.Pow(2, -3 - (i % 5)))];
                int[] addend = [.. Enumerable.Range(0, channels).Select(_ => random.Next(-5000, 5000))];
                (float scaleX, float scaleY, int zeroY) = (0.25f, 64f, to == DType.Int8 ? -7 : 131);
                Value scaleW = perChannel ? Value.Of(scales, channels) : Value.Of(scales[0]);
                Variable a = Variable.Input("x", left, Shape.OfSizes(image));
                Variable y = new QLinearConv(window).Apply(
                    a, Variable.Of(Value.Of(scaleX)), Variable.Of(zeroX), Variable.Of(w), Variable.Of(scaleW), Variable.Of(zeroW),
                    Variable.Of(Value.Of(scaleY)), Variable.Of(to == DType.Int8 ? Value.Of((sbyte)zeroY) : Value.Of((byte)zeroY)), Variable.Of(Value.Of(addend, channels)));
                long[] sums = Plain(window, x, zeroX, w, zeroW);
                foreach (int threads in new[] { 1, 3 })
                {
                    Function function = Function.Compile([a], [y], options: new ExecutionOptions { Threads = threads });
                    Assert.Contains(function.Profile([x], 1).Steps, step => step.Name.Contains("QLinearConv", StringComparison.Ordinal));
                    Value found = function.Run(x)[0];
                    int plane = found.Count / found.Sizes[0] / channels;
                    for (int i = 0; i < sums.Length; i++)
                    {
                        int channel = i / plane % channels;
                        double exact = Math.Round((sums[i] + addend[channel]) * (double)scaleX * scales[perChannel ? channel : 0] / scaleY, MidpointRounding.ToEven) + zeroY;
                        Assert.Equal(Math.Clamp(exact, to == DType.Int8 ? -128 : 0, to == DType.Int8 ? 127 : 255), found[i]);
                    }
                }
            }
        }
    }

    /// <summary>Greatest by greatest, many times: no sum of two or four products is cut to 16 bits.</summary>
    [Fact]
    public void The_greatest_products_are_not_saturated()
    {
        Value x = Value.Of([.. Enumerable.Repeat((byte)255, 64 * 9)], 1, 64, 3, 3), w = Value.Of([.. Enumerable.Repeat((sbyte)127, 64 * 9)], 1, 64, 3, 3);
        Variable a = Variable.Input("x", DType.UInt8, [1, 64, 3, 3]);
        Value found = Function.Compile([a], [new ConvInteger(new Conv([1, 1], [0, 0, 0, 0], [1, 1], 1)).Apply(a, Variable.Of(w), null, null)]).Run(x)[0];
        Assert.Equal(64 * 9 * 255 * 127, found[0]);
    }

    private static long[] Plain(Conv window, Value x, Value? zeroX, Value w, Value? zeroW)
    {
        int axes = window.Strides.Count, channels = w.Sizes[1], outputs = w.Sizes[0];
        int[] sizes = [.. Enumerable.Range(0, axes).Select(i => ((x.Sizes[i + 2] + window.Pads[i] + window.Pads[axes + i] - (window.Dilations[i] * (w.Sizes[i + 2] - 1)) - 1) / window.Strides[i]) + 1)];
        int places = sizes.Aggregate(1, (a, b) => a * b), taps = w.Count / channels / outputs, plane = x.Count / x.Sizes[0] / x.Sizes[1];
        var sums = new long[x.Sizes[0] * outputs * places];
        for (int i = 0; i < sums.Length; i++)
        {
            int place = i % places, output = i / places % outputs, image = i / places / outputs, group = output / (outputs / window.Group);
            int zero = zeroX is null ? 0 : (int)zeroX[0], less = zeroW is null ? 0 : (int)zeroW[zeroW.Count == 1 ? 0 : output];
            for (int tap = 0; tap < taps; tap++)
            {
                int at = 0, restPlace = place, restTap = tap, step = 1;
                bool isInside = true;
                for (int axis = axes - 1; axis >= 0; axis--)
                {
                    int where = (restPlace % sizes[axis] * window.Strides[axis]) + (restTap % w.Sizes[axis + 2] * window.Dilations[axis]) - window.Pads[axis];
                    isInside &= where >= 0 && where < x.Sizes[axis + 2];
                    (at, step) = (at + (where * step), step * x.Sizes[axis + 2]);
                    (restPlace, restTap) = (restPlace / sizes[axis], restTap / w.Sizes[axis + 2]);
                }

                for (int c = 0; c < channels && isInside; c++)
                    sums[i] += ((long)x[(((image * x.Sizes[1]) + (group * channels) + c) * plane) + at] - zero) * ((long)w[(((output * channels) + c) * taps) + tap] - less);
            }
        }

        return sums;
    }

    private static Value End(DType type, int kind) => type == DType.Int8 ? Value.Of(kind == 1 ? sbyte.MinValue : sbyte.MaxValue) : Value.Of(kind == 1 ? byte.MaxValue : (byte)120);

    /// <summary>Any bytes, the least and the greatest often.</summary>
    private static Value Bytes(Random random, DType type, params int[] sizes)
    {
        Value value = Value.Zeros(type, sizes);
        random.NextBytes(value.Bytes);
        for (int i = 0; i < value.Count; i += 3)
            value[i] = random.Next(2) == 0 ? (type == DType.Int8 ? -128 : 0) : (type == DType.Int8 ? 127 : 255);
        return value;
    }
}
