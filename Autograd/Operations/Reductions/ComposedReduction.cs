using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Reductions;

/// <summary>
/// A reduction over axes that is a shorthand for others. Inputs: data, and the axes as an int64 vector, negative ones from the end; where it is left out or empty, all axes. float16 and bfloat16 are
/// computed in float32; integers whose roots or logarithms are taken in float64, and truncated.
/// </summary>
/// <param name="KeepDims">Whether reduced axes stay, with size 1.</param>
/// <param name="NoopWithEmptyAxes">Whether no axis is reduced, instead of all, where none is named.</param>
public abstract record ComposedReduction(bool KeepDims, bool NoopWithEmptyAxes) : CompositeOperation
{
    /// <summary>Whether integers are reduced as they are.</summary>
    private protected virtual bool IsExactOnIntegers => true;

    /// <summary>The reduction, written in operations.</summary>
    /// <param name="x">The data.</param>
    /// <param name="axes">The axes; null for all.</param>
    private protected abstract Variable Of(Variable x, Variable? axes);

    /// <inheritdoc/>
    public sealed override IReadOnlyList<Variable> Expand(Arguments inputs)
    {
        DType type = inputs[0].DType;
        DType wide = ElementType.Of(type).IsHalf ? DType.Float32 : type.IsInteger() && !IsExactOnIntegers ? DType.Float64 : type;
        return [Ops.Cast(Of(Ops.Cast(inputs[0], wide), inputs.Optional(1)), type)];
    }

    /// <summary>From operator set 18 on the axes are an input, before an attribute. ONNX Runtime has no float64 here, and no roots or logarithms of integers.</summary>
    /// <param name="request">The opset version and the types of inputs and outputs.</param>
    public sealed override OnnxForm? ToOnnx(OnnxRequest request) => request.Inputs[0].DType == DType.Float64 || (request.Inputs[0].DType.IsInteger() && !IsExactOnIntegers)
        ? null
        : ReductionNode.Write(Name, request, KeepDims, NoopWithEmptyAxes);

    /// <summary>The sum over the axes.</summary>
    private protected Variable Sum(Variable x, Variable? axes) => new ReduceSum(KeepDims, NoopWithEmptyAxes).Apply(x, axes);

    private protected static IEnumerable<OperationExample> ExamplesOf(Func<bool, bool, Operation> make, double margin = 0, double low = -2, int axesSince = 13)
    {
        ExampleInput Data(Shape shape) => new(shape, Low: low) { Margin = margin };
        yield return new(make(false, false), Data(["batch", 4]), ExampleInput.Constant(1));
        yield return new(make(true, false), Data([3, 4]), ExampleInput.Constant(0));
        yield return new(make(false, false), Data([2, 3, 4]), ExampleInput.Constant(0, -1));
        yield return new(make(true, false), Data(["batch", 3]));
        yield return new(make(true, false), Data([2, 3, 2]), ExampleInput.Data(2, 0)) { Opset = axesSince };
    }
}

/// <summary>Σ|x| over axes (ONNX <c>ReduceL1</c>).</summary>
/// <param name="KeepDims">Whether reduced axes stay, with size 1.</param>
/// <param name="NoopWithEmptyAxes">Whether no axis is reduced, instead of all, where none is named.</param>
public sealed record ReduceL1(bool KeepDims = true, bool NoopWithEmptyAxes = false) : ComposedReduction(KeepDims, NoopWithEmptyAxes), IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples => ExamplesOf((keep, noop) => new ReduceL1(keep, noop), margin: 0.1);

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => ReductionNode.Read(node, (keep, noop) => new ReduceL1(keep, noop));

    private protected override Variable Of(Variable x, Variable? axes) => Sum(Ops.Abs(x), axes);
}

/// <summary>√Σx² over axes (ONNX <c>ReduceL2</c>). The gradient of zeros is zero.</summary>
/// <param name="KeepDims">Whether reduced axes stay, with size 1.</param>
/// <param name="NoopWithEmptyAxes">Whether no axis is reduced, instead of all, where none is named.</param>
public sealed record ReduceL2(bool KeepDims = true, bool NoopWithEmptyAxes = false) : ComposedReduction(KeepDims, NoopWithEmptyAxes), IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples => ExamplesOf((keep, noop) => new ReduceL2(keep, noop));

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => ReductionNode.Read(node, (keep, noop) => new ReduceL2(keep, noop));

    private protected override bool IsExactOnIntegers => false;

    private protected override Variable Of(Variable x, Variable? axes) => Ops.Sqrt(Sum(x * x, axes));
}

/// <summary>ln Σx over axes (ONNX <c>ReduceLogSum</c>).</summary>
/// <param name="KeepDims">Whether reduced axes stay, with size 1.</param>
/// <param name="NoopWithEmptyAxes">Whether no axis is reduced, instead of all, where none is named.</param>
public sealed record ReduceLogSum(bool KeepDims = true, bool NoopWithEmptyAxes = false) : ComposedReduction(KeepDims, NoopWithEmptyAxes), IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples => ExamplesOf((keep, noop) => new ReduceLogSum(keep, noop), low: 0.5);

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => ReductionNode.Read(node, (keep, noop) => new ReduceLogSum(keep, noop));

    private protected override bool IsExactOnIntegers => false;

    private protected override Variable Of(Variable x, Variable? axes) => Ops.Log(Sum(x, axes));
}

/// <summary>ln Σeˣ over axes (ONNX <c>ReduceLogSumExp</c>), stable because the maximum is taken out first (book equation 6.33); −∞ over nothing.</summary>
/// <param name="KeepDims">Whether reduced axes stay, with size 1.</param>
/// <param name="NoopWithEmptyAxes">Whether no axis is reduced, instead of all, where none is named.</param>
public sealed record ReduceLogSumExp(bool KeepDims = true, bool NoopWithEmptyAxes = false) : ComposedReduction(KeepDims, NoopWithEmptyAxes), IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples => ExamplesOf((keep, noop) => new ReduceLogSumExp(keep, noop), axesSince: 18);

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => ReductionNode.Read(node, (keep, noop) => new ReduceLogSumExp(keep, noop));

    private protected override bool IsExactOnIntegers => false;

    private protected override Variable Of(Variable x, Variable? axes)
    {
        Variable greatest = Finite(new ReduceMax(true, NoopWithEmptyAxes).Apply(x, axes));
        Variable back = KeepDims ? greatest : Finite(new ReduceMax(false, NoopWithEmptyAxes).Apply(x, axes));
        return Ops.Log(Sum(Ops.Exp(x - greatest), axes)) + back;
    }

    /// <summary>A shift that cancels in the result has no derivative, and an infinite one would not cancel.</summary>
    private static Variable Finite(Variable greatest) => Ops.StopGradient(Ops.Where(new Elementwise.IsInf().Apply(greatest), 0, greatest));
}

/// <summary>Σx² over axes (ONNX <c>ReduceSumSquare</c>).</summary>
/// <param name="KeepDims">Whether reduced axes stay, with size 1.</param>
/// <param name="NoopWithEmptyAxes">Whether no axis is reduced, instead of all, where none is named.</param>
public sealed record ReduceSumSquare(bool KeepDims = true, bool NoopWithEmptyAxes = false) : ComposedReduction(KeepDims, NoopWithEmptyAxes), IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples => ExamplesOf((keep, noop) => new ReduceSumSquare(keep, noop));

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => ReductionNode.Read(node, (keep, noop) => new ReduceSumSquare(keep, noop));

    private protected override Variable Of(Variable x, Variable? axes) => Sum(x * x, axes);
}
