using System.Runtime.Intrinsics;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Elementwise;

/// <summary>x where the condition holds, y elsewhere (ONNX <c>Where</c>), with broadcasting. The branch not taken gets gradient zero, even if its
/// value is NaN or infinite.</summary>
public sealed record Where : ElementwiseOperation, IOperator, IMovesElements
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples =>
    [
        new(new Where(), new ExampleInput([2, 5], DType.Bool, 0, 1), new ExampleInput([2, 5]), new ExampleInput([5])),
        new(new Where(), new ExampleInput(["batch", 5], DType.Bool, 0, 1), new ExampleInput(["batch", 1]), new ExampleInput([])),
    ];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => new Where().ApplyAll(node.Inputs);

    /// <inheritdoc/>
    public override int Arity => 3;

    internal override Delegate VectorFunction => (Func<Vector256<float>, Vector256<float>, Vector256<float>, Vector256<float>>)Vector256.ConditionalSelect;

    /// <inheritdoc/>
    public override DType InferDType(ReadOnlySpan<DType> inputs)
    {
        Require.Type(this, DType.Bool, inputs[0]);
        Require.SameType(this, inputs[1], inputs[2]);
        return inputs[1];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Dim>? Content(Node node, int output)
    {
        if (node.Inputs[0].Content is not { } condition || !condition.All(d => d.IsStatic) || node.Inputs[1].Content is not { } x || node.Inputs[2].Content is not { } y)
            return null;
        int count = node.Outputs[output].Shape.ElementCount.Size;
        return [.. Enumerable.Range(0, count).Select(i => At(condition, i) != 0 ? At(x, i) : At(y, i))];
        static Dim At(IReadOnlyList<Dim> elements, int i) => elements[elements.Count == 1 ? 0 : i];
    }

    /// <summary>A choice moves bits and needs no arithmetic, so the size of an element decides.</summary>
    /// <param name="tile">Inputs and output.</param>
    public override void Apply(TileArguments tile) => SizeDispatch.Run(tile.InputType.Size(), new Selection(tile));

    /// <inheritdoc/>
    public override IReadOnlyList<Variable?> Bprop(BpropRequest request) => request.Each(input => request.Gradient(0) is { } g
        ? new Choice([(request[0], input == 1)], g) is var choice ? Choice.Undo(choice.Take(g), request[input]) : null
        : null);

    private readonly ref struct Selection(TileArguments tile) : IBitsAction
    {
        private readonly TileArguments tile = tile;

        public void For<T>()
            where T : unmanaged => Masks.Choose(tile.Input<byte>(0), tile.Input<T>(1), tile.Input<T>(2), tile.Output<T>());
    }
}
