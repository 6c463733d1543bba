using Toolkit.OnnxExport.Format;
using static Toolkit.OnnxExport.Format.TensorProto.Types;

namespace Toolkit.OnnxExport.Checking;

/// <summary>The rules for a tensor: its type, and its content in one field that fits.</summary>
internal static class TensorRules
{
    private const string Raw = "raw_data";
    private const long MostElements = (1L << 59) - 1;

    public static void Check(TensorProto tensor, CheckContext context, string location)
    {
        if (!ElementTypes.IsKnown(tensor.DataType))
        {
            context.Error(CheckRule.Tensor, location, $"Expected an element type of the format, found {tensor.DataType}.");
            return;
        }

        if (!TryCount(tensor.Dims, out long count))
        {
            context.Error(
                CheckRule.Tensor,
                location,
                $"Expected dimensions of at least 0 with a product below 2^59, found [{string.Join(", ", tensor.Dims)}].");
            return;
        }

        var type = (DataType)tensor.DataType;
        (string Field, long Length)[] fields = [.. Fields(tensor)];
        if (tensor.DataLocation == DataLocation.External)
        {
            if (fields.Length > 0)
            {
                context.Error(
                    CheckRule.Tensor,
                    location,
                    $"Expected the content in an external file alone, found {fields[0].Field} as well.");
            }

            ExternalDataRules.Check(tensor, type, count, context, location);
            return;
        }

        CheckFields(type, count, fields, context, location);
    }

    /// <summary>The number of elements; false if a dimension is negative or there are 2^59 or more, whose bytes would not be a 64-bit number.</summary>
    public static bool TryCount(IEnumerable<long> dims, out long count)
    {
        count = 1;
        bool overflows = false;
        bool empty = false;
        foreach (long dim in dims)
        {
            if (dim < 0)
            {
                return false;
            }

            empty |= dim == 0;
            overflows |= dim != 0 && count > MostElements / dim;
            count = unchecked(count * dim);
        }

        return empty || !overflows;
    }

    private static void CheckFields(DataType type, long count, (string Field, long Length)[] fields, CheckContext context, string location)
    {
        if (fields.Length > 1)
        {
            context.Error(
                CheckRule.Tensor,
                location,
                $"Expected the content in one field, found {string.Join(" and ", fields.Select(f => f.Field))}.");
            return;
        }

        if (fields.Length == 0)
        {
            if (count > 0)
            {
                context.Error(CheckRule.Tensor, location, $"Expected {count} elements of type {type}, found no content.");
            }

            return;
        }

        (string field, long length) = fields[0];
        if (count == 0)
        {
            context.Error(CheckRule.Tensor, location, $"Expected no content of a tensor without elements, found {field}.");
        }
        else if (field == Raw ? type == DataType.String : field != ElementTypes.FieldOf(type))
        {
            context.Error(
                CheckRule.Tensor,
                location,
                $"Expected elements of type {type} in {ElementTypes.FieldOf(type)}{(type == DataType.String ? "" : " or raw_data")}, found {field}.");
        }
        else
        {
            long expected = field == Raw ? ElementTypes.ByteCount(type, count) : ElementTypes.FieldLength(type, count);
            if (length != expected)
            {
                context.Error(
                    CheckRule.Tensor,
                    location,
                    $"Expected {expected} entries of {field} for {count} elements of type {type}, found {length}.");
            }
        }
    }

    private static IEnumerable<(string Field, long Length)> Fields(TensorProto tensor)
    {
        (string Field, long Length)[] fields =
        [
            (Raw, tensor.RawData.Length),
            ("float_data", tensor.FloatData.Count),
            ("int32_data", tensor.Int32Data.Count),
            ("string_data", tensor.StringData.Count),
            ("int64_data", tensor.Int64Data.Count),
            ("double_data", tensor.DoubleData.Count),
            ("uint64_data", tensor.Uint64Data.Count),
        ];
        return fields.Where(f => f.Length > 0);
    }
}
