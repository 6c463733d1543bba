using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Elementwise;

/// <summary>The value itself (ONNX <c>Identity</c>).</summary>
public sealed record Identity : ElementwiseOperation, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<Example> Examples => [new(new Identity(), new ExampleInput(["batch", 5]))];

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
public sealed record StopGradient : ElementwiseOperation, IHasExamples
{
    /// <inheritdoc/>
    public static IEnumerable<Example> Examples => [new(new StopGradient(), new ExampleInput(["batch", 5])) { Smoothness = 0 }];

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

/// <summary>The kernel of operations that change nothing.</summary>
internal static class Copying
{
    public static void Apply(TileArguments tile)
    {
        switch (tile.InputType.Size())
        {
            case 1: tile.Input<byte>(0).CopyTo(tile.Output<byte>()); break;
            case 4: tile.Input<uint>(0).CopyTo(tile.Output<uint>()); break;
            case 8: tile.Input<ulong>(0).CopyTo(tile.Output<ulong>()); break;
            default: throw tile.InputType.NotTaken("A choice or copy", "elements of 1, 4 or 8 bytes");
        }
    }
}
