using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Indexing;

/// <summary>
/// One element for each index: along an axis the index says which, on the others it is that of the same place (ONNX <c>GatherElements</c>). Inputs: data, and int64 indices with as many
/// axes, negative ones from the end. The result has the shape of the indices. The gradient adds up where an element is taken more than once.
/// </summary>
/// <param name="Axis">The axis; a negative one counts from the end.</param>
public sealed record GatherElements(int Axis = 0) : Operation, IMovesElements, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples =>
    [
        new(new GatherElements(), new ExampleInput([3, 4]), new ExampleInput([5, 2], DType.Int64, -3, 2)),
        new(new GatherElements(1), new ExampleInput(["batch", 3, 2]), new ExampleInput(["batch", 4, 2], DType.Int64, -3, 2)),
        new(new GatherElements(-1), new ExampleInput([4]), new ExampleInput(["count"], DType.Int64, 0, 3)),
    ];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => new GatherElements(node.Int32("axis")).ApplyAll(node[0], Ops.Cast(node[1], DType.Int64));

    /// <inheritdoc/>
    public override IReadOnlyList<TensorType> Infer(InferRequest inputs)
    {
        Require.Count(this, inputs, 2);
        Require.Type(this, DType.Int64, inputs[1].DType);
        ElementPlaces.Axis(this, inputs[0].Shape, inputs[1].Shape, Axis);
        return [inputs[0] with { Shape = inputs[1].Shape }];
    }

    /// <inheritdoc/>
    public Kernel Lower(LowerRequest request) => Kernel.Of(arguments => SizeDispatch.Run(arguments.Outputs[0].DType.Size(), new Moving(this, arguments)));

    /// <inheritdoc/>
    public override IReadOnlyList<Variable?> Bprop(BpropRequest request) => request.Each(input => input == 0 && request.Gradient(0) is { } g
        ? new ScatterElements(Axis, ScatterReduction.Add).Apply(Ops.ExpandLike(Variable.Scalar(0, g.DType), request[0]), request[1], g)
        : null);

    /// <inheritdoc/>
    public override OnnxForm ToOnnx(OnnxRequest request) => new(Name) { Attributes = [new OnnxAttribute("axis", (long)Axis)] };

    private unsafe void Move<T>(KernelArguments arguments)
        where T : unmanaged
    {
        (Value x, Value indices, Value y) = (arguments.Inputs[0], arguments.Inputs[1], arguments.Outputs[0]);
        using Scratch scratch = arguments.Workers.Rent((long)indices.Count * sizeof(int));
        Span<int> places = scratch.Span<int>(indices.Count);
        ElementPlaces.Fill(this, x.Sizes, indices, Axis < 0 ? Axis + x.Rank : Axis, places);
        T* from = x.Pointer<T>(), to = y.Pointer<T>();
        for (int i = 0; i < places.Length; i++)
            to[i] = from[places[i]];
    }

    private readonly ref struct Moving(GatherElements operation, KernelArguments arguments) : IBitsAction
    {
        private readonly KernelArguments arguments = arguments;

        public void For<T>()
            where T : unmanaged => operation.Move<T>(arguments);
    }
}
