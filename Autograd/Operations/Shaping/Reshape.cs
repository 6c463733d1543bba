using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Shaping;

/// <summary>
/// The same elements in row-major order under another shape with as many elements (ONNX <c>Reshape</c>). Inputs: data, and the shape as an int64 vector, in which
/// −1 stands for what is left, and 0 for the size that the data have on that axis. Where the vector depends on data, so do the sizes of the result.
/// </summary>
/// <param name="AllowZero">Whether 0 stands for the size 0 instead.</param>
public sealed record Reshape(bool AllowZero = false) : ViewOperation, IOperator
{
    private const int AllowZeroSince = 14;

    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples =>
    [
        new(new Reshape(), new ExampleInput([2, 3]), ExampleInput.Constant(6)),
        new(new Reshape(), new ExampleInput(["batch", 2, 3]), ExampleInput.Constant(-1, 6)),
        new(new Reshape(), new ExampleInput([4, "batch"]), ExampleInput.Constant(-1, 1)),
        new(new Reshape(), new ExampleInput(["batch", 2, 2]), ExampleInput.Constant(0, 4)),
        new(new Reshape(), new ExampleInput([1, 1]), ExampleInput.Constant()),
        new(new Reshape(), new ExampleInput([2, 6]), ExampleInput.Data(3, -1)),
    ];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => new Reshape(node.Knows("allowzero") && node.Flag("allowzero"))
        .ApplyAll(node[0], node.Version < 5 ? Ops.Integers(node.Integers("shape")!) : node[1]);

    /// <summary>Sizes that are called by other names, axis by axis, may be the same.</summary>
    /// <param name="inputs">The types of the inputs.</param>
    protected override bool IsSeenLater(InferRequest inputs) =>
        Result(inputs) is var to && to.Rank == inputs[0].Shape.Rank && to.Zip(inputs[0].Shape).All(axis => axis.First.MayEqual(axis.Second));

    /// <inheritdoc/>
    protected override Shape Result(InferRequest inputs)
    {
        Require.Count(this, inputs, 2);
        Require.Sizes(this, inputs, 1);
        return inputs.Content(1) is { } asked
            ? Resolve(inputs[0].Shape, asked)
            : [.. Enumerable.Range(0, inputs[1].Shape[0].Size).Select(axis => inputs.Fresh($"reshaped_{axis}"))];
    }

    /// <summary>The shape of the result is written where it is known, so that equal shapes are equal in the file, however they were computed.</summary>
    /// <param name="request">The opset version and the types of inputs and outputs.</param>
    public override OnnxForm? ToOnnx(OnnxRequest request)
    {
        (Shape from, Shape to) = (request.Inputs[0].Shape, request.Outputs[0].Shape);
        bool hasZero = to.DependsOnData ? AllowZero : to.Where((dim, axis) => dim == 0 && (axis >= from.Rank || from[axis] != 0)).Any();
        return hasZero && request.Opset < AllowZeroSince ? null : new OnnxForm(Name)
        {
            Attributes = hasZero ? [new OnnxAttribute("allowzero", 1L)] : [],
            Inputs = [new OnnxInput.Argument(0), to.DependsOnData ? new OnnxInput.Argument(1) : TargetOf(to)],
        };
    }

    /// <summary>A shape as ONNX's <c>Reshape</c> takes it: a single symbolic axis is written as −1, which needs no run-time shape; zero-sized tensors would make
    /// −1 ambiguous.</summary>
    internal static OnnxInput TargetOf(Shape shape) => Constant(shape) is { } numbers ? OnnxInput.Integers(numbers) : new OnnxInput.Dimensions(shape);

    /// <summary>A shape in numbers, a single symbolic axis as −1; null where that is not possible.</summary>
    internal static long[]? Constant(Shape shape) => shape.IsStatic || (shape.Count(d => !d.IsStatic) == 1 && !shape.Any(d => d == 0))
        ? [.. shape.Select(d => d.IsStatic ? d.Number : -1)]
        : null;

    /// <summary>The shape that is asked for: 0 keeps the size of the data's axis, −1 takes what is left.</summary>
    private Shape Resolve(Shape from, IReadOnlyList<Dim> asked)
    {
        var dims = new Dim[asked.Count];
        int open = -1;
        for (int i = 0; i < dims.Length; i++)
        {
            bool isOpen = asked[i] == Dim.OfNumber(-1);
            dims[i] = isOpen ? 1 : asked[i] == 0 && !AllowZero
                ? i < from.Rank ? from[i] : throw new ShapeException($"{Name} keeps axis {i}, which {from} does not have.")
                : asked[i].IsStatic && asked[i].Number < 0
                ? throw new ShapeException($"{Name} expects sizes of at least 0, and −1 for what is left, found {string.Join(", ", asked)}.")
                : asked[i];
            open = !isOpen ? open : open < 0 ? i : throw new ShapeException($"{Name} expects at most one size −1, found {string.Join(", ", asked)}.");
        }

        if (open >= 0)
        {
            (Dim all, Dim known) = (from.ElementCount, Shape.Of(dims).ElementCount);
            dims[open] = all.TryDivide(known, out Dim rest) ? rest
                : from.DependsOnData || Shape.Of(dims).DependsOnData ? all.FloorDivide(known)
                : throw new ShapeException($"{Name} of {from} to {string.Join(", ", asked)} leaves no whole size for −1.");
        }

        return Shape.Of(dims);
    }
}
