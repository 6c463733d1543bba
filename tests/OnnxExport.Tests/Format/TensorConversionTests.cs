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
                value.Bytes[i] = (byte)(type == DType.Bool ? i % 2 : (37 * i) + 11);
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
        Assert.Contains("12", failure.Message, StringComparison.Ordinal);
        Assert.Contains("\"w\"", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_type_that_the_engine_lacks_is_named()
    {
        var failure = Assert.Throws<DTypeException>(() => TensorConversion.ToDType((int)DataType.Float16));
        Assert.Contains("Float16", failure.Message, StringComparison.Ordinal);
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

        static bool IsHeld(TensorProto tensor) => tensor.DataLocation == DataLocation.Default
            && (DataType)tensor.DataType is DataType.Float or DataType.Double or DataType.Int32 or DataType.Int64 or DataType.Bool;
    }
}
