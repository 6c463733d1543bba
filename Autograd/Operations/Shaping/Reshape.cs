using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Shaping;

/// <summary>The same elements in row-major order under another shape with as many elements (ONNX <c>Reshape</c>).</summary>
/// <param name="Shape">The new shape, symbols allowed; its element count equals that of the input for all values of the symbols.</param>
public sealed record Reshape(Shape Shape) : Operation, IView, IMovesElements, IOperator
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
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => [new Reshape(Target(node)).Apply(node[0])];

    /// <inheritdoc/>
    public override IReadOnlyList<Dim>? Content(Node node, int output) =>
        Shape.Rank <= 1 ? node.Inputs[0].Content : null;

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
    public int Viewed => 0;

    /// <inheritdoc/>
    public Kernel Lower(LowerRequest request) => Kernel.Of(Compute);

    private void Compute(KernelArguments arguments) => arguments.Outputs[0].CopyElements(arguments.Inputs[0], 0, 0, arguments.Inputs[0].Count);

    /// <inheritdoc/>
    public override IReadOnlyList<Variable?> Bprop(BpropRequest request) =>
        [request.Gradient(0) is { } g ? Ops.Reshape(g, request[0].Shape) : null];

    /// <inheritdoc/>
    public override OnnxForm ToOnnx(OnnxRequest request) => new(Name) { Inputs = [new OnnxInput.Argument(0), TargetOf(Shape)] };

    /// <summary>A shape as ONNX's <c>Reshape</c> takes it: a single symbolic axis is written as −1, which needs no run-time shape; zero-sized tensors would make
    /// −1 ambiguous.</summary>
    internal static OnnxInput TargetOf(Shape shape) => shape.Count(d => !d.IsStatic) <= 1 && !shape.Any(d => d.IsStatic && d.Size == 0)
        ? OnnxInput.Integers([.. shape.Select(d => d.IsStatic ? (long)d.Size : -1)])
        : new OnnxInput.Dimensions(shape);

    /// <summary>The shape that a node asks for: 0 keeps the size of the input's axis, −1 takes what is left.</summary>
    private static Shape Target(OnnxNode node)
    {
        Shape from = node[0].Shape;
        IReadOnlyList<Dim> asked = node.Version < 5 ? [.. node.Integers("shape")!.Select(Dim.OfNumber)] : node.Content(1)!;
        bool zeroMeansZero = node.Knows("allowzero") && node.Flag("allowzero");
        var dims = new Dim[asked.Count];
        int open = -1;
        for (int i = 0; i < dims.Length; i++)
        {
            bool isOpen = asked[i].IsStatic && asked[i].Number == -1;
            dims[i] = isOpen ? 1 : asked[i].IsStatic && asked[i].Number == 0 && !zeroMeansZero
                ? i < from.Rank ? from[i] : throw new ShapeException($"Reshape keeps axis {i}, which {from} does not have.")
                : asked[i];
            open = !isOpen ? open : open < 0 ? i : throw new ShapeException($"Reshape expects at most one size −1, found {string.Join(", ", asked)}.");
        }

        if (open >= 0)
        {
            dims[open] = from.ElementCount.TryDivide(Shape.Of(dims).ElementCount, out Dim rest)
                ? rest
                : throw new ShapeException($"Reshape of {from} to {string.Join(", ", asked)} leaves no whole size for −1.");
        }

        return Shape.Of(dims);
    }
}
