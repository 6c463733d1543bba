using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations.Shaping;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Resizing;

/// <summary>
/// The places from which <see cref="GridSample"/> makes an affine picture of an image (ONNX <c>AffineGrid</c>): θ·(x, y, 1) for the middle of every element. Inputs: θ [n, 2, 3] or
/// [n, 3, 4], and the sizes of the picture, [n, c, h, w] or [n, c, d, h, w], as an int64 vector. Places go from −1 to 1 on each axis, the last axis first; the result is
/// [n, h, w, 2] or [n, d, h, w, 3].
/// </summary>
/// <param name="AlignCorners">Whether −1 and 1 are the middles of the outermost elements, instead of their edges.</param>
public sealed record AffineGrid(bool AlignCorners = false) : CompositeOperation, IOperator
{
    private const int Since = 20;

    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples =>
    [
        new(new AffineGrid(), new ExampleInput([3, 2, 3]), ExampleInput.Constant(3, 1, 3, 2)),
        new(new AffineGrid(true), new ExampleInput([2, 3, 4]), ExampleInput.Constant(2, 1, 2, 3, 2)),
        new(new AffineGrid(), new ExampleInput([2, 2, 3]), ExampleInput.Data(2, 1, 2, 3)) { Opset = 14 },
    ];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => new AffineGrid(node.Flag("align_corners")).ApplyAll(node[0], node[1]);

    /// <inheritdoc/>
    public override IReadOnlyList<Variable> Expand(Arguments inputs)
    {
        (Variable theta, Variable size) = (inputs[0], inputs[1]);
        int rank = theta.Shape.Rank == 3 && theta.Shape[2] == 3 ? 2 : 3;
        if (theta.Shape.Rank != 3 || theta.Shape[1] != rank || theta.Shape[2] != rank + 1 || size.Shape != Shape.Of(rank + 2))
            throw new ShapeException($"{Name} expects transformations [n, 2, 3] with 4 sizes or [n, 3, 4] with 5, found {theta} and {size}.");
        if (theta.DType.IsHalf())
            return [Ops.Cast(Expand(new Arguments(Ops.Cast(theta, DType.Float32), size))[0], theta.DType)];
        Variable picture = Ops.Slice(size, 0, 2, rank + 2);
        Variable whole = Ops.Concat(0, picture, Ops.Integers(1));
        var parts = new Variable[rank + 1];
        for (int i = 0; i < rank; i++)
        {
            int axis = rank - 1 - i;
            Variable line = Line(Ops.Reshape(Ops.Slice(picture, 0, axis, axis + 1), Shape.Scalar), theta.DType);
            Variable part = new Expand().Apply(new Unsqueeze().Apply(line, Ops.Integers([.. Enumerable.Range(0, rank + 1).Where(at => at != axis).Select(at => (long)at)])), whole);
            parts[i] = i == 0 ? part : Ops.ReshapeLike(part, parts[0]);
        }

        parts[rank] = Ops.ExpandLike(Variable.Scalar(1, theta.DType), parts[0]);
        Variable flat = new Reshape().Apply(Ops.Concat(rank, parts), Ops.Integers(-1, rank + 1));
        Variable places = flat.MatMul(Ops.Transpose(theta, [0, 2, 1]));
        return [new Reshape(AllowZero: true).Apply(places, Ops.Concat(0, new ShapeOf(0, 1).Apply(theta), picture, Ops.Integers(rank)))];
    }

    /// <inheritdoc/>
    public override OnnxForm? ToOnnx(OnnxRequest request) =>
        request.Opset >= Since ? new(Name) { Attributes = [new OnnxAttribute("align_corners", AlignCorners ? 1L : 0L)], Inputs = [new OnnxInput.Argument(0), request.Sizes(1)] } : null;

    /// <summary>The middles of the elements of an axis.</summary>
    private Variable Line(Variable count, DType type)
    {
        Variable places = Ops.Cast(new Shaping.Range().Apply(Variable.Scalar(0, DType.Int64), count, Variable.Scalar(1, DType.Int64)), type);
        return AlignCorners
            ? (places * (2.0 / Ops.Cast(Ops.Max(count - 1, Variable.Scalar(1, DType.Int64)), type))) - 1
            : (((2 * places) + 1) / Ops.Cast(count, type)) - 1;
    }
}
