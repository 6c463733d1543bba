using System.Numerics;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Reductions;

/// <summary>
/// The adjoint of broadcasting: sums over the axes in which a shape has 1 and the data have not, and over those that it does not have. Inputs: data, and the shape as an
/// int64 vector, to which the data's broadcasts. Which axes these are may depend on sizes that are known when a plan is made. The gradient repeats G.
/// </summary>
public sealed record SumTo : Operation, IRunsInBlocks, IHasExamples
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples =>
    [
        new(new SumTo(), new ExampleInput([2, 3]), ExampleInput.Constant(1, 3)),
        new(new SumTo(), new ExampleInput(["batch", 2, 3]), ExampleInput.Constant(2, 1)),
        new(new SumTo(), new ExampleInput([2, 3]), ExampleInput.Constant(2, 3)),
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<TensorType> Infer(InferRequest inputs)
    {
        Require.Count(this, inputs, 2);
        Require.Floating(this, inputs[0].DType);
        Require.Sizes(this, inputs, 1);
        Shape result = inputs.Content(1) is { } known ? [.. known] : [.. Enumerable.Range(0, inputs[1].Shape[0].Size).Select(axis => inputs.Fresh($"summed_{axis}"))];
        return result.Rank <= inputs[0].Shape.Rank
            ? [inputs[0] with { Shape = result }]
            : throw new ShapeException($"{Name} expects a shape of at most {inputs[0].Shape.Rank} axes, found {result}.");
    }

    /// <inheritdoc/>
    public Kernel Lower(LowerRequest request)
    {
        ReadOnlySpan<int> from = request.Sizes(0), to = request.ResultSizes(0);
        var reduced = new bool[from.Length];
        for (int i = 1; i <= from.Length; i++)
        {
            int kept = i <= to.Length ? to[^i] : 1;
            reduced[^i] = kept == 1;
            if (kept != 1 && kept != from[^i])
                throw new ShapeException($"{Name} expects a shape that broadcasts to {Shape.OfSizes(from)}, found {Shape.OfSizes(to)}.");
        }

        return request.Floating(request.Type(0), a => Compute<float>(a, reduced), a => Compute<double>(a, reduced), Value.CountOf(from));
    }

    /// <summary>By the leading axis, where it is known whether that stays.</summary>
    Blocks? IRunsInBlocks.BlocksOf(InferRequest inputs, Shape result)
    {
        Shape x = inputs[0].Shape;
        if (x.Rank == 0)
            return null;
        if (result.Rank < x.Rank || (result[0] == 1 && x[0] != 1))
            return new Blocks([0], BlockJoin.Sum);
        return result[0] == x[0] ? new Blocks([0]) : null;
    }

    private static void Compute<T>(KernelArguments arguments, bool[] reduced)
        where T : unmanaged, INumber<T>, IMinMaxValue<T> => Kernels.Reductions.Reduce<T>(
            ReductionKind.Sum, arguments.Inputs[0].Span<T>(), arguments.Inputs[0].Sizes, reduced, arguments.Outputs[0].Span<T>(), arguments.Workers);

    /// <inheritdoc/>
    public override IReadOnlyList<Variable?> Bprop(BpropRequest request) =>
        request.Each(input => input == 0 && request.Gradient(0) is { } g ? Ops.ExpandLike(g, request[0]) : null);

    /// <summary>A sum over axes that are computed, those in which the shape, with ones before it, has 1, then a change of shape.</summary>
    /// <param name="request">The opset version and the types of inputs and outputs.</param>
    public override OnnxForm ToOnnx(OnnxRequest request)
    {
        Shape from = request.Inputs[0].Shape, to = request.Outputs[0].Shape;
        int added = from.Rank - to.Rank;
        OnnxInput shape = request.Sizes(1);
        OnnxInput padded = added == 0 ? shape : OnnxInput.Of("Concat", [new OnnxAttribute("axis", 0L)], OnnxInput.Integers([.. Enumerable.Repeat(1L, added)]), shape);
        OnnxInput axes = to.IsStatic
            ? OnnxInput.Integers([.. Enumerable.Range(0, from.Rank).Where(axis => axis < added || to[axis - added] == 1).Select(axis => (long)axis)])
            : OnnxInput.Of("Squeeze", OnnxInput.Of("NonZero", OnnxInput.Of("Equal", padded, OnnxInput.Integers(1))), OnnxInput.Integers(0));
        bool isPlain = to.IsStatic && from == to;
        OnnxAttribute[] keep = to.IsStatic ? [new OnnxAttribute("keepdims", 1L)] : [new OnnxAttribute("keepdims", 1L), new OnnxAttribute("noop_with_empty_axes", 1L)];
        OnnxInput sum = isPlain ? new OnnxInput.Argument(0) : OnnxInput.Of("ReduceSum", keep, new OnnxInput.Argument(0), axes);
        return new OnnxForm("Reshape") { Inputs = [sum, shape] };
    }
}
