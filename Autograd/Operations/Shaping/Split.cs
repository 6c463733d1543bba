using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Shaping;

/// <summary>Splits an axis into consecutive parts (ONNX <c>Split</c>). The gradient is the concatenation of the parts' gradients.</summary>
/// <param name="Axis">The axis, counted from 0.</param>
/// <param name="Sizes">The sizes of the parts; they add up to the axis.</param>
public sealed record Split(int Axis, IntList Sizes) : Operation, IHasKernel, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<Example> Examples =>
        [new(new Split(1, [2, 1, 3]), new ExampleInput(["batch", 6])), new(new Split(0, [2, 2]), new ExampleInput([4, 3]))];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => new Split(node[0].Shape.Axis((int)node.Integer("axis")), Parts(node)).ApplyAll(node[0]);

    /// <inheritdoc/>
    public override IReadOnlyList<TensorType> Infer(InferRequest inputs)
    {
        Require.Count(this, inputs, 1);
        TensorType x = inputs[0];
        int size = Require.Static(this, x, Axis);
        return Sizes.Sum() == size
            ? [.. Sizes.Select(part => x with { Shape = x.Shape.With(Axis, part) })]
            : throw new ShapeException($"{Name} expects parts that add up to {size} on axis {Axis} of {x.Shape}, found {Sizes}.");
    }

    /// <inheritdoc/>
    public Kernel Lower(LowerRequest request) => Kernel.Of(Compute);

    private void Compute(KernelArguments arguments)
    {
        Value x = arguments.Inputs[0];
        Span<long> from = stackalloc long[x.Rank];
        Span<long> to = stackalloc long[x.Rank];
        ValueCopy.Strides(x.Sizes, from);
        long offset = 0;
        for (int i = 0; i < Sizes.Count; i++)
        {
            if (arguments.Outputs[i] is { } y)
            {
                ValueCopy.Strides(y.Sizes, to);
                ValueCopy.Run(x, offset * from[Axis], from, y, 0, to, y.Sizes, arguments.Workers);
            }

            offset += Sizes[i];
        }
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Variable?> Bprop(BpropRequest request) =>
    [
        Ops.Concat(Axis, [.. request.Results.Select((y, i) => request.Gradient(i) ?? Ops.ExpandLike(Variable.Scalar(0, y.DType), y))]),
    ];

    /// <inheritdoc/>
    public override OnnxForm ToOnnx(OnnxRequest request) => new(Name)
    {
        Attributes = [new OnnxAttribute("axis", (long)Axis)],
        Inputs = [new OnnxInput.Argument(0), OnnxInput.Integers([.. Sizes.ToLongs()])],
    };

    /// <summary>The sizes of the parts: given, or equal ones, the last of which may be smaller.</summary>
    private static IntList Parts(OnnxNode node)
    {
        if (node.Numbers("split", 1) is { } sizes)
            return [.. sizes.Select(size => checked((int)size))];
        Shape shape = node[0].Shape;
        int axis = shape.Axis((int)node.Integer("axis"));
        int count = node.Has("num_outputs") ? (int)node.Integer("num_outputs") : node.Results;
        int total = shape[axis].Size;
        int part = (total + count - 1) / count;
        return [.. Enumerable.Range(0, count).Select(i => Math.Clamp(total - (i * part), 0, part))];
    }
}
