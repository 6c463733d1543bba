using System.Numerics;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Operations.Indexing;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Reductions;

/// <summary>The int64 index of the greatest element along an axis, the first at a tie (ONNX <c>ArgMax</c>). NaN counts
/// as greater than any number, as in NumPy. The gradient is zero.</summary>
/// <param name="Axis">The axis, counted from 0; its size is at least 1.</param>
/// <param name="KeepDims">Whether the axis stays, with size 1.</param>
public sealed record ArgMax(int Axis, bool KeepDims) : Operation, IHasKernel, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<Example> Examples =>
    [
        new(new ArgMax(1, false), new ExampleInput(["batch", 5])) { Smoothness = 0 },
        new(new ArgMax(0, true), new ExampleInput([4, 3])) { Smoothness = 0 },
    ];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) =>
        node.Flag("select_last_index")
            ? throw new GraphException("ArgMax takes the first index at a tie, found select_last_index.")
            : new ArgMax(node[0].Shape.Axis(node.Integer("axis")), node.Flag("keepdims")).ApplyAll(node[0]);

    /// <inheritdoc/>
    public override IReadOnlyList<TensorType> Infer(InferRequest inputs)
    {
        Require.Count(this, inputs, 1);
        Shape shape = inputs[0].Shape;
        return [new TensorType(DType.Int64, KeepDims ? shape.With(Axis, 1) : [.. shape.Where((_, axis) => axis != Axis)])];
    }

    /// <inheritdoc/>
    public Kernel Lower(LowerRequest request) => Kernel.Of(arguments => NumberDispatch.Run(arguments.Inputs[0].DType, Name, new Call(this, arguments)));

    /// <inheritdoc/>
    public override IReadOnlyList<Variable?> Bprop(BpropRequest request) => request.Zero;

    /// <inheritdoc/>
    public override OnnxForm ToOnnx(OnnxRequest request) =>
        new(Name) { Attributes = [new OnnxAttribute("axis", (long)Axis), new OnnxAttribute("keepdims", KeepDims ? 1L : 0L)] };

    private readonly ref struct Call(ArgMax operation, KernelArguments arguments) : INumberAction
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
            for (int i = 0; i < inner; i++)
            {
                int first = (o * size * inner) + i;
                int best = 0;
                for (int k = 1; k < size && !T.IsNaN(x[first + (best * inner)]); k++)
                {
                    if (!(x[first + (k * inner)] <= x[first + (best * inner)]))
                    {
                        best = k;
                    }
                }

                y[(o * inner) + i] = best;
            }
        }
    }
}
