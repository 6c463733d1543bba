using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Shaping;

/// <summary>Adds a border of a constant (ONNX <c>Pad</c>, mode constant). The gradient is the inner part.</summary>
/// <param name="Before">The number of elements before each axis, not negative.</param>
/// <param name="After">The number of elements after each axis, not negative.</param>
/// <param name="Constant">The constant.</param>
public sealed record Pad(IntList Before, IntList After, double Constant = 0) : Operation, IHasExamples
{
    /// <inheritdoc/>
    public static IEnumerable<Example> Examples =>
        [new(new Pad([1, 0], [0, 2]), new ExampleInput([2, 3])), new(new Pad([0, 2], [0, 1], 1.5), new ExampleInput(["batch", 3]))];

    /// <inheritdoc/>
    public override IReadOnlyList<TensorType> Infer(ReadOnlySpan<TensorType> inputs)
    {
        Require.Count(this, inputs, 1);
        Shape shape = inputs[0].Shape;
        if (Before.Count != shape.Rank || After.Count != shape.Rank || Before.Any(p => p < 0) || After.Any(p => p < 0))
        {
            throw new ShapeException($"{Name} expects {shape.Rank} pads of at least 0 on each side of {shape}, found {Before} and {After}.");
        }

        return [inputs[0] with { Shape = [.. shape.Select((d, i) => Before[i] + After[i] == 0 ? d : d + (Before[i] + After[i]))] }];
    }

    /// <inheritdoc/>
    public override void Compute(KernelArguments arguments)
    {
        (Value x, Value y) = (arguments.Inputs[0], arguments.Outputs[0]);
        y.CopyFrom(Value.Full(Constant, y.DType, y.Sizes));
        int[] strides = StridedCopier.Strides(y.Sizes);
        int offset = 0;
        for (int i = 0; i < strides.Length; i++)
        {
            offset += Before[i] * strides[i];
        }

        int size = x.DType.Size();
        if (x.Count > 0)
        {
            StridedCopier.Copy(x.Address, StridedCopier.Strides(x.Sizes), y.Address + ((nint)offset * size), strides, x.Sizes, size);
        }
    }

    /// <inheritdoc/>
    public override Variable? Bprop(Node node, int input, IReadOnlyList<Variable?> gradients)
    {
        Variable? g = gradients[0];
        Shape shape = node.Inputs[0].Shape;
        for (int i = 0; g is not null && i < shape.Rank; i++)
        {
            if (Before[i] + After[i] > 0)
            {
                g = Ops.Slice(g, i, Before[i], Before[i] + shape[i].Size);
            }
        }

        return g;
    }

    /// <inheritdoc/>
    public override OnnxForm ToOnnx(OnnxRequest request) => new(Name)
    {
        Inputs =
        [
            new OnnxInput.Argument(0),
            OnnxInput.Integers([.. Before.ToLongs(), .. After.ToLongs()]),
            new OnnxInput.Constant(Value.Full(Constant, request.Inputs[0].DType)),
        ],
    };
}
