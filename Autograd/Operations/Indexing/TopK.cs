using System.Numerics;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Indexing;

/// <summary>
/// The greatest or least elements along an axis in order, and their int64 indices (ONNX <c>TopK</c>). Inputs: data, and how many, an int64 vector of one number. Of equal elements the one
/// with the lower index comes first; NaN counts as greater than any number. Where the number depends on data, so do the sizes of the results. The gradient goes to the elements that are given.
/// </summary>
/// <param name="Axis">The axis; a negative one counts from the end.</param>
/// <param name="Largest">Whether the greatest are given, instead of the least.</param>
/// <param name="Sorted">Whether their order matters; they are in order anyway.</param>
public sealed record TopK(int Axis = -1, bool Largest = true, bool Sorted = true) : Operation, IHasKernel, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples =>
    [
        new(new TopK(), new ExampleInput(["batch", 5]) { Separation = 0.05 }, ExampleInput.Constant(3)),
        new(new TopK(0, false), new ExampleInput([4, 3]) { Separation = 0.05 }, ExampleInput.Constant(2)),
        new(new TopK(1), new ExampleInput([2, 4, 2]) { Separation = 0.05 }, ExampleInput.Data(2)),
        new(new TopK(), new ExampleInput([8], DType.Int64, 0, 2), ExampleInput.Constant(8)) { Smoothness = 0 },
        new(new TopK(0, true, false), new ExampleInput([1]) { Separation = 0.05 }, ExampleInput.Constant(1)),
    ];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => new TopK(
        node.Int32("axis"), !node.Knows("largest") || node.Flag("largest"), !node.Knows("sorted") || node.Flag("sorted"))
        .ApplyAll(node[0], node.Knows("k") ? Ops.Integers(node.Integer("k")) : node[1]);

    /// <inheritdoc/>
    public override IReadOnlyList<TensorType> Infer(InferRequest inputs)
    {
        Require.Count(this, inputs, 2);
        Require.Number(this, inputs[0].DType);
        int axis = inputs[0].Shape.Axis(Axis);
        Dim size = inputs[0].Shape[axis];
        if (inputs[1].DType != DType.Int64 || inputs[1].Shape.ElementCount != 1)
            throw new ShapeException($"{Name} expects one int64 number of elements, found {inputs[1]}.");
        Dim count = inputs.Content(1) is [var known] ? known : inputs.Fresh("top");
        if (count.IsStatic && (count.Number < 0 || (size.IsStatic && count.Number > size.Number)))
            throw new ShapeException($"{Name} expects a number of elements from 0 to {size}, found {count}.");
        Shape shape = inputs[0].Shape.With(axis, count);
        return [inputs[0] with { Shape = shape }, new TensorType(DType.Int64, shape)];
    }

    /// <inheritdoc/>
    public Kernel Lower(LowerRequest request)
    {
        int axis = Axis < 0 ? Axis + request.Sizes(0).Length : Axis, count = request.ResultSizes(0)[axis];
        return count <= request.Sizes(0)[axis]
            ? Kernel.Of(arguments => NumberDispatch.Run(arguments.Inputs[0].DType, Name, new Call(this, arguments, axis, count)))
            : throw new ShapeException($"{Name} expects a number of elements up to {request.Sizes(0)[axis]}, found {count}.");
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Variable?> Bprop(BpropRequest request) => request.Each(input => input == 0 && request.Gradient(0) is { } g
        ? new ScatterElements(Axis, ScatterReduction.Add).Apply(Ops.ExpandLike(Variable.Scalar(0, g.DType), request[0]), request.Result(1), g)
        : null);

    /// <inheritdoc/>
    public override OnnxForm ToOnnx(OnnxRequest request) => new(Name)
    {
        Attributes = [new OnnxAttribute("axis", (long)Axis), new OnnxAttribute("largest", Largest ? 1L : 0L), new OnnxAttribute("sorted", Sorted ? 1L : 0L)],
        Inputs = [new OnnxInput.Argument(0), request.Sizes(1)],
    };

    private void Compute<T>(KernelArguments arguments, int axis, int count)
        where T : unmanaged, INumber<T>
    {
        Value x = arguments.Inputs[0];
        (Value? values, Value? indices) = (arguments.Outputs[0], arguments.Outputs.Length > 1 ? arguments.Outputs[1] : null);
        (int outer, int size, int inner) = Layout.Around(x.Sizes, axis);
        var elements = new T[size];
        var order = new int[size];
        Comparison<int> comparison = (a, b) => Compare(elements[a], elements[b]) is var result and not 0 ? result : a.CompareTo(b);
        for (int o = 0; o < outer; o++)
        {
            for (int i = 0; i < inner; i++)
            {
                ReadOnlySpan<T> from = x.Span<T>()[((o * size * inner) + i)..];
                for (int k = 0; k < size; k++)
                    (elements[k], order[k]) = (from[k * inner], k);
                order.AsSpan().Sort(comparison);
                for (int k = 0; k < count; k++)
                {
                    int at = (((o * count) + k) * inner) + i;
                    if (values is not null)
                        values.Span<T>()[at] = elements[order[k]];
                    if (indices is not null)
                        indices.Span<long>()[at] = order[k];
                }
            }
        }
    }

    private int Compare<T>(T a, T b)
        where T : INumber<T>
    {
        // The comparison of the base class library puts NaN before all numbers.
        int result = T.IsNaN(a) || T.IsNaN(b) ? T.IsNaN(a).CompareTo(T.IsNaN(b)) : a.CompareTo(b);
        return Largest ? -result : result;
    }

    private readonly ref struct Call(TopK operation, KernelArguments arguments, int axis, int count) : INumberAction
    {
        private readonly KernelArguments arguments = arguments;

        public void For<T>()
            where T : unmanaged, INumber<T>, IMinMaxValue<T> => operation.Compute<T>(arguments, axis, count);
    }
}
