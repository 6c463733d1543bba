using System.Numerics;
using Toolkit.Autograd.Tensors;
using static Toolkit.OnnxExport.Format.TensorProto.Types;

namespace Toolkit.OnnxExport.Format;

/// <summary>Reads the content of a tensor from the field of numbers that the standard gives its type (<see cref="ElementTypes.FieldOf"/>).</summary>
internal static class FieldReader
{
    /// <summary>Puts the numbers of the field into a value.</summary>
    /// <param name="tensor">The tensor.</param>
    /// <param name="value">Receives the elements; not texts.</param>
    /// <exception cref="ShapeException">The field does not have as many numbers as the elements need.</exception>
    public static void Read(TensorProto tensor, Value value)
    {
        string field = ElementTypes.FieldOf((DataType)tensor.DataType);
        long expected = ElementTypes.FieldLength((DataType)tensor.DataType, value.Count);
        int found = field switch
        {
            "float_data" => tensor.FloatData.Count,
            "double_data" => tensor.DoubleData.Count,
            "int64_data" => tensor.Int64Data.Count,
            "uint64_data" => tensor.Uint64Data.Count,
            _ => tensor.Int32Data.Count,
        };
        if (found != expected)
        {
            throw new ShapeException(
                $"Expected {expected} numbers in the {field} of the tensor \"{Excerpt.Of(tensor.Name)}\" of shape {value.Shape}, found {found}.");
        }

        switch (value.DType)
        {
            case DType.Float32: Fill(value, i => tensor.FloatData[i]); break;
            case DType.Float64: Fill(value, i => tensor.DoubleData[i]); break;
            case DType.Int64: Fill(value, i => tensor.Int64Data[i]); break;
            case DType.UInt32: Fill(value, i => (uint)tensor.Uint64Data[i]); break;
            case DType.UInt64: Fill(value, i => tensor.Uint64Data[i]); break;
            case DType.Complex64: Fill(value, i => new Complex64(tensor.FloatData[2 * i], tensor.FloatData[(2 * i) + 1])); break;
            case DType.Complex128: Fill(value, i => new Complex(tensor.DoubleData[2 * i], tensor.DoubleData[(2 * i) + 1])); break;
            default: FromInt32(tensor, value); break;
        }
    }

    /// <summary>The smaller types: each number holds the bits of an element, or those of a byte in which elements stand side by side.</summary>
    private static void FromInt32(TensorProto tensor, Value value)
    {
        switch (value.DType.Size())
        {
            case 1: RawBytes.Read([.. tensor.Int32Data.Select(number => value.DType == DType.Bool ? (byte)(number == 0 ? 0 : 1) : (byte)number)], value); break;
            case 2: Bits<ushort>(value, i => (ushort)tensor.Int32Data[i]); break;
            case 4: Bits<int>(value, i => tensor.Int32Data[i]); break;
            case var size: throw new InvalidOperationException($"Expected elements of 1, 2 or 4 bytes in int32_data, found {size}.");
        }
    }

    private static void Fill<T>(Value value, Func<int, T> number)
        where T : unmanaged
    {
        Span<T> elements = value.Span<T>();
        for (int i = 0; i < elements.Length; i++)
            elements[i] = number(i);
    }

    private static void Bits<T>(Value value, Func<int, T> bits)
        where T : unmanaged
    {
        Span<T> elements = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, T>(value.Bytes);
        for (int i = 0; i < elements.Length; i++)
            elements[i] = bits(i);
    }
}
