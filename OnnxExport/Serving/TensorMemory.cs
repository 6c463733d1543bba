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
    private readonly int elementSize;
    private OrtValue? bound;

    internal TensorMemory(TensorDescription description, int[] sizes)
        : this(description, Value.Zeros(description.Type.DType, sizes))
    {
    }

    /// <summary>The memory of a value that another owns.</summary>
    internal TensorMemory(TensorDescription description, Value value)
    {
        Description = description;
        sizes = [.. value.Sizes];
        if (ElementType.Of(description.Type.DType) is { IsNumber: true, Bits: < 8 } or { Kind: ElementKind.Complex })
        {
            throw new ServingException(
                $"Expected numbers of a usual width, truth values or texts as elements of \"{description.Name}\", found {description.ElementType}.");
        }

        elementSize = description.Type.DType.Size();
        Value = value;
    }

    /// <summary>The input or output.</summary>
    public TensorDescription Description { get; }

    /// <summary>The sizes, outermost first.</summary>
    public ReadOnlySpan<int> Sizes => sizes;

    /// <summary>The number of elements.</summary>
    public int Count => Value.Count;

    /// <summary>The same memory as a value.</summary>
    public Value Value { get; }

    /// <summary>The elements of a tensor of numbers as bytes; empty for texts.</summary>
    public Span<byte> Bytes => Value.Bytes;

    /// <summary>The elements of a tensor of texts, to be read and written in place.</summary>
    /// <exception cref="ServingException">These are numbers.</exception>
    public Span<string> Texts => IsText ? Value.Texts : throw new ServingException($"Expected texts in \"{Description.Name}\", found {Description.ElementType}.");

    private bool IsText => Value.DType == DType.String;

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
        for (int i = 0; IsText && i < Count; i++)
        {
            Bound.StringTensorSetElementAt(Texts[i].AsSpan(), i);
        }
    }

    /// <summary>Copies what the runtime has allocated.</summary>
    internal void Take(OrtValue result)
    {
        if (!IsText)
        {
            result.GetTensorMutableRawData().CopyTo(Bytes);
            return;
        }

        for (int i = 0; i < Count; i++)
        {
            Texts[i] = result.GetStringElement(i);
        }
    }

    private OrtValue Bind()
    {
        long[] shape = [.. sizes.Select(s => (long)s)];

        // The memory has a fixed address and this object keeps it reachable.
        return IsText
            ? OrtValue.CreateTensorWithEmptyStrings(OrtAllocator.DefaultInstance, shape)
            : OrtValue.CreateTensorValueWithData(
                OrtMemoryInfo.DefaultInstance,
                Description.ElementType,
                shape,
                Value.Address,
                (long)Count * elementSize);
    }

    private ServingException WrongType(Type type) =>
        new($"Expected to read \"{Description.Name}\" as {Description.ElementType}, found {type.Name}.");
}
