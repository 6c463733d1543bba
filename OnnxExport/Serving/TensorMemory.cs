using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Toolkit.Autograd.Tensors;

namespace Toolkit.OnnxExport.Serving;

/// <summary>The memory of one input or output of a run: numbers of any of ONNX Runtime's types, or texts.</summary>
public sealed class TensorMemory
{
    private readonly int[] sizes;
    private readonly byte[]? bytes;
    private readonly Value? value;
    private readonly string[]? texts;
    private readonly int elementSize;
    private OrtValue? bound;

    internal TensorMemory(TensorDescription description, int[] sizes)
    {
        Description = description;
        this.sizes = sizes;
        Count = Value.CountOf(sizes);
        if (description.ElementType == TensorElementType.String)
        {
            texts = new string[Count];
            Array.Fill(texts, string.Empty);
            return;
        }

        elementSize = SizeOf(description);
        if (TensorDescription.ValueType(description.ElementType) is { } type)
        {
            value = Value.Zeros(type, sizes);
        }
        else
        {
            long length = (long)Count * elementSize;
            if (length > Array.MaxLength)
            {
                throw new SizeException($"Expected up to {Array.MaxLength} bytes (2 GiB) in \"{description.Name}\", found {length}: use smaller batches.");
            }

            bytes = GC.AllocateArray<byte>((int)Math.Max(1, length), pinned: true);
        }
    }

    /// <summary>The input or output.</summary>
    public TensorDescription Description { get; }

    /// <summary>The sizes, outermost first.</summary>
    public ReadOnlySpan<int> Sizes => sizes;

    /// <summary>The number of elements.</summary>
    public int Count { get; }

    /// <summary>The same memory as a value.</summary>
    /// <exception cref="ServingException">The toolkit has no values of this element type.</exception>
    public Value Value => value ?? throw new ServingException(
        $"Expected float, double, int32, int64, uint32, uint64 or bool as element type of \"{Description.Name}\", found {Description.ElementType}.");

    /// <summary>The elements of a tensor of numbers as bytes; empty for texts.</summary>
    public Span<byte> Bytes => value is not null ? value.Bytes : bytes.AsSpan(0, Count * elementSize);

    /// <summary>The elements of a tensor of texts, to be read and written in place.</summary>
    /// <exception cref="ServingException">These are numbers.</exception>
    public Span<string> Texts => texts ?? throw new ServingException($"Expected texts in \"{Description.Name}\", found {Description.ElementType}.");

    internal OrtValue Bound => bound ??= Bind();

    /// <summary>The elements of a tensor of numbers.</summary>
    /// <typeparam name="T">A type of the width of the elements, for example <see cref="Half"/> for float16, <see cref="ushort"/> for bfloat16.</typeparam>
    /// <exception cref="ServingException">The width is another one, or these are texts.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Span<T> Span<T>()
        where T : unmanaged => Unsafe.SizeOf<T>() == elementSize ? MemoryMarshal.Cast<byte, T>(Bytes) : throw WrongType(typeof(T));

    /// <summary>Releases the runtime's view of the memory; what it holds can still be read.</summary>
    internal void Release()
    {
        bound?.Dispose();
        bound = null;
    }

    /// <summary>Hands texts to the runtime, which keeps copies of its own.</summary>
    internal void BeforeRun()
    {
        for (int i = 0; i < texts?.Length; i++)
        {
            Bound.StringTensorSetElementAt(texts[i].AsSpan(), i);
        }
    }

    /// <summary>Copies what the runtime has allocated.</summary>
    internal void Take(OrtValue result)
    {
        if (texts is null)
        {
            result.GetTensorMutableRawData().CopyTo(Bytes);
            return;
        }

        for (int i = 0; i < texts.Length; i++)
        {
            texts[i] = result.GetStringElement(i);
        }
    }

    private static int SizeOf(TensorDescription description) => description.ElementType switch
    {
        TensorElementType.Bool or TensorElementType.Int8 or TensorElementType.UInt8 => 1,
        TensorElementType.Int16 or TensorElementType.UInt16 or TensorElementType.Float16 or TensorElementType.BFloat16 => 2,
        TensorElementType.Float or TensorElementType.Int32 or TensorElementType.UInt32 => 4,
        TensorElementType.Double or TensorElementType.Int64 or TensorElementType.UInt64 => 8,
        _ => throw new ServingException(
            $"Expected numbers of a usual width, truth values or texts as elements of \"{description.Name}\", found {description.ElementType}."),
    };

    private OrtValue Bind()
    {
        long[] shape = [.. sizes.Select(s => (long)s)];

        // The memory has a fixed address and this object keeps it reachable.
        return texts is not null
            ? OrtValue.CreateTensorWithEmptyStrings(OrtAllocator.DefaultInstance, shape)
            : OrtValue.CreateTensorValueWithData(
                OrtMemoryInfo.DefaultInstance,
                Description.ElementType,
                shape,
                value?.Address ?? Marshal.UnsafeAddrOfPinnedArrayElement(bytes!, 0),
                (long)Count * elementSize);
    }

    private ServingException WrongType(Type type) =>
        new($"Expected to read \"{Description.Name}\" as {Description.ElementType}, found {type.Name}.");
}
