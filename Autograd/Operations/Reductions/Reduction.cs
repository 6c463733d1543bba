using System.Numerics;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Operations.Elementwise;
using Toolkit.Autograd.Operations.Indexing;
using Toolkit.Autograd.Operations.Shaping;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Reductions;

/// <summary>
/// A reduction over axes of a number tensor. Inputs: data, and the axes as an int64 vector, negative ones from the end; where it is left out or empty, all axes. Axes that
/// depend on data make the sizes of the result depend on them: then their number is known, or the reduced axes stay. Sums are blocked and joined pairwise; bits do not
/// depend on the number of threads.
/// </summary>
/// <param name="KeepDims">Whether reduced axes stay, with size 1.</param>
/// <param name="NoopWithEmptyAxes">Whether no axis is reduced, instead of all, where none is named.</param>
public abstract record Reduction(bool KeepDims, bool NoopWithEmptyAxes) : Operation, IRunsInBlocks
{
    private protected abstract ReductionKind Kind { get; }

    /// <summary>The ONNX version from which the operator takes its axes as an input instead of an attribute.</summary>
    private protected virtual int AxesAreInputSince => 18;

    /// <summary>The gradient with respect to the data.</summary>
    /// <param name="gradient">G with the reduced axes kept.</param>
    /// <param name="x">The data.</param>
    /// <param name="y">The result with the reduced axes kept.</param>
    /// <param name="axes">The axes; null where they are left out.</param>
    protected abstract Variable Contribution(Variable gradient, Variable x, Variable y, Variable? axes);

    /// <inheritdoc/>
    public sealed override IReadOnlyList<TensorType> Infer(InferRequest inputs)
    {
        if (inputs.Length > 2)
            throw new GraphException($"{Name} expects data and axes, found {inputs.Present.Count} inputs.");
        Shape shape = inputs[0].Shape;
        if (ReducedAxes(inputs) is { } axes)
            return [inputs[0] with { Shape = KeepDims ? Kept(shape, axes) : [.. shape.Where((_, axis) => !axes.Contains(axis))] }];
        if (KeepDims)
            return [inputs[0] with { Shape = [.. shape.Select((dim, axis) => dim == 1 ? dim : inputs.Fresh($"reduced_{axis}"))] }];
        return inputs[1].Shape[0] is { IsStatic: true } count && count.Number <= shape.Rank
            ? [inputs[0] with { Shape = [.. Enumerable.Range(0, shape.Rank - count.Size).Select(axis => inputs.Fresh($"reduced_{axis}"))] }]
            : throw new ShapeException($"{Name} that does not keep axes expects to know their number, at most {shape.Rank} for {shape}, found {inputs[1]}.");
    }

    /// <inheritdoc/>
    public sealed override IReadOnlyList<Dim>? Content(Node node, int output)
    {
        if (node.Inputs[0].Content is not { Count: > 0 } known || ReducedAxes(node.InputTypes) is not { } axes)
            return null;
        if (axes.Count == 0)
            return known;
        Func<Dim, Dim, Dim>? join = Kind switch
        {
            ReductionKind.Sum => (a, b) => a + b,
            ReductionKind.Prod => (a, b) => a * b,
            ReductionKind.Max => Dim.Max,
            ReductionKind.Min => Dim.Min,
            _ => null,
        };
        return join is null ? null : [known.Aggregate(join)];
    }

    /// <inheritdoc/>
    public Kernel Lower(LowerRequest request) => Kernel.Of(FunctionFor(request), Value.CountOf(request.Sizes(0)));

    /// <summary>By the leading axis, whether it stays or not.</summary>
    Blocks? IRunsInBlocks.BlocksOf(InferRequest inputs, Shape result)
    {
        if (inputs[0].Shape.Rank == 0 || ReducedAxes(inputs) is not { } axes)
            return null;
        if (!axes.Contains(0))
            return new Blocks([0]);
        return Kind switch
        {
            ReductionKind.Sum => new Blocks([0], BlockJoin.Sum),
            ReductionKind.Mean => new Blocks([0], BlockJoin.Mean),
            ReductionKind.Max => new Blocks([0], BlockJoin.Max),
            ReductionKind.Min => new Blocks([0], BlockJoin.Min),
            _ => null,
        };
    }

    /// <inheritdoc/>
    public sealed override IReadOnlyList<Variable?> Bprop(BpropRequest request)
    {
        if (request.Gradient(0) is not { } g)
        {
            return request.Zero;
        }

        (Variable x, Variable? axes) = (request[0], request.Arguments.Optional(1));
        Func<Variable, Variable> kept = KeepDims ? v => v
            : ReducedAxes(new InferRequest(this, request.Arguments)) is { } known ? v => Ops.Reshape(v, Kept(x.Shape, known))
            : v => new Reshape(AllowZero: true).Apply(v, OnesAt(axes!, Ops.ShapeOf(x)));
        Choice? choice = Choice.OfElements(g)?.Move(kept);
        return request.Each(input => input != 0 ? null
            : choice is null ? Contribution(kept(g), x, kept(request.Result(0)), axes)
            : choice.Take(Contribution(choice.Inner, x, kept(request.Result(0)), axes)));
    }

    /// <summary>Operator sets in which the axes are an attribute take those that are known.</summary>
    /// <param name="request">The opset version and the types of inputs and outputs.</param>
    public override OnnxForm? ToOnnx(OnnxRequest request) => ReductionNode.Write(Name, request, KeepDims, NoopWithEmptyAxes, AxesAreInputSince);

    /// <summary>The data, where no axis is reduced.</summary>
    /// <param name="inputs">Data and axes.</param>
    public override IReadOnlyList<Variable>? Expand(Arguments inputs) => IsNothing(new InferRequest(this, inputs)) ? [new Identity().Apply(inputs[0])] : null;

    private protected static IEnumerable<OperationExample> ExamplesOf(Func<bool, bool, Operation> make, double separation = 0, double low = -2, int axesSince = 18)
    {
        ExampleInput Data(Shape shape) => new(shape, Low: low) { Separation = separation };
        yield return new(make(false, false), Data(["batch", 4]), ExampleInput.Constant(1));
        yield return new(make(true, false), Data([3, 4]), ExampleInput.Constant(0));
        yield return new(make(false, false), Data([2, 3, 4]), ExampleInput.Constant(0, -1));
        yield return new(make(false, false), Data([3, 2]), ExampleInput.Constant(0, 1));
        yield return new(make(true, false), Data(["batch", 3]));
        yield return new(make(false, true), Data([3, 2]));
        yield return new(make(true, false), Data([2, 3, 2]), ExampleInput.Data(2, 0)) { Opset = axesSince };
        yield return new(make(false, false), Data([2, 3, 2]), ExampleInput.Data(-2)) { Opset = axesSince };
    }

    /// <summary>The sum over the axes that the operation reduces, which stay.</summary>
    private protected Variable SumKept(Variable x, Variable? axes) => new ReduceSum(true, NoopWithEmptyAxes).Apply(x, axes);

    /// <summary>The axes that are reduced, counted from 0; null where that depends on data.</summary>
    /// <param name="inputs">Data and axes.</param>
    public IReadOnlyCollection<int>? ReducedAxes(InferRequest inputs)
    {
        Shape shape = inputs[0].Shape;
        if (inputs.Has(1) && (inputs[1].DType != DType.Int64 || inputs[1].Shape.Rank != 1))
            throw new ShapeException($"{Name} expects axes as an int64 vector, found {inputs[1]}.");
        if (!inputs.Has(1) || inputs[1].Shape[0] == 0)
            return NoopWithEmptyAxes ? [] : [.. Enumerable.Range(0, shape.Rank)];
        return inputs.Content(1) is { } given ? [.. given.Select(axis => shape.Axis(axis.Number)).Distinct()] : null;
    }

    private bool IsNothing(InferRequest inputs) => NoopWithEmptyAxes && ReducedAxes(inputs) is { Count: 0 };

    private static Shape Kept(Shape shape, IReadOnlyCollection<int> axes) => [.. shape.Select((dim, axis) => axes.Contains(axis) ? Dim.Of(1) : dim)];

    /// <summary>Sizes with 1 at axes that depend on data.</summary>
    private static Variable OnesAt(Variable axes, Variable sizes) => new ScatterND().Apply(
        sizes, new Unsqueeze().Apply(axes, Ops.Integers(1)), Ops.Expand(Variable.Scalar(1, DType.Int64), axes.Shape, axes));

    private KernelFunction FunctionFor(LowerRequest request) => request.Type(0) switch
    {
        DType.Float32 => Compute<float>,
        DType.Float64 => Compute<double>,
        DType.Int8 => Compute<sbyte>,
        DType.UInt8 => Compute<byte>,
        DType.Int32 => Compute<int>,
        DType.Int64 => Compute<long>,
        DType.UInt32 => Compute<uint>,
        DType.UInt64 => Compute<ulong>,
        var type => throw request.NoKernel(type),
    };

    private void Compute<T>(KernelArguments arguments)
        where T : unmanaged, INumber<T>, IMinMaxValue<T>
    {
        Value x = arguments.Inputs[0];
        Span<bool> reduced = stackalloc bool[x.Rank];
        if (arguments.Inputs.Length > 1 && arguments.Inputs[1] is { Count: > 0 } axes)
        {
            reduced.Clear();
            foreach (long axis in axes.Span<long>())
                reduced[(int)(axis < 0 ? axis + x.Rank : axis)] = true;
        }
        else
        {
            reduced.Fill(!NoopWithEmptyAxes);
        }

        Kernels.Reductions.Reduce<T>(Kind, x.Span<T>(), x.Sizes, reduced, arguments.Outputs[0].Span<T>(), arguments.Workers);
    }
}

/// <summary>The sum over axes (ONNX <c>ReduceSum</c>); 0 over nothing. The gradient repeats G.</summary>
/// <param name="KeepDims">Whether reduced axes stay, with size 1.</param>
/// <param name="NoopWithEmptyAxes">Whether no axis is reduced, instead of all, where none is named.</param>
public sealed record ReduceSum(bool KeepDims = true, bool NoopWithEmptyAxes = false) : Reduction(KeepDims, NoopWithEmptyAxes), IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples => ExamplesOf((keep, noop) => new ReduceSum(keep, noop), axesSince: 13);

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => ReductionNode.Read(node, (keep, noop) => new ReduceSum(keep, noop));

    private protected override ReductionKind Kind => ReductionKind.Sum;

    private protected override int AxesAreInputSince => 13;

    /// <inheritdoc/>
    protected override Variable Contribution(Variable gradient, Variable x, Variable y, Variable? axes) => Ops.ExpandLike(gradient, x);
}

/// <summary>The mean over axes (ONNX <c>ReduceMean</c>); NaN over nothing. The gradient repeats G divided by the number of elements.</summary>
/// <param name="KeepDims">Whether reduced axes stay, with size 1.</param>
/// <param name="NoopWithEmptyAxes">Whether no axis is reduced, instead of all, where none is named.</param>
public sealed record ReduceMean(bool KeepDims = true, bool NoopWithEmptyAxes = false) : Reduction(KeepDims, NoopWithEmptyAxes), IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples => ExamplesOf((keep, noop) => new ReduceMean(keep, noop));

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => ReductionNode.Read(node, (keep, noop) => new ReduceMean(keep, noop));

    private protected override ReductionKind Kind => ReductionKind.Mean;

    /// <inheritdoc/>
    protected override Variable Contribution(Variable gradient, Variable x, Variable y, Variable? axes)
    {
        Variable count = ReducedAxes(new InferRequest(this, new Arguments(x, axes))) is { } known
            ? Ops.Size(known.Aggregate(Dim.Of(1), (product, axis) => product * x.Shape[axis]), x.DType, x)
            : Count(x) / Count(y);
        return Ops.ExpandLike(gradient / count, x);

        Variable Count(Variable v) => Ops.Cast(new ReduceProd(KeepDims: false).Apply(Ops.ShapeOf(v)), x.DType);
    }
}

/// <summary>The greatest element over axes (ONNX <c>ReduceMax</c>). The gradient goes to the greatest elements, in equal parts at a tie.</summary>
/// <param name="KeepDims">Whether reduced axes stay, with size 1.</param>
/// <param name="NoopWithEmptyAxes">Whether no axis is reduced, instead of all, where none is named.</param>
public sealed record ReduceMax(bool KeepDims = true, bool NoopWithEmptyAxes = false) : Reduction(KeepDims, NoopWithEmptyAxes), IOperator, IHasKernel
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples => ExamplesOf((keep, noop) => new ReduceMax(keep, noop), separation: 0.05);

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => ReductionNode.Read(node, (keep, noop) => new ReduceMax(keep, noop));

    private protected override ReductionKind Kind => ReductionKind.Max;

    /// <inheritdoc/>
    DType IHasKernel.ComputeType(DType stored) => Winners.ComputeType(stored);

    /// <inheritdoc/>
    protected override Variable Contribution(Variable gradient, Variable x, Variable y, Variable? axes) => Winners.Share(gradient, x, y, won => SumKept(won, axes));
}

/// <summary>The least element over axes (ONNX <c>ReduceMin</c>). The gradient goes to the least elements, in equal parts at a tie.</summary>
/// <param name="KeepDims">Whether reduced axes stay, with size 1.</param>
/// <param name="NoopWithEmptyAxes">Whether no axis is reduced, instead of all, where none is named.</param>
public sealed record ReduceMin(bool KeepDims = true, bool NoopWithEmptyAxes = false) : Reduction(KeepDims, NoopWithEmptyAxes), IOperator, IHasKernel
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples => ExamplesOf((keep, noop) => new ReduceMin(keep, noop), separation: 0.05);

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => ReductionNode.Read(node, (keep, noop) => new ReduceMin(keep, noop));

    private protected override ReductionKind Kind => ReductionKind.Min;

    /// <inheritdoc/>
    DType IHasKernel.ComputeType(DType stored) => Winners.ComputeType(stored);

    /// <inheritdoc/>
    protected override Variable Contribution(Variable gradient, Variable x, Variable y, Variable? axes) => Winners.Share(gradient, x, y, won => SumKept(won, axes));
}

/// <summary>The product over axes (ONNX <c>ReduceProd</c>); 1 over nothing. The gradient is G times the product of the other elements; where the axes depend on data, it is G·y/x, NaN where an element is 0.</summary>
/// <param name="KeepDims">Whether reduced axes stay, with size 1.</param>
/// <param name="NoopWithEmptyAxes">Whether no axis is reduced, instead of all, where none is named.</param>
public sealed record ReduceProd(bool KeepDims = true, bool NoopWithEmptyAxes = false) : Reduction(KeepDims, NoopWithEmptyAxes), IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples => ExamplesOf((keep, noop) => new ReduceProd(keep, noop), low: 0.5);

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => ReductionNode.Read(node, (keep, noop) => new ReduceProd(keep, noop));

    private protected override ReductionKind Kind => ReductionKind.Prod;

    /// <inheritdoc/>
    protected override Variable Contribution(Variable gradient, Variable x, Variable y, Variable? axes)
    {
        if (ReducedAxes(new InferRequest(this, new Arguments(x, axes))) is not { } known)
            return gradient * y / x;

        // One axis after the other: what stands before an element and what stands after it, and the products over the axes before.
        var contribution = gradient;
        var products = new Stack<(Variable Data, int Axis)>();
        foreach (int axis in known)
        {
            products.Push((x, axis));
            x = new ReduceProd().Apply(x, Ops.Integers(axis));
        }

        foreach ((Variable data, int axis) in products)
        {
            Variable place = Variable.Scalar(axis, DType.Int64);
            contribution = contribution * new CumProd(Exclusive: true).Apply(data, place) * new CumProd(Exclusive: true, Reverse: true).Apply(data, place);
        }

        return contribution;
    }
}

/// <summary>What maximum and minimum share.</summary>
internal static class Winners
{
    /// <summary>Truth values are compared as the bytes that they are; halves in float32.</summary>
    public static DType ComputeType(DType stored) => stored == DType.Bool ? DType.UInt8 : ElementType.Of(stored).IsHalf ? DType.Float32 : stored;

    public static Variable Share(Variable gradient, Variable x, Variable y, Func<Variable, Variable> sum)
    {
        Variable won = Ops.Cast(Ops.Equal(x, y), x.DType);
        return gradient / sum(won) * won;
    }
}
