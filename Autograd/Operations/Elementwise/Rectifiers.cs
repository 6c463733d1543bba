using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.Intrinsics;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Elementwise;

/// <summary>
/// The rectified linear unit max(0, x) (ONNX <c>Relu</c>; book section 6.3.1). The gradient at 0 is 0: one of the two one-sided derivatives,
/// as the book recommends (section 6.3). NaN passes through.
/// </summary>
public sealed record Relu : UnaryOperation, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples => [new(new Relu(), new ExampleInput(["batch", 6]) { Margin = 0.1 })];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => new Relu().ApplyAll(node[0]);

    /// <inheritdoc/>
    public override IReadOnlyList<Variable?> Bprop(BpropRequest request) =>
        // The result decides as well as the input would, and it is kept anyway for the next layer.
        [request.Gradient(0) is { } g ? Ops.Where(Ops.Greater(request.Result(0), 0), g, 0) : null];

    internal override Delegate VectorFunction => (Func<Vector256<float>, Vector256<float>>)Rectify;

    /// <inheritdoc/>
    public override DType InferDType(ReadOnlySpan<DType> inputs) => inputs[0];

    /// <summary>The kernel: integers are rectified as well.</summary>
    /// <param name="tile">Input and output.</param>
    public override void Apply(TileArguments tile) => NumberDispatch.Run(tile.InputType, Name, new Call(tile));

    /// <inheritdoc/>
    protected override void Apply<T>(ReadOnlySpan<T> x, Span<T> y) => TensorPrimitives.Max(x, T.Zero, y);

    /// <inheritdoc/>
    protected override Variable Derivative(Variable x, Variable y) => Ops.Cast(Ops.Greater(y, 0), x.DType);

    private static Vector256<float> Rectify(Vector256<float> x) => Vector256.Max(x, Vector256<float>.Zero);

    private readonly ref struct Call(TileArguments tile) : INumberAction
    {
        private readonly TileArguments tile = tile;

        public void For<T>()
            where T : unmanaged, INumber<T>, IMinMaxValue<T> => TensorPrimitives.Max(tile.Input<T>(0), T.Zero, tile.Output<T>());
    }
}

/// <summary>
/// The leaky rectifier: x for x &gt; 0, αx otherwise (ONNX <c>LeakyRelu</c>; book section 6.3.1, Maas et al. 2013). The gradient at 0 is α.
/// </summary>
/// <param name="Alpha">The slope below zero.</param>
public sealed record LeakyRelu(double Alpha = 0.01) : ActivationOperation, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples => [At(new LeakyRelu(), margin: 0.1), At(new LeakyRelu(-0.5), margin: 0.1)];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => new LeakyRelu(node.Number("alpha")).ApplyAll(node[0]);

    private protected override IReadOnlyList<OnnxAttribute> Attributes => [new("alpha", (float)Alpha)];

    /// <inheritdoc/>
    protected override Variable Of(Variable x) => Ops.Where(Ops.Greater(x, 0), x, Alpha * x);
}

/// <summary>The absolute value |x| (ONNX <c>Abs</c>; absolute value rectification, book section 6.3.1). The gradient is sign(x), 0 at 0.
/// The least integer, whose absolute value is out of range, stays as it is.</summary>
public sealed record Abs : NumberOperation, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples => [new(new Abs(), new ExampleInput(["batch", 6]) { Margin = 0.1 })];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => new Abs().ApplyAll(node[0]);

    /// <inheritdoc/>
    public override IReadOnlyList<Dim>? Content(Node node, int output) => KnownContent.Of(node, x => Dim.Max(x, 0 - x));

    internal override Delegate VectorFunction => (Func<Vector256<float>, Vector256<float>>)Vector256.Abs;

    /// <inheritdoc/>
    public override int Arity => 1;

    /// <inheritdoc/>
    public override IReadOnlyList<Variable?> Bprop(BpropRequest request) =>
        Contributions(request, (g, _) => Ops.Where(Ops.Equal(request[0], Variable.Scalar(0, request[0].DType)), 0, g * Ops.Sign(request[0])));

    /// <inheritdoc/>
    protected override void Apply<T>(TileArguments tile)
    {
        ReadOnlySpan<T> x = tile.Input<T>(0);
        Span<T> y = tile.Output<T>();
        if (typeof(T) != typeof(float) && typeof(T) != typeof(double))
        {
            // TensorPrimitives throws at the least integer.
            for (int i = 0; i < y.Length; i++)
            {
                y[i] = x[i] < T.Zero ? T.Zero - x[i] : x[i];
            }
        }
        else
        {
            TensorPrimitives.Abs(x, y);
        }
    }
}

/// <summary>The sign of x: −1, 0 or 1 (ONNX <c>Sign</c>); NaN for NaN. The gradient is zero.</summary>
public sealed record Sign : NumberOperation, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples => [new(new Sign(), new ExampleInput([2, 5]) { Margin = 0.1 })];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => new Sign().ApplyAll(node[0]);

    /// <inheritdoc/>
    public override IReadOnlyList<Dim>? Content(Node node, int output) => KnownContent.Of(node, KnownContent.Sign);

    /// <inheritdoc/>
    public override int Arity => 1;

    /// <inheritdoc/>
    public override IReadOnlyList<Variable?> Bprop(BpropRequest request) => request.Zero;

    /// <inheritdoc/>
    protected override void Apply<T>(TileArguments tile)
    {
        ReadOnlySpan<T> x = tile.Input<T>(0);
        Span<T> y = tile.Output<T>();
        for (int i = 0; i < y.Length; i++)
        {
            y[i] = x[i] > T.Zero ? T.One : x[i] < T.Zero ? T.Zero - T.One : x[i];
        }
    }
}

/// <summary>The negative −x (ONNX <c>Neg</c>); −0 for 0. The least integer stays as it is.</summary>
public sealed record Neg : NumberOperation, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples => [new(new Neg(), new ExampleInput(["batch", 5]))];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => new Neg().ApplyAll(node[0]);

    /// <inheritdoc/>
    public override IReadOnlyList<Dim>? Content(Node node, int output) => KnownContent.Of(node, x => 0 - x);

    internal override Delegate VectorFunction => (Func<Vector256<float>, Vector256<float>>)Vector256.Negate;

    /// <inheritdoc/>
    public override int Arity => 1;

    /// <inheritdoc/>
    public override IReadOnlyList<Variable?> Bprop(BpropRequest request) => Contributions(request, (g, _) => -g);

    /// <inheritdoc/>
    protected override void Apply<T>(TileArguments tile) => TensorPrimitives.Negate(tile.Input<T>(0), tile.Output<T>());
}
