using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations.Indexing;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Shaping;

/// <summary>
/// Columns of blocks added up to an image (ONNX <c>Col2Im</c>), the adjoint of taking blocks out of one. Inputs: columns [n, c·Πblock, number of blocks], the sizes of the image and of the
/// block as int64 vectors. The result is [n, c, …image].
/// </summary>
/// <param name="Dilations">The distance of the elements of a block on each axis; null for 1.</param>
/// <param name="Pads">The border around the image, at all beginnings, then at all ends; null for none.</param>
/// <param name="Strides">The distance of blocks on each axis; null for 1.</param>
public sealed record Col2Im(IntList? Dilations = null, IntList? Pads = null, IntList? Strides = null) : CompositeOperation, IOperator
{
    private const int Since = 18;

    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples =>
    [
        new(new Col2Im(), new ExampleInput(["batch", 8, 6]), ExampleInput.Constant(3, 4), ExampleInput.Constant(2, 2)) { Opset = 16 },
        new(new Col2Im([1, 2], [1, 0, 0, 1], [2, 1]), new ExampleInput([1, 4, 6]), ExampleInput.Constant(3, 4), ExampleInput.Constant(2, 2)) { Opset = 16 },
        new(new Col2Im(Pads: [0, 1]), new ExampleInput([1, 2, 4]), ExampleInput.Data(4), ExampleInput.Data(2)) { Opset = 16 },
        new(new Col2Im(Strides: [2]), new ExampleInput([2, 3, 2]), ExampleInput.Constant(5), ExampleInput.Constant(3)) { Opset = 16 },
    ];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => new Col2Im(List(node, "dilations"), List(node, "pads"), List(node, "strides")).ApplyAll(node[0], node[1], node[2]);

    /// <summary>Every element of every column is added where its block has it.</summary>
    /// <param name="inputs">The columns, the sizes of the image and of the block.</param>
    public override IReadOnlyList<Variable> Expand(Arguments inputs)
    {
        (Variable x, Variable image, Variable block) = (inputs[0], inputs[1], inputs[2]);
        int rank = image.Shape.Rank == 1 && image.Shape[0].IsStatic ? image.Shape[0].Size : 0;
        if (rank == 0 || block.Shape != image.Shape || x.Shape.Rank != 3 || (Strides ?? Dilations ?? [.. new int[rank]]).Count != rank || (Pads ?? [.. new int[2 * rank]]).Count != 2 * rank)
            throw new ShapeException($"{Name} expects columns [n, c, count] and as many sizes of block, strides and dilations as of the image, found {x}, {image}, {block}, {Strides}, {Dilations} and {Pads}.");
        if (Strides?.Any(stride => stride < 1) == true || Dilations?.Any(dilation => dilation < 1) == true || Pads?.Any(pad => pad < 0) == true)
            throw new ShapeException($"{Name} expects strides and dilations of at least 1 and pads of at least 0, found {Strides}, {Dilations} and {Pads}.");
        Variable one = Variable.Scalar(1, DType.Int64), zero = Variable.Scalar(0, DType.Int64), count = one;
        Variable? place = null;
        var padded = new Variable[rank];
        for (int axis = 0; axis < rank; axis++)
        {
            (int stride, int dilation, int border) = (Strides?[axis] ?? 1, Dilations?[axis] ?? 1, (Pads?[axis] ?? 0) + (Pads?[axis + rank] ?? 0));
            Variable length = Number(image, axis) + border, own = Number(block, axis);
            Variable blocks = ((length - (dilation * (own - 1)) - 1) / Variable.Scalar(stride, DType.Int64)) + 1;
            Variable inBlock = Along(new Range().Apply(zero, own, one) * dilation, axis), ofBlock = Along(new Range().Apply(zero, blocks, one) * stride, rank + axis);
            place = place is null ? inBlock + ofBlock : (place * length) + (inBlock + ofBlock);
            (padded[axis], count) = (Ops.Reshape(length, [1]), count * blocks);
        }

        if (count.Content is [{ IsStatic: true } known] && x.Shape[2].IsStatic && x.Shape[2] != known)
            throw new ShapeException($"{Name} expects {known} blocks for its image, found columns {x.Shape}.");
        Variable index = new Reshape().Apply(place!, Ops.Integers(-1));
        Variable flat = new Reshape().Apply(x, Ops.Concat(0, new ShapeOf(0, 1).Apply(x), Ops.Integers(-1), Ops.ShapeOf(index)));
        Variable planes = new ShapeOf(0, 2).Apply(flat);
        Variable zeros = new Expand().Apply(Variable.Of(Value.Zeros(x.DType)), Ops.Concat(0, planes, padded.Aggregate((a, b) => a * b)));
        Variable sums = new ScatterElements(2, ScatterReduction.Add).Apply(zeros, Ops.ExpandLike(new Unsqueeze().Apply(index, Ops.Integers(0, 1)), flat), flat);
        Variable result = new Reshape().Apply(sums, Ops.Concat(0, [planes, .. padded]));
        return Pads is not { } pads || pads.All(pad => pad == 0)
            ? [result]
            : [new Pad().Apply(result, Ops.Integers([0, 0, .. pads.Take(rank).Select(pad => -(long)pad), 0, 0, .. pads.Skip(rank).Select(pad => -(long)pad)]))];

        Variable Along(Variable line, int axis) => new Unsqueeze().Apply(line, Ops.Integers([.. Enumerable.Range(0, 2 * rank).Where(i => i != axis).Select(i => (long)i)]));
    }

    /// <inheritdoc/>
    public override OnnxForm? ToOnnx(OnnxRequest request) => request.Opset < Since ? null : new(Name)
    {
        RuntimeTypes = [DType.Float32],
        Attributes = [.. Written("dilations", Dilations), .. Written("pads", Pads), .. Written("strides", Strides)],
        Inputs = [new OnnxInput.Argument(0), request.Sizes(1), request.Sizes(2)],
    };

    private static IntList? List(OnnxNode node, string name) => node.Int32s(name) is { } list ? [.. list] : null;

    private static IEnumerable<OnnxAttribute> Written(string name, IntList? list) => list is null ? [] : [new OnnxAttribute(name, list.ToLongs())];

    private static Variable Number(Variable sizes, int axis) => Ops.Reshape(Ops.Slice(sizes, 0, axis, axis + 1), Shape.Scalar);
}
