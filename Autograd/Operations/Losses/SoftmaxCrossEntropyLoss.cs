using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations.Normalization;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Losses;

/// <summary>
/// −w_y·ln softmax(z)_y for each label y (ONNX <c>SoftmaxCrossEntropyLoss</c>; book equations 6.29 and 6.30): logits z [N, C, …], labels [N, …] (int64 or int32) and weights of the classes [C],
/// 1 if they are left out. Results: the losses [N, …], or a scalar, and ln softmax(z). A label that is no class gives NaN.
/// </summary>
/// <param name="Reduction">What becomes of the losses of single labels.</param>
/// <param name="Ignored">A label that does not count, whether it is a class or not; null for none.</param>
public sealed record SoftmaxCrossEntropyLoss(LossReduction Reduction = LossReduction.Mean, long? Ignored = null) : CompositeOperation, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples => NegativeLogLikelihoodLoss.ExamplesOf((reduction, ignored) => new SoftmaxCrossEntropyLoss(reduction, ignored));

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) =>
        new SoftmaxCrossEntropyLoss(LossAttributes.Reduction(node), LossAttributes.Ignored(node)).ApplyAll(node[0], node[1], node.Optional(2));

    /// <summary>The losses in other operations; float16 and bfloat16 are computed in float32.</summary>
    /// <param name="inputs">Logits, labels and weights.</param>
    public override IReadOnlyList<Variable> Expand(Arguments inputs)
    {
        DType type = inputs[0].DType, wide = ElementType.Of(type).IsHalf ? DType.Float32 : type;
        Variable logarithms = new LogSoftmax(1).Apply(Ops.Cast(inputs[0], wide));
        Variable losses = NegativeLogLikelihoodLoss.Of(this, logarithms, inputs[1], inputs.Optional(2)?.Cast(wide), Reduction, Ignored);
        return [Ops.Cast(losses, type), Ops.Cast(logarithms, type)];
    }

    /// <summary>One node, but in bfloat16: there runtimes expand it into operators that do not take the type.</summary>
    /// <param name="request">The opset version and the types of inputs and outputs.</param>
    public override OnnxForm? ToOnnx(OnnxRequest request) => request.Inputs[0].DType == DType.BFloat16 ? null : new(Name) { Attributes = LossAttributes.Of(Reduction, Ignored) };
}
