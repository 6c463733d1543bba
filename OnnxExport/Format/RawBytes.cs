using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Toolkit.Autograd.Tensors;

namespace Toolkit.OnnxExport.Format;

/// <summary>The content of a tensor as the standard has it in <c>raw_data</c> and in external files: little-endian, elements of less than a byte side by side, the
/// first in the lowest bits.</summary>
internal static class RawBytes
{
    /// <summary>The content of a value.</summary>
    /// <param name="value">The elements; not texts.</param>
    public static byte[] Of(Value value)
    {
        byte[] bytes = ElementType.Of(value.DType).Bits < 8 ? Pack(value) : value.Bytes.ToArray();
        GC.KeepAlive(value);
        ToLittleEndian(bytes, value.DType);
        return bytes;
    }

    /// <summary>The content of a value in its own memory, where a file has it as memory does, and otherwise a copy.</summary>
    /// <param name="value">The elements; not texts.</param>
    public static ReadOnlyMemory<byte> Shared(Value value) => IsAsInFiles(value.DType) && value.ByteCount <= int.MaxValue ? new ValueMemory(value).Memory : Of(value);

    /// <summary>Writes the content of a value, of any size.</summary>
    /// <param name="value">The elements; not texts.</param>
    /// <param name="stream">Receives it.</param>
    public static void Write(Value value, Stream stream)
    {
        if (!IsAsInFiles(value.DType))
        {
            stream.Write(Of(value));
            return;
        }

        ReadOnlySpan<byte> part;
        for (long done = 0; done < value.ByteCount; done += part.Length)
        {
            part = value.BytesFrom(done);
            stream.Write(part);
        }

        GC.KeepAlive(value);
    }

    /// <summary>Puts the content of a file into a value of any size.</summary>
    /// <param name="stream">The file, from where the content begins.</param>
    /// <param name="length">As many bytes as the elements take in a file.</param>
    /// <param name="value">Receives the elements; not texts.</param>
    /// <exception cref="EndOfStreamException">The file ends before.</exception>
    public static void Read(Stream stream, long length, Value value)
    {
        if (!IsAsInFiles(value.DType))
        {
            var bytes = new byte[length];
            stream.ReadExactly(bytes);
            Read(bytes, value);
            return;
        }

        Span<byte> part;
        for (long done = 0; done < length; done += part.Length)
        {
            part = value.BytesFrom(done);
            stream.ReadExactly(part);
        }

        GC.KeepAlive(value);
    }

    /// <summary>Puts the content of a file into a value. A truth value that is not 0 is true.</summary>
    /// <param name="bytes">As many bytes as the elements take in a file.</param>
    /// <param name="value">Receives the elements; not texts.</param>
    public static void Read(ReadOnlySpan<byte> bytes, Value value)
    {
        if (ElementType.Of(value.DType).Bits < 8)
        {
            Unpack(bytes, value);
            return;
        }

        bytes.CopyTo(value.Bytes);
        ToLittleEndian(value.Bytes, value.DType);
        if (value.DType == DType.Bool)
        {
            foreach (ref byte truth in value.Bytes)
                truth = truth == 0 ? (byte)0 : (byte)1;
        }
    }

    // Truth values of files may be other bytes than 0 and 1.
    private static bool IsAsInFiles(DType type) => BitConverter.IsLittleEndian && ElementType.Of(type).Bits >= 8 && type != DType.Bool;

    private static byte[] Pack(Value value)
    {
        int bits = ElementType.Of(value.DType).Bits, perByte = 8 / bits;
        ReadOnlySpan<byte> elements = value.Bytes;
        var bytes = new byte[(elements.Length + perByte - 1) / perByte];
        for (int i = 0; i < elements.Length; i++)
            bytes[i / perByte] |= (byte)((elements[i] & ((1 << bits) - 1)) << (i % perByte * bits));
        return bytes;
    }

    private static void Unpack(ReadOnlySpan<byte> bytes, Value value)
    {
        ElementType type = ElementType.Of(value.DType);
        int perByte = 8 / type.Bits, spare = 8 - type.Bits;
        Span<byte> elements = value.Bytes;
        for (int i = 0; i < elements.Length; i++)
        {
            // The element moves to the top of the byte and back down: with its sign where it has one.
            byte top = (byte)(bytes[i / perByte] >> (i % perByte * type.Bits) << spare);
            elements[i] = type.Kind == ElementKind.Signed ? (byte)((sbyte)top >> spare) : (byte)(top >> spare);
        }
    }

    /// <summary>Turns the bytes of the machine into little-endian ones, or back.</summary>
    private static void ToLittleEndian(Span<byte> bytes, DType type)
    {
        if (BitConverter.IsLittleEndian)
            return;
        int size = type is DType.Complex64 or DType.Complex128 ? type.Size() / 2 : type.Size();
        switch (size)
        {
            case 1: break;
            case 2: BinaryPrimitives.ReverseEndianness(MemoryMarshal.Cast<byte, ushort>(bytes), MemoryMarshal.Cast<byte, ushort>(bytes)); break;
            case 4: BinaryPrimitives.ReverseEndianness(MemoryMarshal.Cast<byte, uint>(bytes), MemoryMarshal.Cast<byte, uint>(bytes)); break;
            case 8: BinaryPrimitives.ReverseEndianness(MemoryMarshal.Cast<byte, ulong>(bytes), MemoryMarshal.Cast<byte, ulong>(bytes)); break;
            default: throw new InvalidOperationException($"Expected numbers of 1, 2, 4 or 8 bytes, found {size}.");
        }
    }
}
