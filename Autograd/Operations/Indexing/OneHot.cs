using System.Numerics;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Indexing;

/// <summary>Vectors with 1 at the index and 0 elsewhere, in a new last axis (ONNX <c>OneHot</c>). An index outside 0 to Depth − 1 gives zeros, a
/// negative one counts from the end.</summary>
/// <param name="Depth">The size of the new axis.</param>
/// <param name="Type">The element type of the result.</param>
public sealed record OneHot(int Depth, DType Type = DType.Float32) : Operation, IHasKernel, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<Example> Examples =>
    [
        new(new OneHot(4), new ExampleInput(["batch"], DType.Int64, -4, 3)) { Smoothness = 0 },
        new(new OneHot(3, DType.Float64), new ExampleInput([2, 3], DType.Int64, 0, 2)) { Smoothness = 0 },
        new(new OneHot(4), new ExampleInput([], DType.Int64, 1, 2)) { Smoothness = 0 },
    ];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => Choice(node, node.Numbers(1)![0]);

    /// <inheritdoc/>
    public override IReadOnlyList<TensorType> Infer(InferRequest inputs)
    {
        Require.Count(this, inputs, 1);
        Require.Type(this, DType.Int64, inputs[0].DType);
        Require.Floating(this, Type);
        return [new TensorType(Type, [.. inputs[0].Shape, Depth])];
    }

    /// <inheritdoc/>
    public Kernel Lower(LowerRequest request) => request.Floating(Type, Compute<float>, Compute<double>);

    /// <inheritdoc/>
    public override IReadOnlyList<Variable?> Bprop(BpropRequest request) => request.Zero;

    /// <summary>Float64 as the Float32 result, cast: ONNX Runtime has no <c>OneHot</c> of doubles.</summary>
    /// <param name="inputs">The indices.</param>
    public override IReadOnlyList<Variable>? Expand(Arguments inputs) =>
        Type == DType.Float32 ? null : [Ops.Cast(new OneHot(Depth).Apply(inputs[0]), Type)];

    /// <inheritdoc/>
    public override OnnxForm? ToOnnx(OnnxRequest request)
    {
        if (Type != DType.Float32)
        {
            return null;
        }

        // ONNX Runtime refuses a scalar, so a single index goes through a vector of one.
        bool scalar = request.Inputs[0].Shape.Rank == 0;
        var form = new OnnxForm(Name)
        {
            Attributes = [new OnnxAttribute("axis", -1L)],
            Inputs =
            [
                scalar ? OnnxInput.Of("Reshape", new OnnxInput.Argument(0), OnnxInput.Integers(1)) : new OnnxInput.Argument(0),
                new OnnxInput.Constant(Value.Of((long)Depth)),
                new OnnxInput.Constant(Value.Of([0f, 1f], 2)),
            ],
        };
        return scalar
            ? new OnnxForm("Reshape") { Inputs = [new OnnxInput.Computed(form), OnnxInput.Integers(Depth)] }
            : form;
    }

    /// <summary>The standard's node: any two numbers for off and on, and any place of the new axis.</summary>
    private static IReadOnlyList<Variable> Choice(OnnxNode node, long depth)
    {
        (Variable indices, Variable values) = (Ops.Cast(node[0], DType.Int64), node[2]);
        if (values.Shape.Rank != 1 || values.Shape[0] != 2)
            throw new ShapeException($"{node.Operator} expects two values, for off and on, found {values.Shape}.");
        bool isPlain = values.Constant is { } numbers && values.DType.IsFloating() && numbers[0] == 0 && numbers[1] == 1;
        Variable hot = new OneHot(checked((int)depth), isPlain ? values.DType : DType.Float32).Apply(indices);
        if (!isPlain)
        {
            Variable off = Ops.Reshape(Ops.Slice(values, 0, 0, 1), Shape.Scalar);
            Variable on = Ops.Reshape(Ops.Slice(values, 0, 1, 2), Shape.Scalar);
            hot = Ops.Where(Ops.Greater(hot, 0), on, off);
        }

        int axis = hot.Shape.Axis(node.Integer("axis"));
        List<int> order = [.. Enumerable.Range(0, indices.Shape.Rank)];
        order.Insert(axis, indices.Shape.Rank);
        return [axis == indices.Shape.Rank ? hot : Ops.Transpose(hot, [.. order])];
    }

    private void Compute<T>(KernelArguments arguments)
        where T : unmanaged, INumber<T>
    {
        ReadOnlySpan<long> indices = arguments.Inputs[0].Span<long>();
        Span<T> y = arguments.Outputs[0].Span<T>();
        y.Clear();
        for (int i = 0; i < indices.Length; i++)
        {
            long index = indices[i] < 0 ? indices[i] + Depth : indices[i];
            if (index >= 0 && index < Depth)
            {
                y[(i * Depth) + (int)index] = T.One;
            }
        }
    }
}
