using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Shaping;

/// <summary>1 on a diagonal and 0 elsewhere, in the shape of a matrix (ONNX <c>EyeLike</c>). The gradient is zero.</summary>
/// <param name="K">The diagonal: 0 for the main one, positive ones above it, negative ones below.</param>
/// <param name="Type">The element type of the result; null for that of the matrix.</param>
public sealed record EyeLike(int K = 0, DType? Type = null) : CompositeOperation, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples =>
    [
        new(new EyeLike(), new ExampleInput(["batch", 3])) { Smoothness = 0 },
        new(new EyeLike(1, DType.Int64), new ExampleInput([3, 4])) { Smoothness = 0 },
        new(new EyeLike(-1, DType.Float32), new ExampleInput([4, 3], DType.Int32)) { Smoothness = 0 },
    ];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => new EyeLike(node.Int32("k"), node.Has("dtype") ? node.Type("dtype") : null).ApplyAll(node[0]);

    /// <inheritdoc/>
    public override IReadOnlyList<Variable> Expand(Arguments inputs)
    {
        Variable x = inputs[0];
        if (x.Shape.Rank != 2)
            throw new ShapeException($"{Name} expects a matrix, found {x.Shape}.");
        Variable rows = new Unsqueeze().Apply(Sizes.Positions(x, 0), Ops.Integers(1));
        return [Ops.Cast(Ops.Equal(rows + K, Sizes.Positions(x, 1)), Type ?? x.DType)];
    }

    /// <inheritdoc/>
    public override OnnxForm ToOnnx(OnnxRequest request) => new(Name)
    {
        Attributes = Type is { } type ? [new OnnxAttribute("dtype", type), new OnnxAttribute("k", (long)K)] : [new OnnxAttribute("k", (long)K)],
    };
}
