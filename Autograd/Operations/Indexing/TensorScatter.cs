using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Operations.Elementwise;
using Toolkit.Autograd.Operations.Shaping;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Indexing;

/// <summary>
/// A cache with new entries along an axis (ONNX <c>TensorScatter</c>). Inputs: the cache [n, …, length, …], the entries [n, …, count, …], and for each of the n where they begin, an int64
/// vector, 0 where it is left out. The gradient of the cache is G without the entries, that of the entries G at them.
/// </summary>
/// <param name="Axis">The axis of the entries, not the first; a negative one counts from the end.</param>
/// <param name="Circular">Whether entries beyond the end go to the beginning, instead of being an error.</param>
public sealed record TensorScatter(int Axis = -2, bool Circular = false) : Operation, IMovesElements, IOperator
{
    private const int Since = 24;

    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples =>
    [
        new(new TensorScatter(), new ExampleInput(["batch", 4, 2]), new ExampleInput(["batch", 2, 2]), new ExampleInput(["batch"], DType.Int64, 0, 2)),
        new(new TensorScatter(1, true), new ExampleInput([2, 3]), new ExampleInput([2, 2]), new ExampleInput([2], DType.Int64, 2, 2)),
        new(new TensorScatter(), new ExampleInput([2, 2, 3, 1]), new ExampleInput([2, 2, 1, 1])),
    ];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => new TensorScatter(node.Int32("axis"), node.Text("mode") switch
    {
        "linear" => false,
        "circular" => true,
        var other => throw new GraphException($"TensorScatter expects the mode linear or circular, found {other}."),
    }).ApplyAll(node[0], node[1], node.Optional(2));

    /// <inheritdoc/>
    public override IReadOnlyList<TensorType> Infer(InferRequest inputs)
    {
        Require.SameType(this, inputs[0].DType, inputs[1].DType);
        (Shape cache, Shape entries) = (inputs[0].Shape, inputs[1].Shape);
        int axis = cache.Axis(Axis);
        bool fits = axis > 0 && entries.Rank == cache.Rank && entries.With(axis, 1) == cache.With(axis, 1) && (!inputs.Has(2) || inputs[2].Shape == Shape.Of(cache[0]));
        return fits ? [inputs[0]] : throw new ShapeException(
            $"{Name} expects entries of the shape {cache} but for axis {axis}, which is not the first, and {cache[0]} beginnings, found {string.Join(", ", inputs.Present.Skip(1))}.");
    }

    /// <inheritdoc/>
    public Kernel Lower(LowerRequest request) => Kernel.Of(Compute);

    /// <inheritdoc/>
    public override IReadOnlyList<Variable?> Bprop(BpropRequest request) => request.Through(Expand(request.Arguments)!);

    /// <summary>The entries as updates of single elements, for the types that <see cref="ScatterElements"/> takes.</summary>
    /// <param name="inputs">The cache, the entries and where they begin.</param>
    public override IReadOnlyList<Variable>? Expand(Arguments inputs)
    {
        (Variable cache, Variable entries) = (inputs[0], inputs[1]);
        if (!AllowedTypes.Takes(new ScatterElements().StandardSchema()!.Inputs[0], cache.DType))
            return null;
        int rank = cache.Shape.Rank, axis = cache.Shape.Axis(Axis);
        Variable place = Sizes.Positions(entries, axis);
        if (inputs.Optional(2) is { } begin)
            place = new Unsqueeze().Apply(begin, Ops.Integers(1)) + place;
        else
            place = new Unsqueeze().Apply(place, Ops.Integers(0));
        if (Circular)
            place = new Mod().Apply(place, Ops.Size(cache.Shape[axis], DType.Int64, cache));
        Variable apart = new Unsqueeze().Apply(place, Ops.Integers([.. Enumerable.Range(1, rank - 1).Where(i => i != axis).Select(i => (long)i)]));
        return [new ScatterElements(axis).Apply(cache, Ops.ExpandLike(apart, entries), entries)];
    }

    /// <inheritdoc/>
    public override OnnxForm? ToOnnx(OnnxRequest request) => request.Opset < Since ? null
        : new(Name) { Attributes = [new OnnxAttribute("axis", (long)Axis), new OnnxAttribute("mode", Circular ? "circular" : "linear")] };

    private void Compute(KernelArguments arguments)
    {
        (Value cache, Value entries, Value y) = (arguments.Inputs[0], arguments.Inputs[1], arguments.Outputs[0]);
        Value? begin = arguments.Inputs.Length > 2 ? arguments.Inputs[2] : null;
        y.CopyFrom(cache);
        int axis = Axis < 0 ? Axis + y.Rank : Axis;
        (int outer, int length, int inner) = Layout.Around(y.Sizes, axis);
        int count = entries.Sizes[axis], perExample = y.Sizes[0] == 0 ? 1 : outer / y.Sizes[0];
        for (int o = 0; o < outer; o++)
        {
            long first = begin is null ? 0 : begin.Span<long>()[o / perExample];
            if (first < 0 || (!Circular && first + count > length))
                throw new ShapeException($"{Name} expects {count} entries within {length} places, found a beginning at {first}.");
            for (int i = 0; i < count; i++)
                y.CopyElements(entries, ((o * count) + i) * inner, (int)((o * length) + (((first % length) + i) % length)) * inner, inner);
        }
    }
}
