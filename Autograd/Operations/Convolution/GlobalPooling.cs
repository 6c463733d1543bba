using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Convolution;

/// <summary>What poolings over all positions share: axes 2 and on stay with size 1.</summary>
public abstract record GlobalPooling : CompositeOperation
{
    /// <inheritdoc/>
    public sealed override IReadOnlyList<Variable> Expand(Arguments inputs) => inputs[0].Shape.Rank > 2
        ? [Over(inputs[0], [.. Enumerable.Range(2, inputs[0].Shape.Rank - 2)])]
        : throw new ShapeException($"{Name} expects an image [N, C, …], found {inputs[0].Shape}.");

    /// <inheritdoc/>
    public override OnnxForm? ToOnnx(OnnxRequest request) => new(Name) { RuntimeTypes = [DType.Float32] };

    private protected abstract Variable Over(Variable x, IntList axes);
}

/// <summary>The mean of each channel over all positions (ONNX <c>GlobalAveragePool</c>).</summary>
public sealed record GlobalAveragePool : GlobalPooling, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples => [new(new GlobalAveragePool(), new ExampleInput(["batch", 2, 3, 4])), new(new GlobalAveragePool(), new ExampleInput([2, 3, 4]))];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => new GlobalAveragePool().ApplyAll(node[0]);

    private protected override Variable Over(Variable x, IntList axes) => Ops.Mean(x, axes, keepDims: true);
}

/// <summary>The greatest element of each channel over all positions (ONNX <c>GlobalMaxPool</c>). The gradient goes to it, at a tie as that of <see cref="Reductions.ReduceMax"/>.</summary>
public sealed record GlobalMaxPool : GlobalPooling, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples =>
    [
        new(new GlobalMaxPool(), new ExampleInput(["batch", 2, 3, 4]) { Separation = 0.01 }),
        new(new GlobalMaxPool(), new ExampleInput([2, 3, "time"]) { Separation = 0.01 }),
    ];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => new GlobalMaxPool().ApplyAll(node[0]);

    private protected override Variable Over(Variable x, IntList axes) => Ops.ReduceMax(x, axes, keepDims: true);
}

/// <summary>The p-norm of each channel over all positions, (Σ |x|ᵖ)^(1/p) (ONNX <c>GlobalLpPool</c>). The gradient of zeros is 0.</summary>
/// <param name="P">The power.</param>
public sealed record GlobalLpPool(double P = 2) : GlobalPooling, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples =>
    [
        new(new GlobalLpPool(), new ExampleInput(["batch", 2, 3, 4])),
        new(new GlobalLpPool(3), new ExampleInput([2, 3, 4]) { Margin = 0.1 }),
        new(new GlobalLpPool(1), new ExampleInput([2, 3, 2, 2, 2]) { Margin = 0.1 }),
    ];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => new GlobalLpPool(node.Version == 1 ? node.Number("p") : node.Integer("p")).ApplyAll(node[0]);

    /// <inheritdoc/>
    public override OnnxForm? ToOnnx(OnnxRequest request) => !double.IsInteger(P)
        ? null
        : base.ToOnnx(request)! with { Attributes = [new OnnxAttribute("p", (long)P)] };

    private protected override Variable Over(Variable x, IntList axes) => P >= 1
        ? LpNorm.Root(Ops.Sum(LpNorm.Powers(x, P), axes, keepDims: true), P)
        : throw new GraphException($"{Name} expects a power of at least 1, found {P}.");
}
