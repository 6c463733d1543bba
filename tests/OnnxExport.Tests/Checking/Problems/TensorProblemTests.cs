using Google.Protobuf;
using Toolkit.OnnxExport.Format;
using static Toolkit.OnnxExport.Format.TensorProto.Types;
using static Toolkit.OnnxExport.Tests.Checking.Problems.WholeProblems;

namespace Toolkit.OnnxExport.Tests.Checking.Problems;

public sealed class TensorProblemTests
{
    /// <summary>The initializer w: four floats in raw_data.</summary>
    [Fact]
    public void Raw_content_fits_type_and_shape()
    {
        Raw(t => t.ClearDataType(), "Expected an element type of the format, found 0.");
        Raw(t => t.DataType = 77, "Expected an element type of the format, found 77.");
        Raw(t => t.RawData = ByteString.CopyFrom(new byte[15]), "Expected 16 entries of raw_data for 4 elements of type Float, found 15.");
        Raw(t => t.RawData = ByteString.CopyFrom(new byte[20]), "Expected 16 entries of raw_data for 4 elements of type Float, found 20.");
        Raw(t => t.ClearRawData(), "Expected 4 elements of type Float, found no content.");
        Raw(t => t.Dims[0] = 0, "Expected no content of a tensor without elements, found raw_data.");
        Raw(t => t.DataType = (int)DataType.String, "Expected elements of type String in string_data, found raw_data.");
        Raw(t => t.FloatData.Add(1), "Expected the content in one field, found raw_data and float_data.");
        Raw(
            t =>
            {
                t.RawData = ByteString.CopyFrom(1);
                t.Int64Data.Add(1);
            },
            "Expected the content in one field, found raw_data and int64_data.");

        static void Raw(Action<TensorProto> change, string problem) => Expect(m => change(m.Graph.Initializer[0]), $"Error (Tensor) at main/w: {problem}");
    }

    /// <summary>The initializer scale: a number in float_data.</summary>
    [Fact]
    public void Content_in_a_field_fits_type_and_shape()
    {
        Listed(t => t.DataType = (int)DataType.Int64, "Expected elements of type Int64 in int64_data or raw_data, found float_data.");
        Listed(t => t.DataType = (int)DataType.String, "Expected elements of type String in string_data, found float_data.");
        Listed(t => t.FloatData.Add(1), "Expected 1 entries of float_data for 1 elements of type Float, found 2.");

        static void Listed(Action<TensorProto> change, string problem) => Expect(m => change(m.Graph.Initializer[1]), $"Error (Tensor) at main/scale: {problem}");
    }

    [Fact]
    public void A_tensor_without_elements_has_no_content()
    {
        Sizes([0]);
        Sizes([0, 3]);
        Sizes([0, 0]);
        Sizes([0, long.MaxValue, long.MaxValue]);
        Sizes([1L << 59, 0]);
        Sizes([1L << 59, 0, 0]);
    }

    [Fact]
    public void Elements_are_fewer_than_two_to_the_59()
    {
        Sizes([], "Expected 1 elements of type Float, found no content.");
        Sizes([(1L << 59) - 1], "Expected 576460752303423487 elements of type Float, found no content.");
        Sizes([1L << 40, 1L << 10], "Expected 1125899906842624 elements of type Float, found no content.");
        foreach (long[] dims in (long[][])[[-2, 2], [0, -1], [1L << 59], [1L << 59, 1], [(1L << 59) + 2], [1L << 31, 1L << 31], [2, 2, long.MaxValue, 3]])
            Sizes(dims, $"Expected dimensions of at least 0 with a product below 2^59, found [{string.Join(", ", dims)}].");
    }

    private static void Sizes(long[] dims, params string[] problems) => Expect(
        m => m.Graph.Initializer.Add(new TensorProto { Name = "t", DataType = (int)DataType.Float, Dims = { dims } }),
        [.. problems.Select(problem => $"Error (Tensor) at main/t: {problem}")]);
}
