namespace Toolkit.Autograd.Tensors;

/// <content>Values in the memory of others.</content>
public sealed unsafe partial class Value
{
    /// <summary>The same memory under other sizes.</summary>
    /// <param name="newSizes">Sizes with the same product.</param>
    /// <exception cref="ShapeException">The products differ.</exception>
    public Value Reshape(params ReadOnlySpan<int> newSizes) => CountOf(newSizes) == Count
        ? new Value(DType, newSizes.ToArray(), storage, Address - storage.Address, texts)
        : throw new ShapeException($"Expected sizes with {Count} elements in place of {Shape}, found {Shape.OfSizes(newSizes)}.");

    /// <summary>A part of the elements as a value of its own, in the same memory: what is written into one is in the other. Its address is a multiple of 64 where the
    /// number of bytes before it is one.</summary>
    /// <param name="start">The first element of the part, counted in row-major order.</param>
    /// <param name="partSizes">The sizes of the part, outermost first; none for a scalar.</param>
    /// <exception cref="ShapeException">There are not that many elements from there on.</exception>
    /// <exception cref="DTypeException">The elements are texts.</exception>
    public Value Part(int start, params ReadOnlySpan<int> partSizes)
    {
        if (texts is not null)
        {
            throw new DTypeException($"Expected elements that are numbers for a part in the same memory, found {DType}.");
        }

        return start >= 0 && (long)start + CountOf(partSizes) <= Count
            ? new Value(DType, partSizes.ToArray(), storage, Address - storage.Address + ((long)start * DType.Size()))
            : throw new ShapeException($"Expected at most {Count} elements for a part of {Shape}, found {Shape.OfSizes(partSizes)} from element {start} on.");
    }

    /// <summary>Whether two values have a byte in common.</summary>
    internal bool Overlaps(Value other) => Address < other.Address + (nint)other.ByteCount && other.Address < Address + (nint)ByteCount;

    /// <summary>The part at an index of the first axis, in the same memory.</summary>
    /// <param name="index">The index, from 0 to the size of the axis − 1.</param>
    /// <exception cref="ShapeException">The value is a scalar, or the axis has no such index.</exception>
    internal Value At(int index) => Rank > 0 && (uint)index < (uint)sizes[0]
        ? new Value(DType, sizes[1..], storage, Address - storage.Address + (index * (ByteCount / sizes[0])))
        : throw new ShapeException($"Expected an index of the first axis of {Shape}, found {index}.");
}
