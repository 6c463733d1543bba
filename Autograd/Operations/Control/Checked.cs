using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Control;

/// <summary>
/// The value itself, where a condition is what it must be; an error otherwise. It stands where only one branch of a choice can be computed. Inputs: the value, and the condition,
/// a bool with one element. ONNX has no such operator: it is written as <c>Identity</c>.
/// </summary>
/// <param name="Expected">What the condition must be.</param>
/// <param name="Reason">Why it must be so, as a sentence.</param>
internal sealed record Checked(bool Expected, string Reason) : Operation, IHasKernel
{
    /// <inheritdoc/>
    public DType ComputeType(DType stored) => stored;

    /// <inheritdoc/>
    public override IReadOnlyList<TensorType> Infer(InferRequest inputs)
    {
        Require.Count(this, inputs, 2);
        Require.Type(this, DType.Bool, inputs[1].DType);
        return [inputs[0]];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Dim>? Content(Node node, int output) => node.Inputs[0].Content;

    /// <inheritdoc/>
    public Kernel Lower(LowerRequest request) => Kernel.Of(arguments =>
    {
        if (arguments.Inputs[1].Span<bool>()[0] != Expected)
            throw new ShapeException($"Expected a condition that is {Expected}, found {!Expected}. {Reason}");
        arguments.Outputs[0].CopyFrom(arguments.Inputs[0]);
    });

    /// <inheritdoc/>
    public override IReadOnlyList<Variable?> Bprop(BpropRequest request) => request.Each(input => input == 0 ? request.Gradient(0) : null);

    /// <inheritdoc/>
    public override OnnxForm ToOnnx(OnnxRequest request) => new("Identity") { Inputs = [new OnnxInput.Argument(0)] };
}
