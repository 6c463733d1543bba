using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations.Indexing;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Shaping;

/// <summary>
/// Columns of blocks added up to an image (ONNX <c>Col2Im</c>), the adjoint of taking blocks out of one. Inputs: columns [n, c·Πblock, number of blocks], the sizes of the image and of the
/// block as int64 vectors that are known. The result is [n, c, …image].
/// </summary>
/// <param name="Dilations">The distance of the elements of a block on each axis; null for 1.</param>
/// <param name="Pads">The border around the image, at all beginnings, then at all ends; null for none.</param>
/// <param name="Strides">The distance of blocks on each axis; null for 1.</param>
public sealed record Col2Im(IntList? Dilations = null, IntList? Pads = null, IntList? Strides = null) : CompositeOperation, IOperator
{
    private const int Since = 18;

    /// <inheritdoc/>
    public static IEnumerable<Example> Examples =>
    [
        new(new Col2Im(), new ExampleInput(["batch", 8, 6]), ExampleInput.Constant(3, 4), ExampleInput.Constant(2, 2)) { Opset = 16 },
        new(new Col2Im([1, 2], [1, 0, 0, 1], [2, 1]), new ExampleInput([1, 4, 6]), ExampleInput.Constant(3, 4), ExampleInput.Constant(2, 2)) { Opset = 16 },
        new(new Col2Im(Strides: [2]), new ExampleInput([2, 3, 2]), ExampleInput.Constant(5), ExampleInput.Constant(3)) { Opset = 16 },
    ];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => new Col2Im(List(node, "dilations"), List(node, "pads"), List(node, "strides")).ApplyAll(node[0], node[1], node[2]);

    /// <summary>Every element of every column is added where its block has it.</summary>
    /// <param name="inputs">The columns, the sizes of the image and of the block.</param>
    public override IReadOnlyList<Variable> Expand(Arguments inputs)
    {
        Variable x = inputs[0];
        int[] image = Known(inputs[1], "the image"), block = Known(inputs[2], "the block");
        int rank = image.Length, elements = block.Aggregate(1, (a, b) => a * b);
        IntList strides = Strides ?? [.. Enumerable.Repeat(1, rank)], dilations = Dilations ?? [.. Enumerable.Repeat(1, rank)], pads = Pads ?? [.. Enumerable.Repeat(0, 2 * rank)];
        if (block.Length != rank || strides.Count != rank || dilations.Count != rank || pads.Count != 2 * rank)
            throw new ShapeException($"{Name} expects as many axes of block, strides and dilations as of the image ({rank}) and two pads for each, found {block.Length}, {strides}, {dilations} and {pads}.");
        int[] padded = [.. image.Select((size, axis) => size + pads[axis] + pads[axis + rank])];
        int[] blocks = [.. padded.Select((size, axis) => ((size - (dilations[axis] * (block[axis] - 1)) - 1) / strides[axis]) + 1)];
        int count = blocks.Aggregate(1, (a, b) => a * b);
        if (x.Shape.Rank != 3 || !x.Shape[1].TryDivide(elements, out Dim channels) || x.Shape[2] != count)
            throw new ShapeException($"{Name} expects columns [n, c·{elements}, {count}], found {x.Shape}.");
        var places = new long[elements * count];
        for (int e = 0; e < elements; e++)
        {
            for (int b = 0; b < count; b++)
            {
                (int element, int at, long step) = (e, b, 1);
                for (int axis = rank - 1; axis >= 0; axis--)
                {
                    places[(e * count) + b] += step * ((at % blocks[axis] * strides[axis]) + (element % block[axis] * dilations[axis]));
                    (element, at, step) = (element / block[axis], at / blocks[axis], step * padded[axis]);
                }
            }
        }

        Variable flat = Ops.Reshape(x, [x.Shape[0], channels, places.Length]);
        Variable zeros = Ops.Expand(Variable.Of(Value.Zeros(x.DType)), [x.Shape[0], channels, padded.Aggregate(1, (a, b) => a * b)], flat);
        Variable index = Ops.ExpandLike(Variable.Of(Value.Of(places, 1, 1, places.Length)), flat);
        Variable sums = Ops.Reshape(new ScatterElements(2, ScatterReduction.Add).Apply(zeros, index, flat), [x.Shape[0], channels, .. padded.Select(size => (Dim)size)]);
        return pads.All(pad => pad == 0)
            ? [sums]
            : [new Pad().Apply(sums, Ops.Integers([0, 0, .. pads.Take(rank).Select(pad => -(long)pad), 0, 0, .. pads.Skip(rank).Select(pad => -(long)pad)]))];
    }

    /// <inheritdoc/>
    public override OnnxForm? ToOnnx(OnnxRequest request) => request.Opset < Since ? null : new(Name)
    {
        Attributes = [.. Written("dilations", Dilations), .. Written("pads", Pads), .. Written("strides", Strides)],
        Inputs = [new OnnxInput.Argument(0), request.Sizes(1), request.Sizes(2)],
    };

    private static IntList? List(OnnxNode node, string name) => node.Integers(name) is { } list ? [.. list.Select(i => (int)i)] : null;

    private static IEnumerable<OnnxAttribute> Written(string name, IntList? list) => list is null ? [] : [new OnnxAttribute(name, list.ToLongs())];

    private int[] Known(Variable sizes, string what) => sizes.Content is { } known && known.All(size => size.IsStatic)
        ? [.. known.Select(size => size.Size)]
        : throw new ShapeException($"{Name} expects sizes of {what} that are known when the graph is built, found {sizes}.");
}
