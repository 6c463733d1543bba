using System.Buffers.Binary;
using Toolkit.OnnxExport.Format;
using static Toolkit.OnnxExport.Format.TensorProto.Types;

namespace Toolkit.OnnxExport.Checking;

/// <summary>The rules for a sparse tensor.</summary>
internal static class SparseTensorRules
{
    public static void Check(SparseTensorProto tensor, CheckContext context, string location)
    {
        if (tensor.Values is null || tensor.Indices is null)
        {
            context.Error(CheckRule.SparseTensor, location, "Expected values and indices of a sparse tensor, found one of them missing.");
            return;
        }

        long before = context.Problems.Count;
        TensorRules.Check(tensor.Values, context, location);
        TensorRules.Check(tensor.Indices, context, location);
        if (context.Problems.Count > before)
        {
            return;
        }

        if (tensor.Values.Dims.Count != 1)
        {
            context.Error(
                CheckRule.SparseTensor,
                location,
                $"Expected values as a vector, found the shape [{string.Join(", ", tensor.Values.Dims)}].");
            return;
        }

        if (tensor.Dims.Count == 0 || tensor.Dims.Any(d => d <= 0) || !TensorRules.TryCount(tensor.Dims, out long size))
        {
            context.Error(CheckRule.SparseTensor, location, $"Expected dimensions above 0 with a product below 2^59, found [{string.Join(", ", tensor.Dims)}].");
            return;
        }

        if (tensor.Indices.DataType != (int)DataType.Int64)
        {
            context.Error(CheckRule.SparseTensor, location, $"Expected indices of type Int64, found {(DataType)tensor.Indices.DataType}.");
            return;
        }

        long count = tensor.Values.Dims[0];
        bool isFlat = tensor.Indices.Dims.Count == 1 && tensor.Indices.Dims[0] == count;
        bool isTuple = tensor.Indices.Dims.Count == 2 && tensor.Indices.Dims[0] == count && tensor.Indices.Dims[1] == tensor.Dims.Count;
        if (!isFlat && !isTuple)
        {
            context.Error(
                CheckRule.SparseTensor,
                location,
                $"Expected indices of shape [{count}] or [{count}, {tensor.Dims.Count}], found [{string.Join(", ", tensor.Indices.Dims)}].");
            return;
        }

        if (tensor.Indices.DataLocation != DataLocation.External)
        {
            CheckIndices(tensor, size, isFlat, context, location);
        }
    }

    private static void CheckIndices(SparseTensorProto tensor, long size, bool isFlat, CheckContext context, string location)
    {
        long[] indices = Integers(tensor.Indices);
        int rank = isFlat ? 1 : tensor.Dims.Count;
        long previous = -1;
        for (int i = 0; i < indices.Length; i += rank)
        {
            long flat = 0;
            for (int axis = 0; axis < rank; axis++)
            {
                long bound = isFlat ? size : tensor.Dims[axis];
                long index = indices[i + axis];
                if (index < 0 || index >= bound)
                {
                    context.Error(CheckRule.SparseTensor, location, $"Expected indices from 0 to {bound - 1}, found {index}.");
                    return;
                }

                flat = (flat * bound) + index;
            }

            if (flat <= previous)
            {
                context.Error(CheckRule.SparseTensor, location, $"Expected ascending indices, found element {i / rank} out of order.");
                return;
            }

            previous = flat;
        }
    }

    private static long[] Integers(TensorProto tensor)
    {
        if (tensor.Int64Data.Count > 0)
        {
            return [.. tensor.Int64Data];
        }

        ReadOnlySpan<byte> bytes = tensor.RawData.Span;
        var numbers = new long[bytes.Length / sizeof(long)];
        for (int i = 0; i < numbers.Length; i++)
        {
            numbers[i] = BinaryPrimitives.ReadInt64LittleEndian(bytes[(i * sizeof(long))..]);
        }

        return numbers;
    }
}
