using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Shaping;

/// <summary>Takes axes of size 1 away (ONNX <c>Squeeze</c>). Inputs: data, and the axes as an int64 vector, negative ones from the end; without it, those whose size is
/// the number 1 go. That a size which shows when the graph runs is 1 is checked then.</summary>
public sealed record Squeeze : ViewOperation, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples =>
    [
        new(new Squeeze(), new ExampleInput([1, 3, 1]), ExampleInput.Constant(0, 2)),
        new(new Squeeze(), new ExampleInput(["batch", 1, 2]), ExampleInput.Constant(-2)),
        new(new Squeeze(), new ExampleInput([1, 2, 1])),
        new(new Squeeze(), new ExampleInput([1, 3, 1, 2]), ExampleInput.Data(2, 0)),
    ];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => new Squeeze().ApplyAll(node[0], node.Axes("axes", 1));

    /// <summary>The axes are written where a size shows only when the graph runs: without them a runtime would take it away as well if it is 1.</summary>
    /// <param name="request">The opset version and the types of inputs and outputs.</param>
    public override OnnxForm ToOnnx(OnnxRequest request)
    {
        Shape shape = request.Inputs[0].Shape;
        if (request.Inputs.Has(1) || shape.All(dim => dim.IsStatic))
            return new(Name) { Inputs = request.Inputs.Has(1) ? [new OnnxInput.Argument(0), request.Sizes(1)] : [new OnnxInput.Argument(0)] };
        long[] axes = [.. Enumerable.Range(0, shape.Rank).Where(axis => shape[axis] == 1)];
        return axes.Length > 0 ? new(Name) { Inputs = [new OnnxInput.Argument(0), new OnnxInput.Constant(Value.Of(axes, axes.Length))] } : new("Identity");
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Variable?> Bprop(BpropRequest request)
    {
        Shape shape = request[0].Shape;
        if (request.Result(0).Shape.ElementCount == shape.ElementCount || request[1].Content is null)
            return base.Bprop(request);

        // A size that turns out to be 1 has a symbol, which the gradient has too.
        return request.Each(input => input == 0 && request.Gradient(0) is { } g ? Ops.ExpandLike(new Unsqueeze().Apply(g, request[1]), request[0]) : null);
    }

    /// <inheritdoc/>
    protected override bool IsSeenLater(InferRequest inputs) => inputs.Has(1);

    /// <inheritdoc/>
    protected override Shape Result(InferRequest inputs)
    {
        Shape shape = inputs[0].Shape;
        if (!inputs.Has(1))
            return [.. shape.Where(dim => dim != 1)];
        Require.Sizes(this, inputs, 1);
        if (inputs.Content(1) is not { } given)
            return [.. Enumerable.Range(0, shape.Rank - inputs[1].Shape[0].Size).Select(axis => inputs.Fresh($"squeezed_{axis}"))];
        int[] axes = [.. given.Select(axis => shape.Axis(axis.Number))];
        if (axes.Distinct().Count() < axes.Length)
            throw new ShapeException($"{Name} expects different axes, found {string.Join(", ", axes)}.");
        return axes.All(axis => shape[axis] == 1 || !shape[axis].IsStatic)
            ? [.. shape.Where((_, axis) => !axes.Contains(axis))]
            : throw new ShapeException($"{Name} expects axes of size 1, found the axes {string.Join(", ", axes)} of {shape}.");
    }
}
