using System.Numerics;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Indexing;

/// <summary>
/// A copy of a tensor with slices replaced, or added to, at positions (ONNX <c>ScatterND</c>). Inputs: data, int64 indices […, k], updates: the last axis of the
/// indices addresses the first k axes of the data, negative ones from the end. Where a position occurs more than once, added slices add up in row-major
/// order, and of replaced ones the last stays.
/// </summary>
/// <param name="Add">Whether updates are added to the data (<c>reduction = add</c>) instead of replacing them.</param>
public sealed record ScatterND(bool Add = false) : Operation, IHasKernel, IOperator
{
    private const int AddSince = 16;

    /// <inheritdoc/>
    public static IEnumerable<Example> Examples =>
    [
        new(new ScatterND(true), new ExampleInput([5, 3]), new([4, 1], DType.Int64, -5, 4), new([4, 3])) { Opset = 16 },
        new(new ScatterND(true), new ExampleInput([3, 4]), new(["batch", 2], DType.Int64, 0, 2), new(["batch"])) { Opset = 16 },
        new(new ScatterND(), new ExampleInput([6, 2]), new([1, 1], DType.Int64, -6, 5), new([1, 2])),
    ];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => new ScatterND((node.Knows("reduction") ? node.Text("reduction") : "none") switch
    {
        "none" => false,
        "add" => true,
        var other => throw new GraphException($"ScatterND takes the reduction none or add, found {other}."),
    }).ApplyAll(node[0], Ops.Cast(node[1], DType.Int64), node[2]);

    /// <inheritdoc/>
    public override IReadOnlyList<TensorType> Infer(InferRequest inputs)
    {
        Require.Count(this, inputs, 3);
        Require.Type(this, DType.Int64, inputs[1].DType);
        Require.SameType(this, inputs[0].DType, inputs[2].DType);
        Shape expected = GatherND.ResultShape(this, inputs[0].Shape, inputs[1].Shape);
        return inputs[2].Shape == expected || (inputs[2].Shape.Rank == expected.Rank && (inputs[2].Shape.DependsOnData || expected.DependsOnData))
            ? [inputs[0]]
            : throw new ShapeException($"{Name} expects updates of shape {expected} for data {inputs[0].Shape} and indices {inputs[1].Shape}, found {inputs[2].Shape}.");
    }

    /// <inheritdoc/>
    public Kernel Lower(LowerRequest request) => Kernel.Of(Compute);

    private void Compute(KernelArguments arguments)
    {
        switch (arguments.Outputs[0].DType)
        {
            case DType.Float32: Compute<float>(arguments); break;
            case DType.Float64: Compute<double>(arguments); break;
            case DType.Int32: Compute<int>(arguments); break;
            case DType.Int64: Compute<long>(arguments); break;
            case DType.UInt32: Compute<uint>(arguments); break;
            case DType.UInt64: Compute<ulong>(arguments); break;
            case var type: throw new DTypeException($"{Name} expects a number type, found {type}.");
        }
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Variable?> Bprop(BpropRequest request)
    {
        if (request.Gradient(0) is not { } g)
            return request.Zero;
        (Variable indices, Variable updates) = (request[1], request[2]);
        return request.Each(input => input switch
        {
            0 => Add ? g : new ScatterND().Apply(g, indices, Ops.ExpandLike(Variable.Scalar(0, g.DType), updates)),
            2 => new GatherND().Apply(g, indices),
            _ => null,
        });
    }

    /// <summary>Operator sets before 16 cannot add.</summary>
    /// <param name="request">The opset version and the types of inputs and outputs.</param>
    public override OnnxForm? ToOnnx(OnnxRequest request) =>
        !Add ? new(Name) : request.Opset >= AddSince ? new(Name) { Attributes = [new OnnxAttribute("reduction", "add")] } : null;

    private void Compute<T>(KernelArguments arguments)
        where T : unmanaged, INumber<T>
    {
        (Value data, Value indices, Value y) = (arguments.Inputs[0], arguments.Inputs[1], arguments.Outputs[0]);
        ReadOnlySpan<T> updates = arguments.Inputs[2].Span<T>();
        Span<T> to = y.Span<T>();
        data.Span<T>().CopyTo(to);
        (int count, int slice) = GatherND.Layout(data, indices);
        if (updates.Length != count * slice)
            throw new ShapeException($"{Name} expects {count} updates of {slice} elements for data {data.Shape} and indices {indices.Shape}, found {arguments.Inputs[2].Shape}.");
        using Scratch scratch = arguments.Workers.Rent((long)count * sizeof(int));
        Span<int> rows = scratch.Span<int>(count);
        for (int row = 0; row < count; row++)
            rows[row] = GatherND.Offset(this, data, indices, row);
        if (Add)
        {
            SliceSums.Add(rows, updates, slice, to, arguments.Workers);
            return;
        }

        for (int row = 0; row < count; row++)
            updates.Slice(row * slice, slice).CopyTo(to.Slice(rows[row] * slice, slice));
    }
}
