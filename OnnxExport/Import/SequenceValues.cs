using Toolkit.Autograd.Tensors;

namespace Toolkit.OnnxExport.Import;

/// <summary>
/// Sequences of tensors as the engine takes and gives them. An input or output <c>x</c> of a file that is a sequence becomes two tensors: <c>x_elements</c>, a vector with the elements of all tensors one
/// after the other, and <c>x_shapes</c>, int64 with a row of <see cref="RowLength"/> numbers for each tensor: its number of axes and its sizes, filled up with ones.
/// </summary>
public static class SequenceValues
{
    /// <summary>The numbers of a row: how many axes a tensor has, and up to eight sizes.</summary>
    public const int RowLength = 9;

    /// <summary>The two tensors of a sequence.</summary>
    /// <param name="type">The element type.</param>
    /// <param name="tensors">The tensors, none or more; their shapes may differ.</param>
    /// <returns>The elements, and a row for each tensor.</returns>
    /// <exception cref="DTypeException">A tensor has another element type.</exception>
    /// <exception cref="ShapeException">A tensor has more than eight axes.</exception>
    public static (Value Elements, Value Shapes) Pack(DType type, IReadOnlyList<Value> tensors)
    {
        if (tensors.FirstOrDefault(tensor => tensor.DType != type || tensor.Rank >= RowLength) is { } other)
        {
            string expected = $"Expected tensors of {type} with up to {RowLength - 1} axes in a sequence, found {other.Type}.";
            throw other.DType != type ? new DTypeException(expected) : new ShapeException(expected);
        }

        Value elements = Value.Zeros(type, checked(tensors.Sum(tensor => tensor.Count))), shapes = Value.Full(1, DType.Int64, tensors.Count, RowLength);
        int start = 0;
        for (int i = 0; i < tensors.Count; i++)
        {
            elements.CopyElements(tensors[i], 0, start, tensors[i].Count);
            start += tensors[i].Count;
            Span<long> row = shapes.Span<long>().Slice(i * RowLength, RowLength);
            row[0] = tensors[i].Rank;
            for (int axis = 0; axis < tensors[i].Rank; axis++)
                row[1 + axis] = tensors[i].Sizes[axis];
        }

        return (elements, shapes);
    }

    /// <summary>The tensors of a sequence.</summary>
    /// <param name="elements">The elements.</param>
    /// <param name="shapes">The row of each tensor.</param>
    /// <exception cref="ShapeException">The rows are none, or say another number of elements than there are.</exception>
    public static IReadOnlyList<Value> Unpack(Value elements, Value shapes)
    {
        if (elements.Rank != 1 || shapes.DType != DType.Int64 || shapes.Rank != 2 || shapes.Sizes[1] != RowLength)
            throw new ShapeException($"Expected a vector and int64 rows of {RowLength} numbers, found {elements.Type} and {shapes.Type}.");
        var tensors = new Value[shapes.Sizes[0]];
        int start = 0;
        for (int i = 0; i < tensors.Length; i++)
        {
            ReadOnlySpan<long> row = shapes.Span<long>().Slice(i * RowLength, RowLength);
            if (row[0] is < 0 or >= RowLength || row.ContainsAnyExceptInRange(0, int.MaxValue))
                throw new ShapeException($"Expected up to {RowLength - 1} axes and their sizes in row {i}, found {string.Join(", ", row.ToArray())}.");
            int[] sizes = [.. row.Slice(1, (int)row[0]).ToArray().Select(size => (int)size)];
            tensors[i] = Value.Zeros(elements.DType, sizes);
            if (tensors[i].Count > elements.Count - start)
                throw new ShapeException($"Expected as many elements as the rows say, found {elements.Count}, which end in tensor {i}.");
            tensors[i].CopyElements(elements, start, 0, tensors[i].Count);
            start += tensors[i].Count;
        }

        return start == elements.Count ? tensors : throw new ShapeException($"Expected {start} elements, as the rows say, found {elements.Count}.");
    }
}
