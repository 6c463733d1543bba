using System.Numerics;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Indexing;

/// <summary>
/// The different elements of a tensor, or its different slices along an axis (ONNX <c>Unique</c>). Results: they, in ascending order or in that in which they first occur; the int64 index of
/// the first occurrence of each; for each element or slice of the data which of them it is; and how often each occurs. NaN equals NaN and comes last. How many there are depends on data. The
/// gradient is zero, as the standard has none.
/// </summary>
/// <param name="Axis">The axis; null for the elements of the data as one vector.</param>
/// <param name="Sorted">Whether they are in ascending order.</param>
public sealed record Unique(int? Axis = null, bool Sorted = true) : Operation, IDataSized, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples =>
    [
        new(new Unique(), new ExampleInput(["batch", 4], DType.Int64, -1, 2)) { Smoothness = 0 },
        new(new Unique(null, false), new ExampleInput([8], DType.Int32, 0, 3)) { Smoothness = 0 },
        new(new Unique(0), new ExampleInput([5, 2], DType.Int64, 0, 1)) { Smoothness = 0 },
        new(new Unique(-1, false), new ExampleInput([2, 4], DType.UInt8, 0, 1)) { Smoothness = 0 },
        new(new Unique(), new ExampleInput([3])) { Smoothness = 0 },
    ];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => new Unique(node.Has("axis") ? node.Int32("axis") : null, node.Flag("sorted")).ApplyAll(node[0]);

    /// <inheritdoc/>
    public override IReadOnlyList<TensorType> Infer(InferRequest inputs)
    {
        Require.Count(this, inputs, 1);
        Shape shape = inputs[0].Shape;
        Dim count = inputs.Fresh("unique");
        Dim whole = Axis is { } given ? shape[shape.Axis(given)] : shape.ElementCount;
        return
        [
            inputs[0] with { Shape = Axis is { } axis ? shape.With(shape.Axis(axis), count) : [count] },
            new TensorType(DType.Int64, [count]), new TensorType(DType.Int64, [whole]), new TensorType(DType.Int64, [count]),
        ];
    }

    /// <inheritdoc/>
    public IReadOnlyList<Value> Evaluate(EvaluateRequest request)
    {
        Value x = request[0];
        int axis = Axis is { } given ? x.Shape.Axis(given) : 0;
        (int outer, int size, int inner) = Axis is null ? (1, x.Count, 1) : Layout.Around(x.Sizes, axis);
        Comparison<int> elements = ElementComparison.Of(x);
        int Compare(int a, int b)
        {
            int result = 0;
            for (int i = 0; result == 0 && i < outer * inner; i++)
                result = elements((((i / inner * size) + a) * inner) + (i % inner), (((i / inner * size) + b) * inner) + (i % inner));
            return result;
        }

        var order = new int[size];
        for (int i = 0; i < size; i++)
            order[i] = i;
        order.AsSpan().Sort((a, b) => Compare(a, b) is var result and not 0 ? result : a.CompareTo(b));
        var groups = new List<List<int>>();
        foreach (int slice in order)
        {
            if (groups.Count > 0 && Compare(groups[^1][0], slice) == 0)
                groups[^1].Add(slice);
            else
                groups.Add([slice]);
        }

        if (!Sorted)
            groups.Sort((a, b) => a[0].CompareTo(b[0]));
        int[] sizes = Axis is null ? [groups.Count] : x.Sizes.ToArray();
        sizes[axis] = groups.Count;
        Value y = Value.Zeros(x.DType, sizes), first = Value.Zeros(DType.Int64, groups.Count), place = Value.Zeros(DType.Int64, size), count = Value.Zeros(DType.Int64, groups.Count);
        for (int g = 0; g < groups.Count; g++)
        {
            first.Span<long>()[g] = groups[g][0];
            count.Span<long>()[g] = groups[g].Count;
            foreach (int slice in groups[g])
                place.Span<long>()[slice] = g;
            for (int o = 0; o < outer; o++)
                y.CopyElements(x, ((o * size) + groups[g][0]) * inner, ((o * groups.Count) + g) * inner, inner);
        }

        return [y, first, place, count];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Variable?> Bprop(BpropRequest request) => request.Zero;

    /// <inheritdoc/>
    public override OnnxForm ToOnnx(OnnxRequest request) => new(Name)
    {
        RuntimeTypes = [DType.Float32, DType.Float64, DType.Int64, DType.Int8, DType.String],
        Attributes = Axis is { } axis ? [new OnnxAttribute("axis", (long)axis), new OnnxAttribute("sorted", Sorted ? 1L : 0L)] : [new OnnxAttribute("sorted", Sorted ? 1L : 0L)],
    };
}

/// <summary>Compares elements of a value by their places.</summary>
internal static class ElementComparison
{
    /// <summary>The comparison for the type of a value: NaN last, texts by the numbers of their characters, complex numbers by the real part first.</summary>
    public static Comparison<int> Of(Value x)
    {
        switch (x.DType)
        {
            case DType.String:
                return (a, b) => string.CompareOrdinal(x.Texts[a], x.Texts[b]);
            case DType.Int64:
                return (a, b) => x.Span<long>()[a].CompareTo(x.Span<long>()[b]);
            case DType.UInt64:
                return (a, b) => x.Span<ulong>()[a].CompareTo(x.Span<ulong>()[b]);
            case DType.Complex64:
                return (a, b) => Compare(x.Span<Complex64>()[a], x.Span<Complex64>()[b]);
            case DType.Complex128:
                return (a, b) => Compare(x.Span<Complex>()[a], x.Span<Complex>()[b]);
            default:
                return (a, b) => Compare(x[a], x[b]);
        }
    }

    private static int Compare(Complex a, Complex b) => Compare(a.Real, b.Real) is var result and not 0 ? result : Compare(a.Imaginary, b.Imaginary);

    private static int Compare(Complex64 a, Complex64 b) => Compare(a.Real, b.Real) is var result and not 0 ? result : Compare(a.Imaginary, b.Imaginary);

    private static int Compare(double a, double b) => double.IsNaN(a) || double.IsNaN(b) ? double.IsNaN(a).CompareTo(double.IsNaN(b)) : a.CompareTo(b);
}
