using Toolkit.Autograd.Kernels;

namespace Toolkit.Autograd.Tests.Kernels;

/// <summary>Pooling by rows and then by columns against plain loops, to the bit: several bands, padding, strides, dilations, windows of ceil mode, NaN and both zeros.</summary>
public sealed class SeparablePoolingTests
{
    public static TheoryData<int, int, int, int, int, int, int> Sizes => new()
    {
        // height, width, kernel, stride, dilation, padding, what ceil mode adds to the output
        { 20, 20, 5, 1, 1, 2, 0 },
        { 13, 16, 3, 1, 1, 1, 0 },
        { 9, 17, 3, 2, 1, 1, 1 },
        { 8, 33, 2, 2, 1, 0, 1 },
        { 31, 40, 3, 2, 2, 2, 0 },
        { 11, 9, 4, 1, 2, 3, 0 },
        { 5, 6, 5, 1, 1, 4, 0 },
        { 4, 70, 9, 1, 1, 8, 0 },
        { 300, 101, 3, 1, 1, 1, 0 },
        { 401, 90, 3, 2, 1, 0, 1 },
        { 260, 140, 5, 2, 3, 6, 0 },
        { 6, 24, 3, 3, 1, 1, 0 },
    };

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Maxima_are_the_first_of_the_greatest(int height, int width, int kernel, int stride, int dilation, int padding, int more)
    {
        PoolingShape shape = Of(height, width, kernel, stride, dilation, padding, more);
        float[] x = Numbers.Random<float>(shape.Planes * shape.InPlane, 7);
        for (int i = 0; i < x.Length; i++)
            x[i] = i % 3 == 0 ? (i % 2 == 0 ? 0f : -0f) : i < shape.InPlane ? -Math.Abs(x[i]) : x[i];

        // One plane has a NaN, one infinities of both signs.
        x[shape.InPlane + (shape.InPlane / 2)] = float.NaN;
        (x[2 * shape.InPlane], x[^1], x[^2]) = (float.NegativeInfinity, float.PositiveInfinity, float.NegativeInfinity);
        Check(shape, x, float.NegativeInfinity, (y, workers) => MaxPooling.Forward<float>(shape, x, y, default, workers), (rows, _) =>
        {
            float maximum = float.NegativeInfinity;
            foreach (float value in rows.SelectMany(row => row))
                maximum = value > maximum || (float.IsNaN(value) && !float.IsNaN(maximum)) ? value : maximum;
            return maximum;
        });
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Means_are_those_of_sums_of_rows(int height, int width, int kernel, int stride, int dilation, int padding, int more)
    {
        PoolingShape shape = Of(height, width, kernel, stride, dilation, padding, more);
        float[] x = Numbers.Random<float>(shape.Planes * shape.InPlane, 8);
        (x[0], x[shape.InPlane], x[^1]) = (-0f, float.NaN, float.PositiveInfinity);
        foreach (bool includePad in (bool[])[false, true])
        {
            Check(shape, x, 0, (y, workers) => AveragePooling.Forward<float>(shape, includePad, x, y, workers), (rows, padded) =>
            {
                float sum = 0;
                foreach (List<float> row in rows)
                {
                    float part = 0;
                    foreach (float value in row)
                        part += value;
                    sum += part;
                }

                return sum / (includePad ? padded : rows.Sum(row => row.Count));
            });
        }
    }

    private static PoolingShape Of(int height, int width, int kernel, int stride, int dilation, int padding, int more) => new()
    {
        Planes = 3,
        InHeight = height,
        InWidth = width,
        OutHeight = ((height + (2 * padding) - (dilation * (kernel - 1)) - 1) / stride) + 1 + more,
        OutWidth = ((width + (2 * padding) - (dilation * (kernel - 1)) - 1) / stride) + 1 + more,
        KernelHeight = kernel,
        KernelWidth = kernel,
        StrideHeight = stride,
        StrideWidth = stride,
        PadTop = padding,
        PadBottom = padding,
        PadLeft = padding,
        PadRight = padding,
        DilationHeight = dilation,
        DilationWidth = dilation,
    };

    /// <summary>Compares with a function of the rows of a window that lie inside and of the number of its places in the padded image.</summary>
    private static void Check(PoolingShape s, float[] x, float none, Action<float[], Workers> run, Func<List<List<float>>, int, float> expected)
    {
        float[] want = new float[s.Planes * s.OutPlane];
        for (int at = 0; at < want.Length; at++)
        {
            (int plane, int window) = Math.DivRem(at, s.OutPlane);
            (int oy, int ox) = Math.DivRem(window, s.OutWidth);
            List<List<float>> rows = [];
            int padded = 0;
            for (int ky = 0; ky < s.KernelHeight; ky++)
            {
                int iy = (oy * s.StrideHeight) + (ky * s.DilationHeight) - s.PadTop;
                List<float> row = [];
                for (int kx = 0; kx < s.KernelWidth; kx++)
                {
                    int ix = (ox * s.StrideWidth) + (kx * s.DilationWidth) - s.PadLeft;
                    if (iy >= 0 && iy < s.InHeight && ix >= 0 && ix < s.InWidth)
                        row.Add(x[(((plane * s.InHeight) + iy) * s.InWidth) + ix]);
                    padded += iy < s.InHeight + s.PadBottom && ix < s.InWidth + s.PadRight ? 1 : 0;
                }

                rows.Add(row);
            }

            want[at] = rows.Exists(row => row.Count > 0) ? expected(rows, padded) : none;
        }

        foreach (int threads in new[] { 1, 3 })
        {
            using Workers workers = new(threads);
            float[] y = new float[want.Length];
            run(y, workers);
            Assert.Equal(want.Select(Bits), y.Select(Bits));
        }
    }

    // NaN have many patterns.
    private static int Bits(float value) => BitConverter.SingleToInt32Bits(float.IsNaN(value) ? float.NaN : value);
}
