using Toolkit.OnnxExport.Format;
using static Toolkit.OnnxExport.Format.TensorProto.Types;

namespace Toolkit.OnnxExport.Tests.Format;

public class ElementTypesTests
{
    /// <summary>What the comments of onnx.proto say of each type: bits of an element, bytes of five in raw_data, and the length of the field of five.</summary>
    [Theory]
    [InlineData(nameof(DataType.Int2), 2, 2, "int32_data", 2)]
    [InlineData(nameof(DataType.Uint2), 2, 2, "int32_data", 2)]
    [InlineData(nameof(DataType.Int4), 4, 3, "int32_data", 3)]
    [InlineData(nameof(DataType.Uint4), 4, 3, "int32_data", 3)]
    [InlineData(nameof(DataType.Float4E2M1), 4, 3, "int32_data", 3)]
    [InlineData(nameof(DataType.Float8E4M3Fn), 8, 5, "int32_data", 5)]
    [InlineData(nameof(DataType.Float8E8M0), 8, 5, "int32_data", 5)]
    [InlineData(nameof(DataType.Bool), 8, 5, "int32_data", 5)]
    [InlineData(nameof(DataType.Int8), 8, 5, "int32_data", 5)]
    [InlineData(nameof(DataType.Uint16), 16, 10, "int32_data", 5)]
    [InlineData(nameof(DataType.Float16), 16, 10, "int32_data", 5)]
    [InlineData(nameof(DataType.Bfloat16), 16, 10, "int32_data", 5)]
    [InlineData(nameof(DataType.Int32), 32, 20, "int32_data", 5)]
    [InlineData(nameof(DataType.Uint32), 32, 20, "uint64_data", 5)]
    [InlineData(nameof(DataType.Float), 32, 20, "float_data", 5)]
    [InlineData(nameof(DataType.Int64), 64, 40, "int64_data", 5)]
    [InlineData(nameof(DataType.Uint64), 64, 40, "uint64_data", 5)]
    [InlineData(nameof(DataType.Double), 64, 40, "double_data", 5)]
    [InlineData(nameof(DataType.Complex64), 64, 40, "float_data", 10)]
    [InlineData(nameof(DataType.Complex128), 128, 80, "double_data", 10)]
    public void A_type_takes_the_bytes_and_the_field_of_the_standard(string name, int bits, long bytes, string field, long length)
    {
        DataType type = Enum.Parse<DataType>(name);
        Assert.True(ElementTypes.IsKnown((int)type));
        Assert.Equal(bits, ElementTypes.Bits(type));
        Assert.Equal(bytes, ElementTypes.ByteCount(type, 5));
        Assert.Equal(field, ElementTypes.FieldOf(type));
        Assert.Equal(length, ElementTypes.FieldLength(type, 5));
        Assert.Equal(bits, ElementTypes.ByteCount(type, 8));
        Assert.Equal(0, ElementTypes.ByteCount(type, 0));
    }

    [Fact]
    public void Texts_have_no_width_and_other_numbers_are_no_type()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => ElementTypes.Bits(DataType.String));
        Assert.True(ElementTypes.IsKnown((int)DataType.String));
        Assert.Equal("string_data", ElementTypes.FieldOf(DataType.String));
        Assert.False(ElementTypes.IsKnown(0));
        Assert.False(ElementTypes.IsKnown(-1));
        Assert.False(ElementTypes.IsKnown((int)DataType.Int2 + 1));
        Assert.Throws<OverflowException>(() => ElementTypes.ByteCount(DataType.Double, long.MaxValue / 4));
    }
}
