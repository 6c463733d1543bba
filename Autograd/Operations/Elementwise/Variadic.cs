using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Elementwise;

/// <summary>The sum of any number of tensors, with broadcasting (ONNX <c>Sum</c>).</summary>
public sealed record Sum : CompositeOperation, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples => ExamplesOf(new Sum());

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => new Sum().ApplyAll(node.Inputs);

    /// <inheritdoc/>
    public override IReadOnlyList<Variable> Expand(Arguments inputs) => [Of(inputs)];

    internal static Variable Of(Arguments inputs) => inputs.Length == 1 ? new Identity().Apply(inputs[0]) : inputs.Aggregate((x, y) => x + y);

    internal static IEnumerable<OperationExample> ExamplesOf(Operation operation) =>
    [
        new(operation, new ExampleInput(["batch", 3])),
        new(operation, new ExampleInput([2, 3]), new ExampleInput([3]), new ExampleInput([])),
        new(operation, new ExampleInput([1, 3]), new ExampleInput(["batch", 1])),
    ];
}

/// <summary>The mean of any number of tensors, with broadcasting (ONNX <c>Mean</c>).</summary>
public sealed record Mean : CompositeOperation, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples => Sum.ExamplesOf(new Mean());

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => new Mean().ApplyAll(node.Inputs);

    /// <inheritdoc/>
    public override IReadOnlyList<Variable> Expand(Arguments inputs) => [Sum.Of(inputs) / inputs.Length];

    /// <inheritdoc/>
    public override OnnxForm? ToOnnx(OnnxRequest request) => request.Inputs[0].DType == DType.Float64 ? null : new(Name);
}
