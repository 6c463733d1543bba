using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Elementwise;

/// <summary>The value itself (ONNX <c>Identity</c>).</summary>
public sealed record Identity : ElementwiseOperation, IOperator, IMovesElements
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples => [new(new Identity(), new ExampleInput(["batch", 5]))];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => new Identity().ApplyAll(node[0]);

    /// <inheritdoc/>
    public override IReadOnlyList<Dim>? Content(Node node, int output) =>
        node.Inputs[0].Content;

    /// <inheritdoc/>
    public override int Arity => 1;

    /// <inheritdoc/>
    public override DType InferDType(ReadOnlySpan<DType> inputs) => inputs[0];

    /// <inheritdoc/>
    public override IReadOnlyList<Variable?> Bprop(BpropRequest request) => [request.Gradient(0)];

    /// <inheritdoc/>
    public override void Apply(TileArguments tile) => Copying.Apply(tile);
}

/// <summary>
/// The value itself, taken for a constant by every gradient: what keeps the perturbation of adversarial training out of the derivative
/// (book section 7.13). Exported as ONNX <c>Identity</c>.
/// </summary>
public sealed record StopGradient : ElementwiseOperation, IHasExamples, IMovesElements
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples => [new(new StopGradient(), new ExampleInput(["batch", 5])) { Smoothness = 0 }];

    /// <inheritdoc/>
    public override int Arity => 1;

    /// <inheritdoc/>
    public override DType InferDType(ReadOnlySpan<DType> inputs) => inputs[0];

    /// <inheritdoc/>
    public override IReadOnlyList<Variable?> Bprop(BpropRequest request) => request.Zero;

    /// <inheritdoc/>
    public override OnnxForm ToOnnx(OnnxRequest request) => new("Identity");

    /// <inheritdoc/>
    public override void Apply(TileArguments tile) => Copying.Apply(tile);
}

/// <summary>
/// The value itself, a number that is neither given nor learned but chosen, such as the share of a velocity that is kept, under a name by which it can be made a setting of whoever runs the computation
/// (<c>WithSetting</c>). It must not depend on an input. Exported as ONNX <c>Identity</c>.
/// </summary>
/// <param name="Key">The name.</param>
public sealed record Hyperparameter(string Key) : ElementwiseOperation, IHasExamples, IMovesElements
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples => [new(new Hyperparameter("momentum"), new ExampleInput([]))];

    /// <inheritdoc/>
    public override int Arity => 1;

    /// <inheritdoc/>
    public override DType InferDType(ReadOnlySpan<DType> inputs) => inputs[0];

    /// <inheritdoc/>
    public override IReadOnlyList<Variable?> Bprop(BpropRequest request) => [request.Gradient(0)];

    /// <inheritdoc/>
    public override OnnxForm ToOnnx(OnnxRequest request) => new("Identity");

    /// <inheritdoc/>
    public override void Apply(TileArguments tile) => Copying.Apply(tile);
}

/// <summary>The kernel of operations that change nothing.</summary>
internal static class Copying
{
    public static void Apply(TileArguments tile) => SizeDispatch.Run(tile.InputType.Size(), new Copy(tile));

    private readonly ref struct Copy(TileArguments tile) : IBitsAction
    {
        private readonly TileArguments tile = tile;

        public void For<T>()
            where T : unmanaged => tile.Input<T>(0).CopyTo(tile.Output<T>());
    }
}
