using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Shaping;

/// <summary>The sizes of a tensor as an int64 vector (ONNX <c>Shape</c>), of the axes from Start to before End. The gradient is zero.</summary>
/// <param name="Start">The first axis, counted from 0.</param>
/// <param name="End">The axis after the last; null for all that follow.</param>
public sealed record ShapeOf(int Start = 0, int? End = null) : Operation, IMovesElements, IOperator
{
    /// <inheritdoc/>
    public static string OnnxName => "Shape";

    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples =>
    [
        new(new ShapeOf(), new ExampleInput(["batch", 4])) { Smoothness = 0 },
        new(new ShapeOf(1, 3), new ExampleInput([2, "width", 3, 1])) { Smoothness = 0 },
        new(new ShapeOf(), new ExampleInput([])) { Smoothness = 0 },
    ];

    /// <inheritdoc/>
    public override string Name => OnnxName;

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node)
    {
        int rank = node[0].Shape.Rank;
        int Clamp(long axis) => (int)Math.Clamp(axis < 0 ? axis + rank : axis, 0, rank);
        int start = node.Has("start") ? Clamp(node.Integer("start")) : 0;
        return new ShapeOf(start, node.Has("end") ? Math.Max(start, Clamp(node.Integer("end"))) : null).ApplyAll(node[0]);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<TensorType> Infer(InferRequest inputs)
    {
        Require.Count(this, inputs, 1);
        int rank = inputs[0].Shape.Rank;
        return Start >= 0 && Start <= (End ?? rank) && (End ?? rank) <= rank
            ? [new TensorType(DType.Int64, [(End ?? rank) - Start])]
            : throw new ShapeException($"{Name} expects axes from 0 to {rank} for {inputs[0].Shape}, found {Start} to {End}.");
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Dim> Content(Node node, int output) =>
        [.. node.Inputs[0].Shape.Take(End ?? node.Inputs[0].Shape.Rank).Skip(Start)];

    /// <inheritdoc/>
    public Kernel Lower(LowerRequest request) => Kernel.Of(Compute);

    private void Compute(KernelArguments arguments)
    {
        Span<long> sizes = arguments.Outputs[0].Span<long>();
        for (int i = 0; i < sizes.Length; i++)
            sizes[i] = arguments.Inputs[0].Sizes[Start + i];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Variable?> Bprop(BpropRequest request) => request.Zero;

    /// <summary>Operator sets before 15 have no first and last axis: there the sizes are cut out of all.</summary>
    /// <param name="request">The opset version and the types of inputs and outputs.</param>
    public override OnnxForm ToOnnx(OnnxRequest request)
    {
        int rank = request.Inputs[0].Shape.Rank;
        if (Start == 0 && (End ?? rank) == rank)
            return new OnnxForm(OnnxName);
        if (request.Opset >= 15)
        {
            return new OnnxForm(OnnxName)
            {
                Attributes = [.. End is { } end ? [new OnnxAttribute("end", (long)end)] : Array.Empty<OnnxAttribute>(), new OnnxAttribute("start", (long)Start)],
            };
        }

        OnnxInput all = OnnxInput.Of(OnnxName, new OnnxInput.Argument(0));
        return new OnnxForm("Slice") { Inputs = [all, OnnxInput.Integers(Start), OnnxInput.Integers(End ?? rank), OnnxInput.Integers(0), OnnxInput.Integers(1)] };
    }
}
