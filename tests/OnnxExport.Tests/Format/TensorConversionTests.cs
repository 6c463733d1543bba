using Google.Protobuf;
using Toolkit.Autograd.Tensors;
using Toolkit.OnnxExport.Format;
using static Toolkit.OnnxExport.Format.TensorProto.Types;

namespace Toolkit.OnnxExport.Tests.Format;

public class TensorConversionTests
{
    public static TheoryData<DType> Types => [.. Enum.GetValues<DType>()];

    [Theory]
    [MemberData(nameof(Types))]
    public void Every_element_type_comes_back_bit_for_bit(DType type)
    {
        foreach (int[] sizes in new int[][] { [], [0], [5], [2, 0, 3], [2, 3] })
        {
            Value value = Value.Zeros(type, sizes);
            for (int i = 0; i < value.Bytes.Length; i++)
            {
                value.Bytes[i] = (byte)(type switch
                {
                    DType.Bool => i % 2,
                    DType.Int4 or DType.Int2 => (i % 4) - 2,
                    DType.UInt4 or DType.UInt2 or DType.Float4E2M1 => i % 4,
                    _ => (37 * i) + 11,
                });
            }

            if (type == DType.String)
            {
                for (int i = 0; i < value.Count; i++)
                {
                    value.Texts[i] = $"text {i}, Größe";
                }
            }

            TensorProto tensor = TensorConversion.ToProto(value, "value");
            Assert.Equal("value", tensor.Name);
            Assert.Equal(value.Sizes.ToArray().Select(s => (long)s), tensor.Dims);
            Assert.True(value.BitEquals(TensorConversion.ToValue(tensor)), $"{type} {value.Shape}");
        }
    }

    [Fact]
    public void Raw_data_are_little_endian()
    {
        TensorProto tensor = TensorConversion.ToProto(Value.Of([1L, 0x0102030405060708L], 2));
        Assert.Equal<byte>([1, 0, 0, 0, 0, 0, 0, 0, 8, 7, 6, 5, 4, 3, 2, 1], tensor.RawData.ToByteArray());
        Assert.Equal<byte>([0, 0, 128, 63], TensorConversion.ToProto(Value.Of(1f)).RawData.ToByteArray());
    }

    [Fact]
    public void Typed_fields_are_read()
    {
        Assert.Equal([1.5f, -2f], TensorConversion.ToValue(new() { DataType = (int)DataType.Float, Dims = { 2 }, FloatData = { 1.5f, -2f } }).ToArray<float>());
        Assert.Equal([1.5], TensorConversion.ToValue(new() { DataType = (int)DataType.Double, Dims = { 1 }, DoubleData = { 1.5 } }).ToArray<double>());
        Assert.Equal([7], TensorConversion.ToValue(new() { DataType = (int)DataType.Int32, Dims = { 1 }, Int32Data = { 7 } }).ToArray<int>());
        Assert.Equal([7L], TensorConversion.ToValue(new() { DataType = (int)DataType.Int64, Dims = { 1 }, Int64Data = { 7 } }).ToArray<long>());
        Assert.Equal([true, false], TensorConversion.ToValue(new() { DataType = (int)DataType.Bool, Dims = { 2 }, Int32Data = { 1, 0 } }).ToArray<bool>());
        Assert.Equal([7u], TensorConversion.ToValue(new() { DataType = (int)DataType.Uint32, Dims = { 1 }, Uint64Data = { 7 } }).ToArray<uint>());
        Assert.Equal([7ul], TensorConversion.ToValue(new() { DataType = (int)DataType.Uint64, Dims = { 1 }, Uint64Data = { 7 } }).ToArray<ulong>());
    }

    [Fact]
    public void Content_that_does_not_fit_the_shape_is_refused()
    {
        var tensor = new TensorProto { Name = "w", DataType = (int)DataType.Float, Dims = { 3 }, FloatData = { 1, 2 } };
        var failure = Assert.Throws<ShapeException>(() => TensorConversion.ToValue(tensor));
        Assert.Contains("3 numbers in the float_data", failure.Message, StringComparison.Ordinal);
        Assert.Contains("\"w\"", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData((int)DataType.Float, 3, 11, 12)]
    [InlineData((int)DataType.Float, 3, 13, 12)]
    [InlineData((int)DataType.Int64, 2, 8, 16)]
    [InlineData((int)DataType.Bool, 2, 3, 2)]
    [InlineData((int)DataType.Int4, 3, 1, 2)]
    [InlineData((int)DataType.Int4, 3, 3, 2)]
    [InlineData((int)DataType.Float, 0, 4, 0)]
    public void Raw_data_of_another_length_are_refused(int type, int count, int found, int expected)
    {
        var tensor = new TensorProto { Name = "w", DataType = type, Dims = { count }, RawData = ByteString.CopyFrom(new byte[found]) };
        Assert.Equal(
            $"Expected {expected} bytes in the tensor \"w\" of shape [{count}], found {found}.",
            Assert.Throws<ShapeException>(() => TensorConversion.ToValue(tensor)).Message);
    }

    [Fact]
    public void The_smaller_types_are_read_from_their_fields()
    {
        static Value Read(DataType type, int[] numbers, int count)
        {
            var tensor = new TensorProto { DataType = (int)type, Dims = { count } };
            tensor.Int32Data.Add(numbers);
            return TensorConversion.ToValue(tensor);
        }

        Assert.Equal([200, 7], Read(DataType.Uint8, [200, 7], 2).ToArray<byte>());
        Assert.Equal([-3, 7], Read(DataType.Int8, [-3, 7], 2).ToArray<sbyte>());
        Assert.Equal([65000, 7], Read(DataType.Uint16, [65000, 7], 2).ToArray<ushort>());
        Assert.Equal([-3000, 7], Read(DataType.Int16, [-3000, 7], 2).ToArray<short>());
        Assert.Equal([(Half)1.5f, (Half)(-2f)], Read(DataType.Float16, [0x3E00, 0xC000], 2).ToArray<Half>());
        Assert.Equal([(BFloat16)1.5f, (BFloat16)(-2f)], Read(DataType.Bfloat16, [0x3FC0, 0xC000], 2).ToArray<BFloat16>());
        Assert.Equal([-1, 7, -8], Read(DataType.Int4, [0x7F, 0x08], 3).ToArray<sbyte>());
        Assert.Equal([15, 7, 8], Read(DataType.Uint4, [0x7F, 0x08], 3).ToArray<byte>());
        Assert.Equal([-1, 1, 0, -2, 1], Read(DataType.Int2, [0x87, 0x01], 5).ToArray<sbyte>());
        var complex = new TensorProto { DataType = (int)DataType.Complex64, Dims = { 1 }, FloatData = { 1, -2 } };
        Assert.Equal([new Complex64(1, -2)], TensorConversion.ToValue(complex).ToArray<Complex64>());
    }

    [Fact]
    public void Elements_of_less_than_a_byte_stand_side_by_side()
    {
        Assert.Equal<byte>([0x7F, 0x08], TensorConversion.ToProto(Small(DType.Int4, -1, 7, -8)).RawData.ToByteArray());
        Assert.Equal<byte>([0x87, 0x01], TensorConversion.ToProto(Small(DType.Int2, -1, 1, 0, -2, 1)).RawData.ToByteArray());
    }

    private static Value Small(DType type, params sbyte[] elements)
    {
        Value value = Value.Zeros(type, elements.Length);
        elements.CopyTo(value.Span<sbyte>());
        return value;
    }

    [Fact]
    public void Truth_values_of_a_file_are_0_or_1()
    {
        var raw = new TensorProto { DataType = (int)DataType.Bool, Dims = { 4 }, RawData = Google.Protobuf.ByteString.CopyFrom(0, 1, 2, 255) };
        Assert.Equal<byte>([0, 1, 1, 1], TensorConversion.ToValue(raw).Bytes.ToArray());
        var field = new TensorProto { DataType = (int)DataType.Bool, Dims = { 3 }, Int32Data = { 0, 256, -1 } };
        Assert.Equal<byte>([0, 1, 1], TensorConversion.ToValue(field).Bytes.ToArray());
    }

    [Fact]
    public void The_table_of_the_engine_is_that_of_the_format()
    {
        Assert.Equal(
            Enum.GetValues<DataType>().Where(type => type != DataType.Undefined).Select(type => ((int)type, type.ToString())),
            ElementType.All.Select(row => (row.Code, Enum.Parse<DataType>(row.Name, ignoreCase: true).ToString())));
        DTypeException failure = Assert.Throws<DTypeException>(() => TensorConversion.ToDType(27));
        Assert.Contains("27", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_tensor_of_the_shared_models_that_the_engine_can_hold_comes_back()
    {
        int count = 0;
        foreach (string path in SharedFiles.Models())
        {
            ModelProto model = ModelProto.Parser.ParseFrom(File.ReadAllBytes(path));
            foreach (TensorProto tensor in model.Graph.Initializer.Where(IsHeld))
            {
                Value value = TensorConversion.ToValue(tensor);
                Assert.True(value.BitEquals(TensorConversion.ToValue(TensorConversion.ToProto(value))), path);
                count++;
            }
        }

        Assert.True(count > 50, $"{count} tensors");

        static bool IsHeld(TensorProto tensor) => tensor.DataLocation == DataLocation.Default;
    }
}
