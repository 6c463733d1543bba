using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Tensors;
using Toolkit.OnnxExport.Format;
using Toolkit.OnnxExport.Import;
using static Toolkit.OnnxExport.Format.TensorProto.Types;

namespace Toolkit.OnnxExport.Tests.Import;

/// <summary>What the attributes of quantized nodes say.</summary>
public sealed class QuantizedNodeTests
{
    /// <summary>The axis counted from the end, and the type of the zero point as that of the result.</summary>
    [Fact]
    public void A_scale_for_each_column_gives_the_type_of_its_zero_point()
    {
        OneNode node = new OneNode("QuantizeLinear", 13).Of([-3f, 10, 40, 5, -500, 7], 1, 2, 3)
            .Constant(Value.Of([1f, 2, 5], 3)).Constant(Value.Of((sbyte[])[0, 3, -1], 3)).With("axis", -1).Gives(DataType.Int8);
        Assert.Equal([-3, 8, 7, 5, -128, 0], Run(node).ToArray<sbyte>());
    }

    /// <summary>1000 is above 448, the greatest number of the type.</summary>
    [Theory]
    [InlineData(1, 448)]
    [InlineData(0, double.NaN)]
    public void A_small_type_saturates_unless_the_node_says_otherwise(long saturate, double expected)
    {
        OneNode node = new OneNode("QuantizeLinear", 19).Of([1000f, 2], 2)
            .Constant(Value.Of(1f)).Constant(Value.Zeros(DType.Float8E4M3FN)).With("saturate", saturate).Gives(DataType.Float8E4M3Fn);
        Value found = Run(node);
        Assert.Equal([expected, 2], [found[0], found[1]]);
    }

    private static Value Run(OneNode node) => Function.Compile(OnnxModel.Load(node.Bytes(node.Arguments)).Signature).Run(node.Arguments)[0];
}
