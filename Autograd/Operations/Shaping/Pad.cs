using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Shaping;

/// <summary>Adds a border of a constant (ONNX <c>Pad</c>, mode constant). The gradient is the inner part.</summary>
/// <param name="Before">The number of elements before each axis, not negative.</param>
/// <param name="After">The number of elements after each axis, not negative.</param>
/// <param name="Constant">The constant.</param>
public sealed record Pad(IntList Before, IntList After, double Constant = 0) : Operation, IMovesElements, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<Example> Examples =>
        [new(new Pad([1, 0], [0, 2]), new ExampleInput([2, 3])), new(new Pad([0, 2], [0, 1], 1.5), new ExampleInput(["batch", 3]))];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => Border(node);

    /// <inheritdoc/>
    public override IReadOnlyList<TensorType> Infer(InferRequest inputs)
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
    public Kernel Lower(LowerRequest request) => Kernel.Of(Compute);

    private void Compute(KernelArguments arguments)
    {
        (Value x, Value y) = (arguments.Inputs[0], arguments.Outputs[0]);
        y.Fill(Constant);
        Span<long> from = stackalloc long[x.Rank];
        Span<long> to = stackalloc long[x.Rank];
        ValueCopy.Strides(x.Sizes, from);
        ValueCopy.Strides(y.Sizes, to);
        long first = 0;
        for (int i = 0; i < to.Length; i++)
        {
            first += Before[i] * to[i];
        }

        ValueCopy.Run(x, 0, from, y, first, to, x.Sizes, arguments.Workers);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Variable?> Bprop(BpropRequest request)
    {
        Variable? g = request.Gradient(0);
        Shape shape = request[0].Shape;
        for (int i = 0; g is not null && i < shape.Rank; i++)
        {
            if (Before[i] + After[i] > 0)
            {
                g = Ops.Slice(g, i, Before[i], Before[i] + shape[i].Size);
            }
        }

        return [g];
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

    private static IReadOnlyList<Variable> Border(OnnxNode node)
    {
        if (node.Text("mode") != "constant")
            throw new GraphException($"Pad takes the mode constant, found {node.Text("mode")}.");
        Shape shape = node[0].Shape;
        IReadOnlyList<long> pads = (node.Version == 1 ? node.Integers("paddings") : node.Numbers("pads", 1))!;
        int[] axes = [.. (node.Version >= 18 ? node.Numbers(3) : null)?.Select(axis => shape.Axis((int)axis)) ?? Enumerable.Range(0, shape.Rank)];
        if (pads.Count != 2 * axes.Length)
            throw new ShapeException($"Pad expects {2 * axes.Length} pads for {axes.Length} axes of {shape}, found {pads.Count}.");
        var before = new int[shape.Rank];
        var after = new int[shape.Rank];
        for (int i = 0; i < axes.Length; i++)
            (before[axes[i]], after[axes[i]]) = (checked((int)pads[i]), checked((int)pads[axes.Length + i]));
        double constant = node.Version < 11 ? node.Number("value") : node.Optional(2) switch
        {
            null => 0,
            { Constant: { } value } => value.Scalar(),
            var other => throw new GraphException($"Pad needs a constant as its input 2, found {other}."),
        };
        return [Ops.Pad(node[0], IntList.Of(before), IntList.Of(after), constant)];
    }
}
