using System.Numerics;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Reductions;

/// <summary>A reduction over axes of a number tensor. Sums are blocked and joined pairwise; bits do not depend on the number of threads.</summary>
/// <param name="Axes">The axes, counted from 0, in ascending order.</param>
/// <param name="KeepDims">Whether reduced axes stay, with size 1.</param>
public abstract record Reduction(IntList Axes, bool KeepDims) : Operation, IHasKernel
{
    private protected abstract ReductionKind Kind { get; }

    /// <summary>The ONNX version from which the operator takes its axes as an input instead of an attribute.</summary>
    private protected virtual int AxesAreInputSince => 18;

    /// <summary>The gradient with respect to the input.</summary>
    /// <param name="gradient">G with the reduced axes kept.</param>
    /// <param name="x">The input.</param>
    /// <param name="y">The result with the reduced axes kept.</param>
    protected abstract Variable Contribution(Variable gradient, Variable x, Variable y);

    /// <inheritdoc/>
    public sealed override IReadOnlyList<TensorType> Infer(InferRequest inputs)
    {
        Require.Count(this, inputs, 1);
        Require.Number(this, inputs[0].DType);
        Shape shape = inputs[0].Shape;
        foreach (int axis in Axes)
        {
            if (axis < 0 || axis >= shape.Rank)
            {
                throw new ShapeException($"{Name} expects axes between 0 and {shape.Rank - 1} for {shape}, found {Axes}.");
            }
        }

        Shape kept = Kept(shape);
        return [inputs[0] with { Shape = KeepDims ? kept : [.. kept.Where((_, axis) => !Axes.Contains(axis))] }];
    }

    /// <inheritdoc/>
    public Kernel Lower(LowerRequest request) => Kernel.Of(FunctionFor(request), Value.CountOf(request.Sizes(0)));

    /// <inheritdoc/>
    public sealed override IReadOnlyList<Variable?> Bprop(BpropRequest request)
    {
        if (request.Gradient(0) is not { } g)
        {
            return request.Zero;
        }

        Variable x = request[0];
        Shape kept = Kept(x.Shape);
        return [Contribution(Ops.Reshape(g, kept), x, Ops.Reshape(request.Result(0), kept))];
    }

    /// <inheritdoc/>
    public override OnnxForm ToOnnx(OnnxRequest request)
    {
        var keep = new OnnxAttribute("keepdims", KeepDims ? 1L : 0L);
        return request.Opset >= AxesAreInputSince
            ? new OnnxForm(Name) { Attributes = [keep], Inputs = [new OnnxInput.Argument(0), OnnxInput.Integers([.. Axes.ToLongs()])] }
            : new OnnxForm(Name) { Attributes = [new OnnxAttribute("axes", Axes.ToLongs()), keep] };
    }

    private protected static IEnumerable<Example> ExamplesOf(Func<IntList, bool, Operation> make, double separation = 0, double low = -2) =>
    [
        new(make([1], false), new ExampleInput(["batch", 4], Low: low) { Separation = separation }),
        new(make([0], true), new ExampleInput([3, 4], Low: low) { Separation = separation }),
        new(make([0, 2], false), new ExampleInput([2, 3, 4], Low: low) { Separation = separation }),
        new(make([0, 1], false), new ExampleInput([3, 2], Low: low) { Separation = separation }),
    ];

    private KernelFunction FunctionFor(LowerRequest request) => request.Type(0) switch
    {
        DType.Float32 => Compute<float>,
        DType.Float64 => Compute<double>,
        DType.Int32 => Compute<int>,
        DType.Int64 => Compute<long>,
        DType.UInt32 => Compute<uint>,
        DType.UInt64 => Compute<ulong>,
        var type => throw request.NoKernel(type),
    };

    private Shape Kept(Shape shape) => Axes.Aggregate(shape, (s, axis) => s.With(axis, 1));

    private void Compute<T>(KernelArguments arguments)
        where T : unmanaged, INumber<T>, IMinMaxValue<T>
    {
        Value x = arguments.Inputs[0];
        Span<bool> reduced = stackalloc bool[x.Rank];
        reduced.Clear();
        foreach (int axis in Axes.AsSpan())
        {
            reduced[axis] = true;
        }

        Kernels.Reductions.Reduce<T>(Kind, x.Span<T>(), x.Sizes, reduced, arguments.Outputs[0].Span<T>(), arguments.Workers);
    }
}

/// <summary>The sum over axes (ONNX <c>ReduceSum</c>); 0 over nothing. The gradient repeats G.</summary>
/// <param name="Axes">The axes, counted from 0, in ascending order.</param>
/// <param name="KeepDims">Whether reduced axes stay, with size 1.</param>
public sealed record ReduceSum(IntList Axes, bool KeepDims) : Reduction(Axes, KeepDims), IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<Example> Examples => ExamplesOf((axes, keep) => new ReduceSum(axes, keep));

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => [ReductionNode.Axes(node, (axes, keep) => new ReduceSum(axes, keep).Apply(node[0]))];

    private protected override ReductionKind Kind => ReductionKind.Sum;

    private protected override int AxesAreInputSince => 13;

    /// <inheritdoc/>
    protected override Variable Contribution(Variable gradient, Variable x, Variable y) => Ops.ExpandLike(gradient, x);
}

/// <summary>The mean over axes (ONNX <c>ReduceMean</c>); NaN over nothing. The gradient repeats G divided by the number of elements.</summary>
/// <param name="Axes">The axes, counted from 0, in ascending order.</param>
/// <param name="KeepDims">Whether reduced axes stay, with size 1.</param>
public sealed record ReduceMean(IntList Axes, bool KeepDims) : Reduction(Axes, KeepDims), IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<Example> Examples => ExamplesOf((axes, keep) => new ReduceMean(axes, keep));

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => [ReductionNode.Axes(node, (axes, keep) => new ReduceMean(axes, keep).Apply(node[0]))];

    private protected override ReductionKind Kind => ReductionKind.Mean;

    /// <inheritdoc/>
    protected override Variable Contribution(Variable gradient, Variable x, Variable y)
    {
        Dim count = Axes.Aggregate(Dim.Of(1), (product, axis) => product * x.Shape[axis]);
        return Ops.ExpandLike(gradient / Ops.Size(count, x.DType, x), x);
    }
}

/// <summary>The greatest element over axes (ONNX <c>ReduceMax</c>). The gradient goes to the greatest elements, in equal parts at a tie.</summary>
/// <param name="Axes">The axes, counted from 0, in ascending order.</param>
/// <param name="KeepDims">Whether reduced axes stay, with size 1.</param>
public sealed record ReduceMax(IntList Axes, bool KeepDims) : Reduction(Axes, KeepDims), IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<Example> Examples => ExamplesOf((axes, keep) => new ReduceMax(axes, keep), separation: 0.05);

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => [ReductionNode.Axes(node, (axes, keep) => new ReduceMax(axes, keep).Apply(node[0]))];

    private protected override ReductionKind Kind => ReductionKind.Max;

    /// <inheritdoc/>
    protected override Variable Contribution(Variable gradient, Variable x, Variable y) => Winners.Share(gradient, x, y, Axes);
}

/// <summary>The least element over axes (ONNX <c>ReduceMin</c>). The gradient goes to the least elements, in equal parts at a tie.</summary>
/// <param name="Axes">The axes, counted from 0, in ascending order.</param>
/// <param name="KeepDims">Whether reduced axes stay, with size 1.</param>
public sealed record ReduceMin(IntList Axes, bool KeepDims) : Reduction(Axes, KeepDims), IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<Example> Examples => ExamplesOf((axes, keep) => new ReduceMin(axes, keep), separation: 0.05);

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => [ReductionNode.Axes(node, (axes, keep) => new ReduceMin(axes, keep).Apply(node[0]))];

    private protected override ReductionKind Kind => ReductionKind.Min;

    /// <inheritdoc/>
    protected override Variable Contribution(Variable gradient, Variable x, Variable y) => Winners.Share(gradient, x, y, Axes);
}

/// <summary>The product over axes (ONNX <c>ReduceProd</c>); 1 over nothing. The gradient is G·y/x, so it is NaN where an element is 0.</summary>
/// <param name="Axes">The axes, counted from 0, in ascending order.</param>
/// <param name="KeepDims">Whether reduced axes stay, with size 1.</param>
public sealed record ReduceProd(IntList Axes, bool KeepDims) : Reduction(Axes, KeepDims), IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<Example> Examples => ExamplesOf((axes, keep) => new ReduceProd(axes, keep), low: 0.5);

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => [ReductionNode.Axes(node, (axes, keep) => new ReduceProd(axes, keep).Apply(node[0]))];

    private protected override ReductionKind Kind => ReductionKind.Prod;

    /// <inheritdoc/>
    protected override Variable Contribution(Variable gradient, Variable x, Variable y) => gradient * y / x;
}

/// <summary>What the gradients of maximum and minimum share.</summary>
internal static class Winners
{
    public static Variable Share(Variable gradient, Variable x, Variable y, IntList axes)
    {
        Variable won = Ops.Cast(Ops.Equal(x, y), x.DType);
        return gradient / Ops.Sum(won, axes, keepDims: true) * won;
    }
}
