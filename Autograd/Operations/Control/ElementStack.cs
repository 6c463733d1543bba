using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Control;

/// <summary>The elements of a result one after the other, along a first axis whose length may show only at the end.</summary>
/// <param name="operation">The operation.</param>
/// <param name="result">The position of the result.</param>
/// <param name="memory">The place of the result where its length is known; null where it is not.</param>
/// <param name="limit">The most numbers.</param>
internal sealed class ElementStack(Operation operation, int result, Value? memory, long limit)
{
    private const int FirstLength = 8;

    private int count;

    /// <summary>Where the next element may be written; null where nothing is known of it or no room is left.</summary>
    public Value? Place => memory is null || memory.DType == DType.String || count == memory.Sizes[0] ? null : memory.At(count);

    /// <summary>All elements; null where there has been none.</summary>
    public Value? Whole => memory is null || count == memory.Sizes[0] ? memory : Resized(memory, count);

    /// <summary>Adds an element.</summary>
    /// <param name="element">The element.</param>
    /// <param name="place">Where it has been written, if it was <see cref="Place"/>.</param>
    public void Add(Value element, Value? place = null)
    {
        if (memory is null)
            memory = Value.Zeros(element.DType, [Fitting(FirstLength, element), .. element.Sizes]);
        else if (!memory.Sizes[1..].SequenceEqual(element.Sizes))
            throw new ShapeException($"{operation.Name} expects elements of one shape in its result {result}, found {Shape.OfSizes(memory.Sizes[1..])} and {element.Shape}.");
        else if (count == memory.Sizes[0])
            memory = Resized(memory, Fitting(2L * count, element));
        if (!ReferenceEquals(element, place))
            memory.CopyElements(element, 0, count * element.Count, element.Count);
        count++;
    }

    /// <summary>A length not beyond the limit, with room for one more element.</summary>
    private int Fitting(long length, Value element)
    {
        long most = element.Count == 0 ? int.MaxValue : limit / element.Count;
        return count < most
            ? (int)Math.Min(length, most)
            : throw new SizeException($"Expected results of up to {limit} elements, found more in result {result} of {operation.Name}: {count + 1} turns with {element.Shape} each.");
    }

    private Value Resized(Value old, int length)
    {
        Value resized = Value.Zeros(old.DType, [length, .. old.Sizes[1..]]);
        resized.CopyElements(old, 0, 0, old.Sizes[0] == 0 ? 0 : Math.Min(count, length) * (old.Count / old.Sizes[0]));
        return resized;
    }
}
