using System.Numerics;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Shaping;

/// <summary>
/// start, start + delta, … before limit (ONNX <c>Range</c>): max(0, ⌈(limit − start) / delta⌉) numbers. Inputs: start, limit and delta, scalars of one number type. Where they
/// depend on data, so does the size of the result. The gradient is zero.
/// </summary>
public sealed record Range : Operation, IHasKernel, IOperator
{
    private const int LargestContent = 64;

    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples =>
    [
        new(new Range(), new ExampleInput([], DType.Int64, 1, 1), new ExampleInput([], DType.Int64, 7, 7), new ExampleInput([], DType.Int64, 2, 2)) { Smoothness = 0 },
        new(new Range(), new ExampleInput([], DType.Int32, 5, 5), new ExampleInput([], DType.Int32, -4, -4), new ExampleInput([], DType.Int32, -3, -3)) { Smoothness = 0 },
    ];

    /// <summary>Some programs write vectors of one number, which runtimes take.</summary>
    /// <param name="node">The node.</param>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => new Range().ApplyAll([.. node.Inputs.Select(input => input.Shape.Rank == 1 ? Ops.Reshape(input, Shape.Scalar) : input)]);

    /// <inheritdoc/>
    public override IReadOnlyList<TensorType> Infer(InferRequest inputs)
    {
        Require.Count(this, inputs, 3);
        foreach (TensorType input in inputs.Present)
        {
            Require.Number(this, input.DType);
            Require.SameType(this, inputs[0].DType, input.DType);
            Require.Rank(this, input, 0);
        }

        return [new TensorType(inputs[0].DType, [CountOf(inputs) ?? inputs.Fresh("range")])];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Dim>? Content(Node node, int output) =>
        node.Outputs[0].Shape[0] is { IsStatic: true, Number: <= LargestContent } count && node.Inputs[0].Content is [var start] && node.Inputs[2].Content is [var delta]
            ? [.. Enumerable.Range(0, count.Size).Select(i => start + (Dim.OfNumber(i) * delta))]
            : null;

    /// <inheritdoc/>
    public Kernel Lower(LowerRequest request) => Kernel.Of(Compute);

    private void Compute(KernelArguments arguments) => NumberDispatch.Run(arguments.Outputs[0].DType, Name, new Filling(arguments));

    /// <inheritdoc/>
    public override IReadOnlyList<Variable?> Bprop(BpropRequest request) => request.Zero;

    /// <inheritdoc/>
    public override OnnxForm ToOnnx(OnnxRequest request) => new(Name) { RuntimeTypes = [DType.Float32, DType.Float64, DType.Int32, DType.Int64] };

    /// <summary>How many numbers it gives; null where that depends on data.</summary>
    private static Dim? CountOf(InferRequest inputs)
    {
        if (inputs.Content(0) is [var start] && inputs.Content(1) is [var limit] && inputs.Content(2) is [{ IsStatic: true, Number: not 0 } delta])
            return Dim.Max((delta.Number > 0 ? limit - start + (delta - 1) : limit - start + (delta + 1)).FloorDivide(delta), 0);
        if (inputs.Constant(2) is { } by && !(double.Abs(by.Scalar()) > 0))
            throw new ShapeException($"Range expects steps other than 0, found {by.Scalar()}.");
        return inputs.Constant(0) is { } from && inputs.Constant(1) is { } to && inputs.Constant(2) is { } step
            ? Dim.Of((long)Math.Max(0, Math.Ceiling((to.Scalar() - from.Scalar()) / step.Scalar())))
            : null;
    }

    private readonly ref struct Filling(KernelArguments arguments) : INumberAction
    {
        private readonly KernelArguments arguments = arguments;

        public void For<T>()
            where T : unmanaged, INumber<T>, IMinMaxValue<T>
        {
            (T start, T delta) = (arguments.Inputs[0].Span<T>()[0], arguments.Inputs[2].Span<T>()[0]);
            Span<T> y = arguments.Outputs[0].Span<T>();
            for (int i = 0; i < y.Length; i++)
                y[i] = start + (T.CreateTruncating(i) * delta);
        }
    }
}
