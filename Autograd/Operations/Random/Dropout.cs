using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Random;

/// <summary>
/// x in inference; in training x/(1 − ratio) where a random mask is true, and 0 elsewhere (ONNX <c>Dropout</c>; book section 7.12). Inputs: x, the ratio (a scalar, ½ if it is left out) and whether it is
/// training (a Bool scalar, not if it is left out). Results: the numbers and the mask. The mask is a function of the seed and the place alone: the same in every run.
/// </summary>
/// <param name="Seed">The seed of the mask.</param>
public sealed record Dropout(long Seed = 0) : CompositeOperation, IOperator
{
    private const double StandardRatio = 0.5;

    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples =>
    [
        new(new Dropout(), new ExampleInput(["batch", 3])),
        new(new Dropout(), new ExampleInput([2, 3]), new ExampleInput([], Low: 0.1, High: 0.2)),
        new(new Dropout(5), new ExampleInput([2, 3]), new ExampleInput([], Low: 0, High: 0), new ExampleInput([], DType.Bool, 1, 1)),
    ];

    /// <summary>Before operator set 12 it is read for inference, with its ratio, whose mask was of the type of x up to operator set 9.</summary>
    /// <param name="node">The node.</param>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node)
    {
        if (node.Version >= 12)
        {
            if (node.Optional(2) is not null)
                RequireRatio(node.Optional(1));
            return new Dropout(node.Has("seed") ? node.Integer("seed") : 0).ApplyAll(node[0], node.Optional(1), node.Optional(2));
        }

        IReadOnlyList<Variable> results = new Dropout().ApplyAll(node[0], Variable.Scalar(node.Number("ratio"), node[0].DType));
        return node.Version >= 10 ? results : [results[0], Ops.Cast(results[1], node[0].DType)];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Variable> Expand(Arguments inputs)
    {
        Variable x = inputs[0];
        if (inputs.Optional(2) is not { } training || (training.Constant is { } known && known.Scalar() == 0))
            return [new Elementwise.Identity().Apply(x), Ops.ExpandLike(Variable.Of(Value.Of(true)), x)];
        Variable ratio = inputs.Optional(1) is { } given ? Ops.Cast(given, DType.Float32) : Variable.Scalar(StandardRatio, DType.Float32);
        RequireRatio(inputs.Optional(1));
        Variable uniform = Ops.RandomUniform(x.Shape, Variable.Of(Value.Of(unchecked((ulong)Seed))), Variable.Of(Value.Of(0UL)), DType.Float32, x);
        Variable kept = new Elementwise.Or().Apply(new Elementwise.Not().Apply(training), Ops.GreaterOrEqual(uniform, ratio));

        // Floating-point numbers of eight bits are computed in float32.
        DType wide = ElementType.Of(x.DType).IsDifferentiable ? x.DType : DType.Float32;
        Variable left = 1 - (inputs.Optional(1) is { } number ? Ops.Cast(number, wide) : Variable.Scalar(StandardRatio, wide));
        Variable numbers = Ops.Cast(x, wide);
        return [Ops.Cast(Ops.Where(training, Ops.Where(kept, numbers / left, 0), numbers), x.DType), kept];
    }

    private static void RequireRatio(Variable? ratio)
    {
        if (ratio?.Constant is { } constant && !(constant.Scalar() is >= 0 and <= 1))
            throw new GraphException(FormattableString.Invariant($"{nameof(Dropout)} expects a ratio from 0 to 1, found {constant.Scalar()}."));
    }

    /// <summary>One node in inference; in training the numbers of the mask are this engine's, so that the expansion is written. A ratio that is computed is left out, since it changes nothing in inference, and ONNX Runtime
    /// puts it in the place of x where it takes the node out.</summary>
    /// <param name="request">The opset version and the types of inputs and outputs.</param>
    public override OnnxForm? ToOnnx(OnnxRequest request) => request.Inputs.Has(2) ? null : new(Name)
    {
        Attributes = Seed == 0 ? [] : [new OnnxAttribute("seed", Seed)],
        Inputs = request.Inputs.Constant(1) is null ? [new OnnxInput.Argument(0)] : [new OnnxInput.Argument(0), new OnnxInput.Argument(1)],
    };
}
