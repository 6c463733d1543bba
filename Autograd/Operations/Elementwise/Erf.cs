using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Elementwise;

/// <summary>The error function erf(x) = 2/√π ∫₀ˣ e^−t² dt (ONNX <c>Erf</c>). Gradient 2/√π·e^−x².</summary>
public sealed record Erf : UnaryOperation, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples => [new(new Erf(), new ExampleInput(["batch", 5], Low: -3, High: 3))];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => new Erf().ApplyAll(node[0]);

    /// <inheritdoc/>
    public override OnnxForm ToOnnx(OnnxRequest request) => new(Name) { RuntimeTypes = [DType.Float32] };

    /// <inheritdoc/>
    protected override void Apply<T>(ReadOnlySpan<T> x, Span<T> y) => VectorFunctions.Apply<T, ErfFunction>(x, y);

    /// <inheritdoc/>
    protected override Variable Derivative(Variable x, Variable y) => Slope(x);

    /// <summary>2/√π·e^−x². Beyond 40 the power is 0 in every type; there its own slope is that of a constant, not 0·∞.</summary>
    internal static Variable Slope(Variable x) => 2 / Math.Sqrt(Math.PI) * Ops.Exp(-Ops.Clip(x, -40, 40).Square());
}

/// <summary>The complementary error function 1 − erf(x) without the loss of digits that the difference has far above 0. Gradient −2/√π·e^−x².</summary>
public sealed record Erfc : UnaryOperation, IHasExamples
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples => [new(new Erfc(), new ExampleInput(["batch", 5], Low: -3, High: 3))];

    /// <summary>What it is exported as; runtimes lose the digits.</summary>
    /// <param name="inputs">The argument.</param>
    public override IReadOnlyList<Variable> Expand(Arguments inputs) => [1 - Ops.Erf(inputs[0])];

    /// <inheritdoc/>
    public override OnnxForm? ToOnnx(OnnxRequest request) => null;

    /// <inheritdoc/>
    protected override void Apply<T>(ReadOnlySpan<T> x, Span<T> y) => VectorFunctions.Apply<T, ErfcFunction>(x, y);

    /// <inheritdoc/>
    protected override Variable Derivative(Variable x, Variable y) => -Erf.Slope(x);
}
