using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Elementwise;

/// <summary>The error function erf(x) = 2/√π ∫₀ˣ e^−t² dt (ONNX <c>Erf</c>). Gradient 2/√π·e^−x².</summary>
public sealed record Erf : UnaryOperation, IOperator
{
    // Beyond, e^−x² is 0 in every type; there its own slope is that of a constant, not 0·∞.
    private const double Farthest = 40;

    private static readonly double Slope = 2 / Math.Sqrt(Math.PI);

    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples => [new(new Erf(), new ExampleInput(["batch", 5], Low: -3, High: 3))];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => new Erf().ApplyAll(node[0]);

    /// <inheritdoc/>
    public override OnnxForm ToOnnx(OnnxRequest request) => new(Name) { RuntimeTypes = [DType.Float32] };

    /// <inheritdoc/>
    protected override void Apply<T>(ReadOnlySpan<T> x, Span<T> y) => VectorFunctions.Apply<T, ErfFunction>(x, y);

    /// <inheritdoc/>
    protected override Variable Derivative(Variable x, Variable y) => Slope * Ops.Exp(-Ops.Clip(x, -Farthest, Farthest).Square());
}
