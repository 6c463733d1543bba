using System.Numerics;
using System.Numerics.Tensors;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Operations.Indexing;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Reductions;

/// <summary>The int64 index of the greatest or least element along an axis. NaN counts as such, as in NumPy. The gradient is zero.</summary>
/// <param name="Axis">The axis, counted from 0; its size is at least 1.</param>
/// <param name="KeepDims">Whether the axis stays, with size 1.</param>
/// <param name="SelectLastIndex">Whether the last index is given at a tie, instead of the first.</param>
public abstract record ArgReduction(int Axis, bool KeepDims, bool SelectLastIndex) : Operation, IHasKernel
{
    private const int SelectSince = 12;

    private protected abstract bool IsLeast { get; }

    /// <inheritdoc/>
    public sealed override IReadOnlyList<TensorType> Infer(InferRequest inputs)
    {
        Require.Count(this, inputs, 1);
        Shape shape = inputs[0].Shape;
        shape.Axis(Axis);
        return [new TensorType(DType.Int64, KeepDims ? shape.With(Axis, 1) : [.. shape.Where((_, axis) => axis != Axis)])];
    }

    /// <inheritdoc/>
    public Kernel Lower(LowerRequest request) => Kernel.Of(arguments => NumberDispatch.Run(arguments.Inputs[0].DType, Name, new Call(this, arguments)));

    /// <inheritdoc/>
    public sealed override IReadOnlyList<Variable?> Bprop(BpropRequest request) => request.Zero;

    /// <inheritdoc/>
    public sealed override OnnxForm? ToOnnx(OnnxRequest request)
    {
        OnnxAttribute[] attributes = [new("axis", (long)Axis), new("keepdims", KeepDims ? 1L : 0L)];
        return !SelectLastIndex ? new(Name) { Attributes = attributes }
            : request.Opset >= SelectSince ? new(Name) { Attributes = [.. attributes, new("select_last_index", 1L)] }
            : null;
    }

    private protected static IEnumerable<OperationExample> ExamplesOf(Func<int, bool, bool, Operation> make) =>
    [
        new(make(1, false, false), new ExampleInput(["batch", 5])) { Smoothness = 0 },
        new(make(0, true, false), new ExampleInput([4, 3])) { Smoothness = 0 },
        new(make(1, false, true), new ExampleInput([2, 6], DType.Int32, 0, 1)) { Smoothness = 0 },
        new(make(1, true, false), new ExampleInput([2, 6], DType.Int64, 0, 1)) { Smoothness = 0 },
    ];

    private protected static IReadOnlyList<Variable> Read(OnnxNode node, Func<int, bool, bool, Operation> make) => make(
        node[0].Shape.Axis(node.Integer("axis")), node.Flag("keepdims"), node.Knows("select_last_index") && node.Flag("select_last_index")).ApplyAll(node[0]);

    private readonly ref struct Call(ArgReduction operation, KernelArguments arguments) : INumberAction
    {
        private readonly KernelArguments arguments = arguments;

        public void For<T>()
            where T : unmanaged, INumber<T>, IMinMaxValue<T> => operation.Compute<T>(arguments);
    }

    private void Compute<T>(KernelArguments arguments)
        where T : unmanaged, INumber<T>
    {
        (int outer, int size, int inner) = Layout.Around(arguments.Inputs[0].Sizes, Axis);
        ReadOnlySpan<T> x = arguments.Inputs[0].Span<T>();
        Span<long> y = arguments.Outputs[0].Span<long>();
        for (int o = 0; o < outer; o++)
        {
            if (inner == 1)
                y[o] = Along(x.Slice(o * size, size));
            else
                Beside(x.Slice(o * size * inner, size * inner), y.Slice(o * inner, inner));
        }
    }

    private int Along<T>(ReadOnlySpan<T> row)
        where T : unmanaged, INumber<T>
    {
        // Zeros of both signs are equal here, and not there.
        int best = SelectLastIndex ? 0 : IsLeast ? TensorPrimitives.IndexOfMin(row) : TensorPrimitives.IndexOfMax(row);
        if (!SelectLastIndex && !T.IsZero(row[best]))
            return best;
        best = 0;
        for (int k = 1; k < row.Length; k++)
        {
            if (IsBetter(row[k], row[best]))
                best = k;
        }

        return best;
    }

    /// <summary>Columns side by side, a part of them at a time, so that memory is read as it lies.</summary>
    private void Beside<T>(ReadOnlySpan<T> x, Span<long> y)
        where T : unmanaged, INumber<T>
    {
        const int Part = 256;
        Span<T> best = stackalloc T[Part];
        for (int start = 0; start < y.Length; start += Part)
        {
            Span<long> places = y.Slice(start, Math.Min(Part, y.Length - start));
            x.Slice(start, places.Length).CopyTo(best);
            places.Clear();
            for (int k = 1; k < x.Length / y.Length; k++)
            {
                ReadOnlySpan<T> row = x.Slice((k * y.Length) + start, places.Length);
                for (int i = 0; i < row.Length; i++)
                {
                    if (IsBetter(row[i], best[i]))
                        (best[i], places[i]) = (row[i], k);
                }
            }
        }
    }

    private bool IsBetter<T>(T element, T best)
        where T : INumber<T>
    {
        if (T.IsNaN(best))
            return SelectLastIndex && T.IsNaN(element);
        return IsLeast
            ? !(SelectLastIndex ? element > best : element >= best)
            : !(SelectLastIndex ? element < best : element <= best);
    }
}

/// <summary>The int64 index of the greatest element along an axis (ONNX <c>ArgMax</c>). NaN counts as greater than any number, as in NumPy. The gradient is zero.</summary>
/// <param name="Axis">The axis, counted from 0; its size is at least 1.</param>
/// <param name="KeepDims">Whether the axis stays, with size 1.</param>
/// <param name="SelectLastIndex">Whether the last index is given at a tie, instead of the first.</param>
public sealed record ArgMax(int Axis, bool KeepDims, bool SelectLastIndex = false) : ArgReduction(Axis, KeepDims, SelectLastIndex), IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples => ExamplesOf((axis, keep, last) => new ArgMax(axis, keep, last));

    private protected override bool IsLeast => false;

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => Read(node, (axis, keep, last) => new ArgMax(axis, keep, last));
}

/// <summary>The int64 index of the least element along an axis (ONNX <c>ArgMin</c>). NaN counts as less than any number, as in NumPy. The gradient is zero.</summary>
/// <param name="Axis">The axis, counted from 0; its size is at least 1.</param>
/// <param name="KeepDims">Whether the axis stays, with size 1.</param>
/// <param name="SelectLastIndex">Whether the last index is given at a tie, instead of the first.</param>
public sealed record ArgMin(int Axis, bool KeepDims, bool SelectLastIndex = false) : ArgReduction(Axis, KeepDims, SelectLastIndex), IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples => ExamplesOf((axis, keep, last) => new ArgMin(axis, keep, last));

    private protected override bool IsLeast => true;

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => Read(node, (axis, keep, last) => new ArgMin(axis, keep, last));
}
