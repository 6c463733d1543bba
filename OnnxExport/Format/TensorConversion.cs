using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Google.Protobuf;
using Toolkit.Autograd.Tensors;
using static Toolkit.OnnxExport.Format.TensorProto.Types;

namespace Toolkit.OnnxExport.Format;

/// <summary>Converts values of the engine to tensors of the format and back.</summary>
internal static class TensorConversion
{
    /// <summary>The element type of the format that corresponds to one of the engine.</summary>
    /// <param name="type">The element type of the engine.</param>
    public static DataType ToDataType(this DType type) => type switch
    {
        DType.Float32 => DataType.Float,
        DType.Float64 => DataType.Double,
        DType.Int32 => DataType.Int32,
        DType.Int64 => DataType.Int64,
        DType.Bool => DataType.Bool,
        DType.UInt32 => DataType.Uint32,
        DType.UInt64 => DataType.Uint64,
        _ => throw new DTypeException($"Expected an element type that ONNX has, found {type}."),
    };

    /// <summary>The element type of the engine that corresponds to one of the format.</summary>
    /// <param name="type">The element type in a file.</param>
    /// <exception cref="DTypeException">The engine has no such type.</exception>
    public static DType ToDType(int type) => (DataType)type switch
    {
        DataType.Float => DType.Float32,
        DataType.Double => DType.Float64,
        DataType.Int32 => DType.Int32,
        DataType.Int64 => DType.Int64,
        DataType.Bool => DType.Bool,
        DataType.Uint32 => DType.UInt32,
        DataType.Uint64 => DType.UInt64,
        _ => throw new DTypeException($"Expected an element type that the engine has ({string.Join(", ", Enum.GetNames<DType>())}), "
            + $"found the ONNX type {(DataType)type}."),
    };

    /// <summary>A tensor with its content as little-endian <c>raw_data</c>.</summary>
    /// <param name="value">The numbers; copied.</param>
    /// <param name="name">The name of the tensor; none if empty.</param>
    public static TensorProto ToProto(Value value, string name = "")
    {
        byte[] bytes = value.Bytes.ToArray();
        GC.KeepAlive(value);
        ToLittleEndian(bytes, value.DType.Size());
        var tensor = new TensorProto { DataType = (int)value.DType.ToDataType() };
        foreach (int size in value.Sizes)
        {
            tensor.Dims.Add(size);
        }

        if (name.Length > 0)
        {
            tensor.Name = name;
        }

        if (bytes.Length > 0)
        {
            tensor.RawData = UnsafeByteOperations.UnsafeWrap(bytes);
        }

        return tensor;
    }

    /// <summary>The numbers of a tensor whose content is in the file itself, in whichever field.</summary>
    /// <param name="tensor">The tensor; valid as <see cref="Checking.ModelCheck"/> has it.</param>
    /// <exception cref="DTypeException">The engine has no such element type.</exception>
    /// <exception cref="ShapeException">The content does not have as many elements as the shape.</exception>
    public static Value ToValue(TensorProto tensor)
    {
        DType type = ToDType(tensor.DataType);
        if (tensor.Dims.Any(d => d is < 0 or > int.MaxValue))
        {
            throw new ShapeException(
                $"Expected sizes from 0 to {int.MaxValue} of the tensor \"{Excerpt.Of(tensor.Name)}\", found [{Excerpt.Of(string.Join(", ", tensor.Dims))}].");
        }

        int[] sizes = [.. tensor.Dims.Select(d => (int)d)];
        Value value = Value.Zeros(type, sizes);
        byte[] bytes = tensor.RawData.Length > 0 ? tensor.RawData.ToByteArray() : FieldBytes(tensor, type);
        if (bytes.Length != value.ByteCount)
        {
            throw new ShapeException($"Expected {value.ByteCount} bytes in the tensor \"{tensor.Name}\" of shape {value.Shape}, found {bytes.Length}.");
        }

        if (tensor.RawData.Length > 0)
        {
            ToLittleEndian(bytes, type.Size());
        }

        // Other programs write any byte for true; the engine compares bytes.
        if (type == DType.Bool)
        {
            for (int i = 0; i < bytes.Length; i++)
            {
                bytes[i] = (byte)(bytes[i] == 0 ? 0 : 1);
            }
        }

        bytes.CopyTo(value.Bytes);
        GC.KeepAlive(value);
        return value;
    }

    private static byte[] FieldBytes(TensorProto tensor, DType type) => type switch
    {
        DType.Float32 => Bytes<float>([.. tensor.FloatData]),
        DType.Float64 => Bytes<double>([.. tensor.DoubleData]),
        DType.Int32 => Bytes<int>([.. tensor.Int32Data]),
        DType.Int64 => Bytes<long>([.. tensor.Int64Data]),
        DType.Bool => [.. tensor.Int32Data.Select(i => (byte)(i == 0 ? 0 : 1))],
        DType.UInt32 => Bytes<uint>([.. tensor.Uint64Data.Select(i => (uint)i)]),
        DType.UInt64 => Bytes<ulong>([.. tensor.Uint64Data]),
        _ => throw new DTypeException($"Expected an element type that the engine has in the tensor \"{tensor.Name}\", found {type}."),
    };

    private static byte[] Bytes<T>(T[] numbers)
        where T : unmanaged => MemoryMarshal.AsBytes<T>(numbers).ToArray();

    /// <summary>Turns the bytes of the machine into little-endian ones, or back.</summary>
    private static void ToLittleEndian(byte[] bytes, int size)
    {
        if (BitConverter.IsLittleEndian)
        {
            return;
        }

        if (size == 4)
        {
            Span<uint> words = MemoryMarshal.Cast<byte, uint>(bytes.AsSpan());
            BinaryPrimitives.ReverseEndianness(words, words);
        }
        else if (size == 8)
        {
            Span<ulong> words = MemoryMarshal.Cast<byte, ulong>(bytes.AsSpan());
            BinaryPrimitives.ReverseEndianness(words, words);
        }
    }
}
