using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Tensors;
using Toolkit.OnnxExport.Import;

namespace Toolkit.OnnxExport.Tests.Import;

public class GroupNormalizationTests
{
    [Fact]
    public void Version_18_has_a_scale_and_a_bias_for_each_group()
    {
        float[] x = [.. Enumerable.Range(0, 2 * 6 * 3).Select(i => (float)Math.Sin(i * i))], scale = [2, -0.5f], bias = [0.25f, 3];
        OneNode node = new OneNode("GroupNormalization", 18).Of(x, 2, 6, 3).Constant(Value.Of(scale, 2)).Constant(Value.Of(bias, 2)).With("num_groups", 2).With("epsilon", 0.125f);
        float[] y = Function.Compile(OnnxModel.Load(node.Bytes([Value.Zeros(DType.Float32, 2, 6, 3)])).Signature).Run(node.Arguments)[0].Span<float>().ToArray();

        // Three channels of three places, one after the other, are a group.
        float[] expected = [.. x.Chunk(9).SelectMany((group, i) => group.Select(v =>
            (float)(((v - group.Average()) / Math.Sqrt(group.Average(each => Math.Pow(each - group.Average(), 2)) + 0.125) * scale[i % 2]) + bias[i % 2])))];
        for (int i = 0; i < y.Length; i++)
            Assert.Equal(expected[i], y[i], 1e-5);
    }

    [Fact]
    public void Version_18_names_numbers_that_do_not_fit_the_groups()
    {
        OneNode node = new OneNode("GroupNormalization", 18).Of(new float[24], 2, 4, 3).Constant(Value.Zeros(DType.Float32, 4)).Constant(Value.Zeros(DType.Float32, 4)).With("num_groups", 2);
        Assert.Contains("numbers [2], found [2, 4, 3] and [4]", Assert.Throws<ImportException>(() => OnnxModel.Load(node.Bytes([Value.Zeros(DType.Float32, 2, 4, 3)]))).Message);
    }
}
