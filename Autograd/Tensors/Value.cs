using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;

namespace Toolkit.Autograd.Tensors;

/// <summary>
/// The numbers of a tensor: an element type, static sizes and a dense row-major block of memory. It needs no disposal. The content may be
/// read and written through <see cref="Span{T}"/>; sizes and type never change.
/// </summary>
public sealed unsafe class Value
{
    private readonly Storage storage;
    private readonly int[] sizes;

    internal Value(DType type, int[] sizes, Storage storage, long byteOffset)
    {
        DType = type;
        this.sizes = sizes;
        this.storage = storage;
        Count = CountOf(sizes);
        Address = storage.Address + (nint)byteOffset;
    }

    /// <summary>The element type.</summary>
    public DType DType { get; }

    /// <summary>The number of elements.</summary>
    public int Count { get; }

    /// <summary>The sizes, outermost first; empty for a scalar.</summary>
    public ReadOnlySpan<int> Sizes => sizes;

    /// <summary>The number of axes.</summary>
    public int Rank => sizes.Length;

    /// <summary>The sizes as a shape without symbols.</summary>
    public Shape Shape => Shape.OfSizes(sizes);

    /// <summary>The number of bytes of the content.</summary>
    public long ByteCount => (long)Count * DType.Size();

    /// <summary>The address of the first element, aligned to 64 bytes unless this is part of a larger block; valid while this object is reachable.</summary>
    public nint Address { get; }

    /// <summary>The content as bytes, in the machine's order.</summary>
    public Span<byte> Bytes => new((void*)Address, checked((int)ByteCount));

    /// <summary>Creates a value that holds a copy of numbers.</summary>
    /// <typeparam name="T">The C# type of the elements.</typeparam>
    /// <param name="content">The elements in row-major order.</param>
    /// <param name="sizes">The sizes, outermost first.</param>
    /// <exception cref="ShapeException">The sizes do not multiply to the number of elements.</exception>
    public static Value Of<T>(ReadOnlySpan<T> content, params ReadOnlySpan<int> sizes)
        where T : unmanaged
    {
        if (CountOf(sizes) != content.Length)
        {
            throw new ShapeException(
                $"Expected {CountOf(sizes)} elements for the shape {Shape.OfSizes(sizes)}, found {content.Length}.");
        }

        Value value = Zeros(DTypes.Of<T>(), sizes);
        content.CopyTo(value.Span<T>());
        return value;
    }

    /// <summary>Creates a value that holds a copy of numbers.</summary>
    /// <typeparam name="T">The C# type of the elements.</typeparam>
    /// <param name="content">The elements in row-major order.</param>
    /// <param name="sizes">The sizes, outermost first.</param>
    public static Value Of<T>(T[] content, params ReadOnlySpan<int> sizes)
        where T : unmanaged => Of((ReadOnlySpan<T>)content, sizes);

    /// <summary>Creates a scalar.</summary>
    /// <typeparam name="T">The C# type of the element.</typeparam>
    /// <param name="scalar">The number.</param>
    public static Value Of<T>(T scalar)
        where T : unmanaged => Of(new ReadOnlySpan<T>(in scalar));

    /// <summary>Copies a tensor of the base class library.</summary>
    /// <typeparam name="T">The C# type of the elements.</typeparam>
    /// <param name="tensor">Any tensor, dense or strided.</param>
    public static Value From<T>(Tensor<T> tensor)
        where T : unmanaged
    {
        var sizes = new int[tensor.Rank];
        for (int i = 0; i < sizes.Length; i++)
        {
            sizes[i] = checked((int)tensor.Lengths[i]);
        }

        Value value = Zeros(DTypes.Of<T>(), sizes);
        tensor.FlattenTo(value.Span<T>());
        return value;
    }

    /// <summary>Creates a value of zeros (false for <see cref="DType.Bool"/>).</summary>
    /// <param name="type">The element type.</param>
    /// <param name="sizes">The sizes, outermost first.</param>
    public static Value Zeros(DType type, params ReadOnlySpan<int> sizes)
    {
        int[] copy = sizes.ToArray();
        return new Value(type, copy, new Storage((long)CountOf(copy) * type.Size()), 0);
    }

    /// <summary>Creates a value with every element the same number, converted to the element type.</summary>
    /// <param name="number">The number.</param>
    /// <param name="type">The element type.</param>
    /// <param name="sizes">The sizes, outermost first; none for a scalar.</param>
    public static Value Full(double number, DType type, params ReadOnlySpan<int> sizes)
    {
        Value value = Zeros(type, sizes);
        value.Fill(number);
        return value;
    }

    /// <summary>Makes every element the same number, converted to the element type.</summary>
    internal void Fill(double number)
    {
        switch (DType)
        {
            case DType.Float32: Span<float>().Fill((float)number); break;
            case DType.Float64: Span<double>().Fill(number); break;
            case DType.Int32: Span<int>().Fill((int)number); break;
            case DType.Int64: Span<long>().Fill((long)number); break;
            case DType.UInt32: Span<uint>().Fill((uint)number); break;
            case DType.UInt64: Span<ulong>().Fill((ulong)number); break;
            case DType.Bool: Span<bool>().Fill(number != 0); break;
            default: throw DType.NotTaken("A value", "an element type that the engine has");
        }
    }

    /// <summary>The elements, row-major, for reading and writing in place.</summary>
    /// <typeparam name="T">The C# type that corresponds to <see cref="DType"/>.</typeparam>
    /// <exception cref="DTypeException">The type is another one.</exception>
    public Span<T> Span<T>()
        where T : unmanaged
    {
        if (DTypes.Of<T>() != DType)
        {
            throw new DTypeException($"Expected elements of type {DTypes.Of<T>()}, found {DType}.");
        }

        return new Span<T>((void*)Address, Count);
    }

    /// <summary>The only element of a value with one element, as a number.</summary>
    /// <exception cref="ShapeException">There is not exactly one element.</exception>
    public double Scalar() => Count == 1
        ? this[0]
        : throw new ShapeException($"Expected a value with one element, found the shape {Shape}.");

    /// <summary>An element as a number; true is 1.</summary>
    /// <param name="index">The flat row-major index.</param>
    public double this[int index] => DType switch
    {
        DType.Float32 => Span<float>()[index],
        DType.Float64 => Span<double>()[index],
        DType.Int32 => Span<int>()[index],
        DType.Int64 => Span<long>()[index],
        DType.UInt32 => Span<uint>()[index],
        DType.UInt64 => Span<ulong>()[index],
        DType.Bool => Span<bool>()[index] ? 1 : 0,
        _ => throw DType.NotTaken("A value", "an element type that the engine has"),
    };

    /// <summary>A copy as a tensor of the base class library.</summary>
    /// <typeparam name="T">The C# type that corresponds to <see cref="DType"/>.</typeparam>
    public Tensor<T> ToTensor<T>()
        where T : unmanaged
    {
        var lengths = new nint[sizes.Length];
        for (int i = 0; i < lengths.Length; i++)
        {
            lengths[i] = sizes[i];
        }

        return Tensor.Create(Span<T>().ToArray(), lengths);
    }

    /// <summary>A copy of the elements as an array.</summary>
    /// <typeparam name="T">The C# type that corresponds to <see cref="DType"/>.</typeparam>
    public T[] ToArray<T>()
        where T : unmanaged => Span<T>().ToArray();

    /// <summary>An independent copy.</summary>
    public Value Clone()
    {
        Value copy = Zeros(DType, sizes);
        copy.CopyFrom(this);
        return copy;
    }

    /// <summary>Overwrites the content with that of a value of the same type and sizes.</summary>
    /// <param name="other">The value to copy.</param>
    /// <exception cref="DTypeException">The element types differ.</exception>
    /// <exception cref="ShapeException">The sizes differ.</exception>
    public void CopyFrom(Value other)
    {
        if (other.DType != DType)
        {
            throw new DTypeException($"Expected a value of type {DType}, found {other.DType}.");
        }

        if (!other.Sizes.SequenceEqual(sizes))
        {
            throw new ShapeException($"Expected a value of shape {Shape}, found {other.Shape}.");
        }

        Buffer.MemoryCopy((void*)other.Address, (void*)Address, ByteCount, ByteCount);
        GC.KeepAlive(other);
        GC.KeepAlive(this);
    }

    /// <summary>Whether type, sizes and every bit of the content are the same.</summary>
    /// <param name="other">The value to compare with.</param>
    public bool BitEquals(Value other) =>
        DType == other.DType && other.Sizes.SequenceEqual(sizes) && Bytes.SequenceEqual(other.Bytes);

    /// <summary>The same memory under other sizes.</summary>
    /// <param name="newSizes">Sizes with the same product.</param>
    /// <exception cref="ShapeException">The products differ.</exception>
    public Value Reshape(params ReadOnlySpan<int> newSizes) => CountOf(newSizes) == Count
        ? new Value(DType, newSizes.ToArray(), storage, Address - storage.Address)
        : throw new ShapeException($"Expected sizes with {Count} elements in place of {Shape}, found {Shape.OfSizes(newSizes)}.");

    /// <summary>The part at an index of the first axis, in the same memory.</summary>
    /// <param name="index">The index, from 0 to the size of the axis − 1.</param>
    /// <exception cref="ShapeException">The value is a scalar, or the axis has no such index.</exception>
    internal Value At(int index) => Rank > 0 && (uint)index < (uint)sizes[0]
        ? new Value(DType, sizes[1..], storage, Address - storage.Address + (index * (ByteCount / sizes[0])))
        : throw new ShapeException($"Expected an index of the first axis of {Shape}, found {index}.");

    /// <inheritdoc/>
    public override string ToString() => $"{DType}{Shape}";

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal T* Pointer<T>()
        where T : unmanaged => (T*)Address;

    /// <summary>The number of elements.</summary>
    /// <exception cref="SizeException">There are more than an array can have.</exception>
    /// <exception cref="ShapeException">A size is negative.</exception>
    internal static int CountOf(ReadOnlySpan<int> sizes)
    {
        long count = 1;
        foreach (int size in sizes)
        {
            count *= size;
            if (count is < 0 or > int.MaxValue)
            {
                return CountOfLarge(sizes);
            }
        }

        return (int)count;
    }

    private static int CountOfLarge(ReadOnlySpan<int> sizes)
    {
        BigInteger count = BigInteger.One;
        foreach (int size in sizes)
        {
            if (size < 0)
            {
                throw new ShapeException($"Expected sizes of at least 0, found {Shape.OfSizes(sizes)}.");
            }

            count *= size;
        }

        return count.IsZero ? 0 : throw new SizeException(
            $"Expected a tensor of up to {int.MaxValue} elements, found {Shape.OfSizes(sizes)} with {count}, at least as many bytes: use smaller batches, or split it.");
    }
}
