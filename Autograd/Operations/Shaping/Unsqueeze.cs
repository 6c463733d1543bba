using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Shaping;

/// <summary>Adds axes of size 1 (ONNX <c>Unsqueeze</c>). Inputs: data, and the places of the new axes in the result as an int64 vector, negative ones from the end.</summary>
public sealed record Unsqueeze : ViewOperation, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples =>
    [
        new(new Unsqueeze(), new ExampleInput([3, 2]), ExampleInput.Constant(0, 2)),
        new(new Unsqueeze(), new ExampleInput(["batch", 2]), ExampleInput.Constant(-1)),
        new(new Unsqueeze(), new ExampleInput([]), ExampleInput.Constant(0)),
        new(new Unsqueeze(), new ExampleInput([3, 2]), ExampleInput.Data(3, 0)),
    ];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => new Unsqueeze().ApplyAll(node[0], node.Axes("axes", 1));

    /// <inheritdoc/>
    public override OnnxForm ToOnnx(OnnxRequest request) => new(Name) { Inputs = [new OnnxInput.Argument(0), request.Sizes(1)] };

    /// <inheritdoc/>
    protected override Shape Result(InferRequest inputs)
    {
        Require.Count(this, inputs, 2);
        Require.Sizes(this, inputs, 1);
        Shape shape = inputs[0].Shape;
        int rank = shape.Rank + inputs[1].Shape[0].Size;
        if (inputs.Content(1) is not { } given)
            return [.. Enumerable.Range(0, rank).Select(axis => inputs.Fresh($"unsqueezed_{axis}"))];
        long[] axes = [.. given.Select(axis => axis.Number < 0 ? axis.Number + rank : axis.Number).Order()];
        if (axes.Distinct().Count() != axes.Length || axes.Any(axis => axis < 0 || axis >= rank))
            throw new ShapeException($"{Name} expects different axes from {-rank} to {rank - 1} for {shape}, found {string.Join(", ", given)}.");
        List<Dim> dims = [.. shape];
        foreach (long axis in axes)
            dims.Insert((int)axis, 1);
        return [.. dims];
    }
}
