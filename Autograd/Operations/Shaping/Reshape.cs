using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Shaping;

/// <summary>The same elements in row-major order under another shape with as many elements (ONNX <c>Reshape</c>).</summary>
/// <param name="Shape">The new shape, symbols allowed; its element count equals that of the input for all values of the symbols.</param>
public sealed record Reshape(Shape Shape) : Operation, IHasExamples
{
    /// <inheritdoc/>
    public static IEnumerable<Example> Examples =>
    [
        new(new Reshape([6]), new ExampleInput([2, 3])),
        new(new Reshape(["batch", 6]), new ExampleInput(["batch", 2, 3])),
        new(new Reshape([Dim.Named("batch") * 4, 1]), new ExampleInput([4, "batch"])),
        new(new Reshape([]), new ExampleInput([1, 1])),
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<TensorType> Infer(InferRequest inputs)
    {
        Require.Count(this, inputs, 1);
        return inputs[0].Shape.ElementCount == Shape.ElementCount
            ? [inputs[0] with { Shape = Shape }]
            : throw new ShapeException(
                $"{Name} expects a shape with as many elements as {inputs[0].Shape} ({inputs[0].Shape.ElementCount}), " +
                $"found {Shape} ({Shape.ElementCount}).");
    }

    /// <inheritdoc/>
    public override void Compute(KernelArguments arguments) => arguments.Inputs[0].Bytes.CopyTo(arguments.Outputs[0].Bytes);

    /// <inheritdoc/>
    public override IReadOnlyList<Variable?> Bprop(BpropRequest request) =>
        [request.Gradient(0) is { } g ? Ops.Reshape(g, request[0].Shape) : null];

    /// <inheritdoc/>
    public override OnnxForm ToOnnx(OnnxRequest request)
    {
        // A single symbolic axis is written as −1, which needs no run-time shape; zero-sized tensors would make −1 ambiguous.
        int symbolic = Shape.Count(d => !d.IsStatic);
        bool zero = Shape.Any(d => d.IsStatic && d.Size == 0);
        OnnxInput target = symbolic <= 1 && !zero
            ? OnnxInput.Integers([.. Shape.Select(d => d.IsStatic ? (long)d.Size : -1)])
            : new OnnxInput.Dimensions(Shape);
        return new OnnxForm(Name) { Inputs = [new OnnxInput.Argument(0), target] };
    }
}
