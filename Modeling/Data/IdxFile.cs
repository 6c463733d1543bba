using System.Buffers.Binary;

namespace Toolkit.Modeling.Data;

/// <summary>
/// An array in the IDX format of the MNIST database (Y. LeCun, C. Cortes, C. Burges, "The MNIST database of handwritten digits"):
/// two zero bytes, a byte for the element type, a byte for the number of axes, a big-endian int32 size for each axis, and the
/// elements in row-major order, big-endian.
/// </summary>
public sealed class IdxFile
{
    private readonly byte[] bytes;
    private readonly int[] shape;

    private IdxFile(IdxElementType elementType, int[] shape, byte[] bytes)
    {
        ElementType = elementType;
        this.shape = shape;
        this.bytes = bytes;
    }

    /// <summary>The type of the elements.</summary>
    public IdxElementType ElementType { get; }

    /// <summary>The size of each axis, the outermost first; for MNIST's images [count, 28, 28].</summary>
    public IReadOnlyList<int> Shape => shape;

    /// <summary>The elements as they stand in the file: row-major, big-endian.</summary>
    public ReadOnlyMemory<byte> Bytes => bytes;

    /// <summary>Reads a file, unpacking it if its name ends in ".gz".</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="DataException">The file does not begin with an IDX header, or is shorter or longer than the header
    /// says.</exception>
    public static IdxFile Read(string path)
    {
        using Stream stream = DataFile.OpenRead(path);
        byte[] magic = DataFile.ReadUpTo(stream, 4);
        if (magic.Length < 4)
            throw new DataException($"'{path}' is truncated: expected a header of at least 4 bytes, found {magic.Length}.");
        if (magic[0] != 0 || magic[1] != 0 || !Enum.IsDefined((IdxElementType)magic[2]))
        {
            throw new DataException(
                $"'{path}' is not an IDX file: expected the magic bytes 00 00, a type 08, 09, 0B, 0C, 0D or 0E and the number of axes, " +
                $"found {Convert.ToHexString(magic)}.");
        }

        var type = (IdxElementType)magic[2];
        int[] shape = ReadShape(stream, magic[3], path);
        long expected = ElementSize(type);
        foreach (int size in shape)
        {
            expected *= size;
            if (expected > Array.MaxLength)
            {
                throw new DataException(
                    $"'{path}' claims the shape {Shapes.Text(shape)} of {type}: more than the {Array.MaxLength} bytes that an array holds.");
            }
        }

        byte[] bytes = DataFile.ReadUpTo(stream, expected);
        if (bytes.Length < expected)
        {
            throw new DataException(
                $"'{path}' is truncated: expected {expected} bytes for the shape {Shapes.Text(shape)} of {type}, found {bytes.Length}.");
        }

        if (DataFile.ReadUpTo(stream, 1).Length != 0)
            throw new DataException($"'{path}' is longer than the {expected} bytes of its shape {Shapes.Text(shape)} of {type}.");
        return new(type, shape, bytes);
    }

    /// <summary>The elements as float32, each rounded to the nearest.</summary>
    /// <exception cref="DataException">A finite element is beyond the range of float32.</exception>
    public float[] ToSingle()
    {
        float[] values = new float[bytes.Length / ElementSize(ElementType)];
        ReadOnlySpan<byte> content = bytes;
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = ElementType switch
            {
                IdxElementType.UInt8 => content[i],
                IdxElementType.Int8 => (sbyte)content[i],
                IdxElementType.Int16 => BinaryPrimitives.ReadInt16BigEndian(content[(2 * i)..]),
                IdxElementType.Int32 => BinaryPrimitives.ReadInt32BigEndian(content[(4 * i)..]),
                IdxElementType.Float32 => BinaryPrimitives.ReadSingleBigEndian(content[(4 * i)..]),
                _ => Narrow(BinaryPrimitives.ReadDoubleBigEndian(content[(8 * i)..]), i),
            };
        }

        return values;
    }

    /// <summary>The elements as int64.</summary>
    /// <exception cref="InvalidOperationException">The elements are floating-point numbers.</exception>
    public long[] ToInt64()
    {
        if (ElementType is IdxElementType.Float32 or IdxElementType.Float64)
            throw new InvalidOperationException($"Expected an IDX array of integers, found {ElementType}.");
        long[] values = new long[bytes.Length / ElementSize(ElementType)];
        ReadOnlySpan<byte> content = bytes;
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = ElementType switch
            {
                IdxElementType.UInt8 => content[i],
                IdxElementType.Int8 => (sbyte)content[i],
                IdxElementType.Int16 => BinaryPrimitives.ReadInt16BigEndian(content[(2 * i)..]),
                _ => BinaryPrimitives.ReadInt32BigEndian(content[(4 * i)..]),
            };
        }

        return values;
    }

    private static float Narrow(double element, int place)
    {
        float value = (float)element;
        return float.IsInfinity(value) && double.IsFinite(element)
            ? throw new DataException(FormattableString.Invariant($"Expected numbers within float32, found {element} as element {place} (counted from 0)."))
            : value;
    }

    private static int[] ReadShape(Stream stream, int axes, string path)
    {
        byte[] header = DataFile.ReadUpTo(stream, 4 * axes);
        if (header.Length < 4 * axes)
        {
            throw new DataException(
                $"'{path}' is truncated: expected {4 * axes} bytes for the sizes of {axes} axes, found {header.Length}.");
        }

        int[] shape = new int[axes];
        for (int axis = 0; axis < axes; axis++)
        {
            shape[axis] = BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(4 * axis));
            if (shape[axis] < 0)
                throw new DataException($"'{path}' claims a size of {shape[axis]} for axis {axis}.");
        }

        return shape;
    }

    private static int ElementSize(IdxElementType type) => type switch
    {
        IdxElementType.UInt8 or IdxElementType.Int8 => 1,
        IdxElementType.Int16 => 2,
        IdxElementType.Int32 or IdxElementType.Float32 => 4,
        _ => 8,
    };
}
