using Google.Protobuf;
using Toolkit.Autograd.Tensors;
using static Toolkit.OnnxExport.Format.TensorProto.Types;

namespace Toolkit.OnnxExport.Format;

/// <summary>Converts values of the engine to tensors of the format and back.</summary>
internal static class TensorConversion
{
    /// <summary>The element type of the format that corresponds to one of the engine.</summary>
    /// <param name="type">The element type of the engine.</param>
    public static DataType ToDataType(this DType type) => (DataType)ElementType.Of(type).Code;

    /// <summary>The element type of the engine that corresponds to one of the format.</summary>
    /// <param name="type">The element type in a file.</param>
    /// <exception cref="DTypeException">The standard has no such type.</exception>
    public static DType ToDType(int type) => DTypes.OfOnnx(type);

    /// <summary>A tensor with its content as little-endian <c>raw_data</c>, or as <c>string_data</c>.</summary>
    /// <param name="value">The numbers; copied, unless they are shared.</param>
    /// <param name="name">The name of the tensor; none if empty.</param>
    /// <param name="shares">Whether the tensor has the memory of the value: for one that is written before anything changes it.</param>
    public static TensorProto ToProto(Value value, string name = "", bool shares = false)
    {
        var tensor = new TensorProto { DataType = (int)value.DType.ToDataType() };
        foreach (int size in value.Sizes)
        {
            tensor.Dims.Add(size);
        }

        if (name.Length > 0)
        {
            tensor.Name = name;
        }

        if (value.DType == DType.String)
        {
            // Texts have no form as raw bytes.
            foreach (string text in value.Texts)
            {
                tensor.StringData.Add(ByteString.CopyFromUtf8(text));
            }
        }
        else if (value.Count > 0)
        {
            tensor.RawData = UnsafeByteOperations.UnsafeWrap(shares ? RawBytes.Shared(value) : RawBytes.Of(value));
        }

        return tensor;
    }

    /// <summary>The numbers of a tensor whose content is in the file itself, in whichever field.</summary>
    /// <param name="tensor">The tensor; valid as <see cref="Checking.ModelCheck"/> has it.</param>
    /// <exception cref="DTypeException">The standard has no such element type.</exception>
    /// <exception cref="ShapeException">The content does not have as many elements as the shape.</exception>
    public static Value ToValue(TensorProto tensor)
    {
        Value value = Zeros(tensor);
        if (value.DType == DType.String)
        {
            Require(tensor.StringData.Count == value.Count, tensor, $"{value.Count} texts", $"{tensor.StringData.Count}");
            tensor.StringData.Select(text => text.ToStringUtf8()).ToArray().CopyTo(value.Texts);
        }
        else if (tensor.RawData.Length > 0 || value.Count == 0)
        {
            long expected = ElementTypes.ByteCount((DataType)tensor.DataType, value.Count);
            Require(tensor.RawData.Length == expected, tensor, $"{expected} bytes", $"{tensor.RawData.Length}");
            RawBytes.Read(tensor.RawData.Span, value);
        }
        else
        {
            FieldReader.Read(tensor, value);
        }

        return value;
    }

    /// <summary>A value of the type and the sizes of a tensor.</summary>
    /// <param name="tensor">The tensor.</param>
    /// <exception cref="DTypeException">The standard has no such element type.</exception>
    /// <exception cref="ShapeException">No value has such sizes.</exception>
    public static Value Zeros(TensorProto tensor)
    {
        DType type = ToDType(tensor.DataType);
        if (tensor.Dims.Any(d => d is < 0 or > int.MaxValue))
        {
            throw new ShapeException(
                $"Expected sizes from 0 to {int.MaxValue} of the tensor \"{Excerpt.Of(tensor.Name)}\", found [{Excerpt.Of(string.Join(", ", tensor.Dims))}].");
        }

        return Value.Zeros(type, [.. tensor.Dims.Select(d => (int)d)]);
    }

    private static void Require(bool condition, TensorProto tensor, string expected, string found)
    {
        if (!condition)
        {
            throw new ShapeException(
                $"Expected {expected} in the tensor \"{Excerpt.Of(tensor.Name)}\" of shape [{string.Join(", ", tensor.Dims)}], found {found}.");
        }
    }
}
