using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;

namespace Toolkit.Autograd.Tensors;

/// <summary>
/// The numbers of a tensor: an element type, static sizes and a dense row-major block of memory. It needs no disposal. The content may be
/// read and written through <see cref="Span{T}"/>; sizes and type never change.
/// </summary>
public sealed unsafe partial class Value
{
    private readonly Storage storage;
    private readonly int[] sizes;
    private readonly string[]? texts;

    internal Value(DType type, int[] sizes, Storage storage, long byteOffset, string[]? texts = null)
    {
        DType = type;
        this.sizes = sizes;
        this.storage = storage;
        Count = CountOf(sizes);
        Address = storage.Address + (nint)byteOffset;
        if (type == DType.String)
        {
            this.texts = texts ?? NoTexts(Count);
        }
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

    /// <summary>The element type and the sizes.</summary>
    public TensorType Type => new(DType, Shape);

    /// <summary>The number of bytes of the content; 0 for texts.</summary>
    public long ByteCount => (long)Count * DType.Size();

    /// <summary>The address of the first element, aligned to 64 bytes unless this is part of a larger block; valid while this object is reachable.</summary>
    public nint Address { get; }

    /// <summary>The content as bytes, in the machine's order; empty for texts. Elements of less than a byte take one each. A byte of <see cref="DType.Bool"/>
    /// other than 0 means true, whatever else is written here. <see cref="BytesFrom"/> has the bytes of larger values piece by piece.</summary>
    /// <exception cref="SizeException">There are more bytes than a span can have.</exception>
    public Span<byte> Bytes => ByteCount <= int.MaxValue
        ? storage.Span<byte>(Address, (int)ByteCount)
        : throw new SizeException($"Expected a value of up to {int.MaxValue} bytes to be read at once, found {Type} with {ByteCount}.");

    /// <summary>The content as bytes from one on: to the end, or as many as a span can have.</summary>
    /// <param name="start">The first byte, from 0 to <see cref="ByteCount"/>.</param>
    public Span<byte> BytesFrom(long start) => start >= 0 && start <= ByteCount
        ? storage.Span<byte>(Address + (nint)start, (int)Math.Min(ByteCount - start, int.MaxValue))
        : throw new ArgumentOutOfRangeException(nameof(start), start, $"Expected a byte from 0 to {ByteCount}.");

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
        if (typeof(T) == typeof(bool))
        {
            value.NormalizeTruth();
        }

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

    /// <summary>Creates a value that holds texts.</summary>
    /// <param name="content">The texts in row-major order.</param>
    /// <param name="sizes">The sizes, outermost first.</param>
    /// <exception cref="ShapeException">The sizes do not multiply to the number of texts.</exception>
    public static Value Of(ReadOnlySpan<string> content, params ReadOnlySpan<int> sizes)
    {
        if (CountOf(sizes) != content.Length)
        {
            throw new ShapeException($"Expected {CountOf(sizes)} texts for the shape {Shape.OfSizes(sizes)}, found {content.Length}.");
        }

        Value value = Zeros(DType.String, sizes);
        content.CopyTo(value.Texts);
        return value;
    }

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

    /// <summary>Creates a value of zeros (false for <see cref="DType.Bool"/>, empty texts for <see cref="DType.String"/>).</summary>
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

    /// <summary>Makes every element the same number, converted to the element type as a cast of it would be.</summary>
    internal void Fill(double number)
    {
        if (Count == 0)
        {
            return;
        }

        this[0] = number;
        SizeDispatch.Run(DType.Size(), new Repetition(Address, Count));
        GC.KeepAlive(this);
    }

    /// <summary>The elements, row-major, for reading and writing in place.</summary>
    /// <remarks>The span keeps the memory of a value of up to 2 GiB; that of a larger one is given back when the value is no longer reachable, so hold the value while a span of it is
    /// in use (<see cref="GC.KeepAlive"/>).</remarks>
    /// <typeparam name="T">The C# type in which elements of <see cref="DType"/> are stored (<see cref="ElementType.Storage"/>).</typeparam>
    /// <exception cref="DTypeException">Elements are stored in another type.</exception>
    public Span<T> Span<T>()
        where T : unmanaged
    {
        if (DTypes.Of<T>() != DType && ElementType.Of(DType).Storage != typeof(T))
        {
            throw new DTypeException($"Expected elements of type {DTypes.Of<T>()}, found {DType}.");
        }

        return storage.Span<T>(Address, Count);
    }

    /// <summary>The texts of a value of <see cref="DType.String"/>, row-major, for reading and writing in place.</summary>
    /// <exception cref="DTypeException">The type is another one.</exception>
    public Span<string> Texts => texts ?? throw new DTypeException($"Expected elements of type {DType.String}, found {DType}.");

    /// <summary>The only element of a value with one element, as a number.</summary>
    /// <exception cref="ShapeException">There is not exactly one element.</exception>
    public double Scalar() => Count == 1
        ? this[0]
        : throw new ShapeException($"Expected a value with one element, found the shape {Shape}.");

    /// <summary>An element as a number; true is 1. The element that is set is converted as a cast would be: it saturates at the ends of an integer type.</summary>
    /// <param name="index">The flat row-major index.</param>
    /// <exception cref="DTypeException">The elements are complex numbers or texts.</exception>
    public double this[int index]
    {
        get
        {
            double number = ElementConversion.Read(DType, Place(index));
            GC.KeepAlive(this);
            return number;
        }

        set
        {
            ElementConversion.Write(DType, value, Place(index));
            GC.KeepAlive(this);
        }
    }

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

        return Tensor.Create(ToArray<T>(), lengths);
    }

    /// <summary>A copy of the elements as an array.</summary>
    /// <typeparam name="T">The C# type that corresponds to <see cref="DType"/>.</typeparam>
    public T[] ToArray<T>()
        where T : unmanaged
    {
        T[] copy = Span<T>().ToArray();
        GC.KeepAlive(this);
        return copy;
    }

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

        CopyElements(other, 0, 0, Count);
    }

    /// <summary>Overwrites a stretch of elements with one of a value of the same type.</summary>
    /// <param name="other">The value to copy.</param>
    /// <param name="otherStart">Its first element to copy, counted in row-major order.</param>
    /// <param name="start">The first element to overwrite.</param>
    /// <param name="count">The number of elements.</param>
    /// <exception cref="DTypeException">The element types differ.</exception>
    /// <exception cref="ShapeException">A value has not that many elements.</exception>
    public void CopyElements(Value other, int otherStart, int start, int count)
    {
        if (other.DType != DType)
        {
            throw new DTypeException($"Expected a value of type {DType}, found {other.DType}.");
        }

        if ((otherStart | start | count) < 0 || (long)otherStart + count > other.Count || (long)start + count > Count)
        {
            throw new ShapeException(
                $"Expected stretches of {Count} and {other.Count} elements, found {count} from {start} and from {otherStart} on.");
        }

        other.texts?.AsSpan(otherStart, count).CopyTo(texts.AsSpan(start));
        long size = DType.Size();
        Buffer.MemoryCopy((void*)(other.Address + (nint)(otherStart * size)), (void*)(Address + (nint)(start * size)), count * size, count * size);
        GC.KeepAlive(other);
        GC.KeepAlive(this);
    }

    /// <summary>Makes every byte of truth values that is not 0 a 1, as kernels expect them: others can come from files and from memory that users write.</summary>
    internal void NormalizeTruth()
    {
        Span<byte> bytes = Bytes;
        for (int at; (at = bytes.IndexOfAnyExceptInRange((byte)0, (byte)1)) >= 0; bytes = bytes[(at + 1)..])
        {
            bytes[at] = 1;
        }
    }

    /// <summary>Whether type, sizes and every bit of the content are the same.</summary>
    /// <param name="other">The value to compare with.</param>
    public bool BitEquals(Value other)
    {
        bool same = DType == other.DType && other.Sizes.SequenceEqual(sizes)
            && (texts is null || texts.AsSpan().SequenceEqual(other.texts, StringComparer.Ordinal));
        Span<byte> part;
        for (long done = 0; same && done < ByteCount; done += part.Length)
        {
            part = BytesFrom(done);
            same = part.SequenceEqual(other.BytesFrom(done));
        }

        GC.KeepAlive(this);
        GC.KeepAlive(other);
        return same;
    }

    /// <summary>Type, sizes and elements, such as "Float32[2, 2] [[1, 2], [3, 4]]"; the three first and last along an axis of more than six, and none of values of more than four axes.</summary>
    public override string ToString() => ValueText.Of(this);

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

    private static string[] NoTexts(int count)
    {
        var texts = new string[count];
        Array.Fill(texts, string.Empty);
        return texts;
    }

    private nint Place(int index) => (uint)index < (uint)Count
        ? Address + ((nint)index * DType.Size())
        : throw new ArgumentOutOfRangeException(nameof(index), index, $"Expected an element from 0 to {Count - 1}.");

    private readonly struct Repetition(nint address, int count) : IBitsAction
    {
        public void For<T>()
            where T : unmanaged => new Span<T>((void*)address, count).Fill(*(T*)address);
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
            $"Expected a tensor of up to {int.MaxValue} elements, found {Shape.OfSizes(sizes)} with {count}: use smaller batches, or split it.");
    }
}
