using System.Runtime.InteropServices;
using Google.Protobuf;
using Toolkit.OnnxExport.Format;
using static Toolkit.OnnxExport.Format.TensorProto.Types;
using static Toolkit.OnnxExport.Tests.Checking.GoodModel;
using static Toolkit.OnnxExport.Tests.Checking.Problems.WholeProblems;

namespace Toolkit.OnnxExport.Tests.Checking.Problems;

/// <summary>The sparse initializer s: two values at 1 and 4 of three rows of two.</summary>
public sealed class SparseTensorProblemTests
{
    [Fact]
    public void Values_and_indices_are_tensors()
    {
        Sparse(s => s.Indices = null, "Error (SparseTensor) at main/s: Expected values and indices of a sparse tensor, found one of them missing.");
        Sparse(s => s.Values.FloatData.Add(3), "Error (Tensor) at main/s: Expected 2 entries of float_data for 2 elements of type Float, found 3.");
        Sparse(s => s.Values.Dims[0] = 3, "Error (Tensor) at main/s: Expected 3 entries of float_data for 3 elements of type Float, found 2.");
        Sparse(s => s.Indices.Int64Data.Add(5), "Error (Tensor) at main/s: Expected 2 entries of int64_data for 2 elements of type Int64, found 3.");
    }

    [Fact]
    public void Shapes_fit()
    {
        Sparse(s => s.Values.Dims.Clear(), "Error (Tensor) at main/s: Expected 1 entries of float_data for 1 elements of type Float, found 2.");
        Sparse(s => s.Values = new TensorProto { Name = "s", DataType = (int)DataType.Float, FloatData = { 1 } }, "Error (SparseTensor) at main/s: Expected values as a vector, found the shape [].");
        Sparse(s => s.Values.Dims.Add(1), "Error (SparseTensor) at main/s: Expected values as a vector, found the shape [2, 1].");
        Sparse(s => s.Dims.Clear(), "Error (SparseTensor) at main/s: Expected dimensions above 0 with a product below 2^59, found [].");
        Sparse(s => s.Dims[0] = 0, "Error (SparseTensor) at main/s: Expected dimensions above 0 with a product below 2^59, found [0, 2].");
        Sparse(s => s.Dims[1] = -1, "Error (SparseTensor) at main/s: Expected dimensions above 0 with a product below 2^59, found [3, -1].");
        Sparse(s => s.Dims[0] = 1L << 58, "Error (SparseTensor) at main/s: Expected dimensions above 0 with a product below 2^59, found [288230376151711744, 2].");
        Sparse(s => s.Indices = Floats("", 1, 4), "Error (SparseTensor) at main/s: Expected indices of type Int64, found Float.");
        Sparse(s => s.Indices = Integers([1], 1), "Error (SparseTensor) at main/s: Expected indices of shape [2] or [2, 2], found [1].");
        Sparse(s => s.Indices = Integers([2, 1], 1, 4), "Error (SparseTensor) at main/s: Expected indices of shape [2] or [2, 2], found [2, 1].");
        Sparse(s => s.Indices = Integers([1, 2], 1, 4), "Error (SparseTensor) at main/s: Expected indices of shape [2] or [2, 2], found [1, 2].");
    }

    [Fact]
    public void Flat_indices_ascend_within_the_tensor()
    {
        Flat([0, 5]);
        Flat([1, 6], "Expected indices from 0 to 5, found 6.");
        Flat([-1, 4], "Expected indices from 0 to 5, found -1.");
        Flat([1, 1], "Expected ascending indices, found element 1 out of order.");
        Flat([0, 2, 1, 0], "Expected ascending indices, found element 2 out of order.");
        Flat([]);
    }

    [Fact]
    public void Indices_in_rows_ascend_within_their_axes()
    {
        Rows([0, 1, 2, 0]);
        Rows([0, 1, 2, 2], "Expected indices from 0 to 1, found 2.");
        Rows([0, 1, 3, 0], "Expected indices from 0 to 2, found 3.");
        Rows([2, 0, 0, 1], "Expected ascending indices, found element 1 out of order.");

        static void Rows(long[] indices, params string[] problems) =>
            Sparse(s => s.Indices = Integers([2, 2], indices), [.. problems.Select(problem => $"Error (SparseTensor) at main/s: {problem}")]);
    }

    /// <summary>What is in another file is not read.</summary>
    [Fact]
    public void Indices_in_another_file_are_left_alone() => Sparse(s => s.Indices = new TensorProto
    {
        DataType = (int)DataType.Int64,
        Dims = { 2 },
        DataLocation = DataLocation.External,
        ExternalData = { Entry("location", "indices.bin") },
    });

    /// <summary>As many values as indices, which stand in their field or as raw bytes.</summary>
    private static void Flat(long[] indices, params string[] problems)
    {
        string[] expected = [.. problems.Select(problem => $"Error (SparseTensor) at main/s: {problem}")];
        Sparse(s => (s.Values, s.Indices) = (Floats("s", new float[indices.Length]), Integers([indices.Length], indices)), expected);
        Sparse(s => (s.Values, s.Indices) = (Floats("s", new float[indices.Length]), Raw()), expected);

        TensorProto Raw() => new()
        {
            DataType = (int)DataType.Int64,
            Dims = { indices.Length },
            RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes<long>(indices)),
        };
    }

    private static TensorProto Integers(long[] dims, params long[] values) => new() { DataType = (int)DataType.Int64, Dims = { dims }, Int64Data = { values } };

    private static void Sparse(Action<SparseTensorProto> change, params string[] problems) => Expect(m => change(m.Graph.SparseInitializer[0]), problems);
}
