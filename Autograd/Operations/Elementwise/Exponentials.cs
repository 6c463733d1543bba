using System.Numerics.Tensors;
using System.Runtime.Intrinsics;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;

namespace Toolkit.Autograd.Operations.Elementwise;

/// <summary>The exponential eˣ (ONNX <c>Exp</c>): 0 at −∞, ∞ above the range.</summary>
public sealed record Exp : UnaryOperation, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples => [new(new Exp(), new ExampleInput(["batch", 3]))];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => new Exp().ApplyAll(node[0]);

    /// <inheritdoc/>
    protected override void Apply<T>(ReadOnlySpan<T> x, Span<T> y) => VectorFunctions.Apply<T, ExpFunction>(x, y);

    /// <inheritdoc/>
    protected override Variable Derivative(Variable x, Variable y) => y;
}

/// <summary>eˣ − 1 without the loss of digits that the difference has near 0: −1 at −∞, ∞ above the range. Gradient eˣ.</summary>
public sealed record ExpM1 : UnaryOperation, IHasExamples
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples => [new(new ExpM1(), new ExampleInput(["batch", 5]))];

    /// <summary>What it is exported as: near 0 the rounding of u = eˣ is divided out, (u − 1)·x/ln u. Source: Kahan, in Higham, "Accuracy and stability of
    /// numerical algorithms", section 1.14.1.</summary>
    /// <param name="inputs">The argument.</param>
    public override IReadOnlyList<Variable> Expand(Arguments inputs)
    {
        Variable x = inputs[0], u = Ops.Exp(x), difference = u - 1;
        Variable near = Ops.Where(Ops.Equal(u, Variable.Scalar(1, x.DType)), x, difference * x / Ops.Log(u));
        return [Ops.Where(Ops.Less(Ops.Abs(difference), 0.5), near, difference)];
    }

    /// <inheritdoc/>
    public override OnnxForm? ToOnnx(OnnxRequest request) => null;

    /// <inheritdoc/>
    protected override void Apply<T>(ReadOnlySpan<T> x, Span<T> y) => VectorFunctions.Apply<T, ExpM1Function>(x, y);

    /// <inheritdoc/>
    protected override Variable Derivative(Variable x, Variable y) => y + 1;
}

/// <summary>The natural logarithm (ONNX <c>Log</c>): −∞ at 0, NaN below. Gradient 1/x.</summary>
public sealed record Log : UnaryOperation, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples => [new(new Log(), new ExampleInput([4, 3], Low: 0.3, High: 5))];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => new Log().ApplyAll(node[0]);

    /// <inheritdoc/>
    protected override void Apply<T>(ReadOnlySpan<T> x, Span<T> y) => TensorPrimitives.Log(x, y);

    /// <inheritdoc/>
    protected override Variable Derivative(Variable x, Variable y) => 1 / x;
}

/// <summary>The square root (ONNX <c>Sqrt</c>): NaN below 0. Gradient 1/(2√x), ∞ at 0, but 0 there for a sum of squares, whose root is a norm.</summary>
public sealed record Sqrt : UnaryOperation, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples => [new(new Sqrt(), new ExampleInput([5], Low: 0.3, High: 5))];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => new Sqrt().ApplyAll(node[0]);

    internal override Delegate VectorFunction => (Func<Vector256<float>, Vector256<float>>)Vector256.Sqrt;

    /// <inheritdoc/>
    protected override void Apply<T>(ReadOnlySpan<T> x, Span<T> y) => TensorPrimitives.Sqrt(x, y);

    /// <inheritdoc/>
    public override IReadOnlyList<Variable?> Bprop(BpropRequest request) => Squares.IsSum(request[0])
        ? Contributions(request, (g, _) => Squares.Root(g * Derivative(request[0], request.Result(0)), request.Result(0)))
        : base.Bprop(request);

    /// <inheritdoc/>
    protected override Variable Derivative(Variable x, Variable y) => 0.5 / y;
}
