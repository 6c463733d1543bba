using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Schema;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Elementwise;

/// <summary>The exponential linear unit: x for x &gt; 0, α(eˣ − 1) otherwise (ONNX <c>Elu</c>; Clevert et al. 2015). The derivative at 0 is α.</summary>
/// <param name="Alpha">α, the negative of the limit at −∞.</param>
public sealed record Elu(double Alpha = 1) : ActivationOperation, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples => [At(new Elu(), margin: 0.1), At(new Elu(2.5), margin: 0.1)];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => new Elu(node.Number("alpha")).ApplyAll(node[0]);

    private protected override IReadOnlyList<OnnxAttribute> Attributes => [new("alpha", (float)Alpha)];

    /// <inheritdoc/>
    protected override Variable Of(Variable x) => Ops.Where(Ops.Greater(x, 0), x, Alpha * Below(x));

    /// <summary>eˣ − 1 for x ≤ 0, and 0 above, where the exponential could overflow.</summary>
    internal static Variable Below(Variable x) => Ops.ExpM1(Ops.Where(Ops.Greater(x, 0), 0, x));
}

/// <summary>The scaled exponential linear unit γ·(x for x &gt; 0, α(eˣ − 1) otherwise) (ONNX <c>Selu</c>; Klambauer et al. 2017). The derivative at 0 is γα.</summary>
/// <param name="Alpha">α.</param>
/// <param name="Gamma">γ.</param>
public sealed record Selu(double Alpha = Selu.StandardAlpha, double Gamma = Selu.StandardGamma) : ActivationOperation, IOperator
{
    /// <summary>α of the paper in single precision, the standard's default.</summary>
    public const double StandardAlpha = 1.67326319217681884765625;

    /// <summary>γ of the paper in single precision, the standard's default.</summary>
    public const double StandardGamma = 1.05070102214813232421875;

    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples => [At(new Selu(), margin: 0.1), At(new Selu(2, 3), margin: 0.1)];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => new Selu(
        node.Version < 6 || node.Has("alpha") ? node.Number("alpha") : StandardAlpha,
        node.Version < 6 || node.Has("gamma") ? node.Number("gamma") : StandardGamma).ApplyAll(node[0]);

    private protected override IReadOnlyList<OnnxAttribute> Attributes => [new("alpha", (float)Alpha), new("gamma", (float)Gamma)];

    /// <inheritdoc/>
    protected override Variable Of(Variable x) => Ops.Where(Ops.Greater(x, 0), Gamma * x, Gamma * Alpha * Elu.Below(x));
}

/// <summary>The continuously differentiable exponential linear unit max(0, x) + min(0, α(e^(x/α) − 1)) (ONNX <c>Celu</c>; Barron 2017). The derivative at 0 is 1.</summary>
/// <param name="Alpha">α, not 0.</param>
public sealed record Celu(double Alpha = 1) : ActivationOperation, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples => [At(new Celu(), margin: 0.1), At(new Celu(2.5), margin: 0.1)];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => new Celu(node.Number("alpha")).ApplyAll(node[0]);

    private protected override IReadOnlyList<OnnxAttribute> Attributes => [new("alpha", (float)Alpha)];

    /// <summary>The standard has the operator for float32 alone; here it takes every floating-point type.</summary>
    public override OperatorSchema? StandardSchema() => null;

    /// <inheritdoc/>
    public override OnnxForm? ToOnnx(OnnxRequest request) => request.Inputs[0].DType == DType.Float32 ? base.ToOnnx(request) : null;

    /// <inheritdoc/>
    protected override Variable Of(Variable x) => Ops.Where(Ops.Greater(x, 0), x, Alpha * Elu.Below(x / Alpha));
}

/// <summary>x·tanh(ln(1 + eˣ)) (ONNX <c>Mish</c>, from operator set 18 on; Misra 2019).</summary>
public sealed record Mish : ActivationOperation, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples => [At(new Mish())];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => new Mish().ApplyAll(node[0]);

    private protected override int Since => 18;

    /// <inheritdoc/>
    protected override Variable Of(Variable x) => x * Ops.Tanh(Ops.Softplus(x));
}

/// <summary>x·σ(αx) (ONNX <c>Swish</c>, from operator set 24 on; Ramachandran et al. 2017).</summary>
/// <param name="Alpha">α.</param>
public sealed record Swish(double Alpha = 1) : ActivationOperation, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples => [At(new Swish()), At(new Swish(0.5))];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => new Swish(node.Number("alpha")).ApplyAll(node[0]);

    private protected override int Since => 24;

    private protected override IReadOnlyList<OnnxAttribute> Attributes => [new("alpha", (float)Alpha)];

    /// <inheritdoc/>
    protected override Variable Of(Variable x) => x * Ops.Sigmoid(Alpha == 1 ? x : Alpha * x);
}

/// <summary>The Gaussian error linear unit xΦ(x) = x/2·(1 + erf(x/√2)) (ONNX <c>Gelu</c>, from operator set 20 on; Hendrycks and Gimpel 2016), without the loss of digits that the sum has far
/// below 0.</summary>
/// <param name="Tanh">Whether the error function is approximated: x/2·(1 + tanh(√(2/π)(x + 0.044715x³))) (<c>approximate = "tanh"</c>).</param>
public sealed record Gelu(bool Tanh = false) : ActivationOperation, IOperator
{
    private static readonly double Root = Math.Sqrt(2 / Math.PI);

    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples => [At(new Gelu()), At(new Gelu(true))];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => new Gelu(node.Text("approximate") switch
    {
        "none" => false,
        "tanh" => true,
        var other => throw new GraphException($"Gelu expects the approximation \"none\" or \"tanh\", found \"{other}\"."),
    }).ApplyAll(node[0]);

    private protected override int Since => 20;

    private protected override IReadOnlyList<OnnxAttribute> Attributes => [new("approximate", Tanh ? "tanh" : "none")];

    /// <summary>One node where the operator set has it, before that x/2·(1 + erf(x/√2)) in the form that runtimes make one kernel of.</summary>
    /// <param name="request">The opset version and the types of inputs and outputs.</param>
    public override OnnxForm? ToOnnx(OnnxRequest request)
    {
        if (request.Opset >= Since || Tanh || request.Inputs[0].DType != DType.Float32)
            return base.ToOnnx(request);
        OnnxInput x = new OnnxInput.Argument(0);
        var erf = new OnnxForm("Erf") { Inputs = [OnnxInput.Of("Div", x, Number(Math.Sqrt(2)))], Read = Erf.FromOnnx };
        OnnxInput share = OnnxInput.Of("Add", new OnnxInput.Computed(erf), Number(1));
        return new OnnxForm("Mul") { Inputs = [OnnxInput.Of("Mul", x, share), Number(0.5)] };

        static OnnxInput Number(double number) => new OnnxInput.Constant(Value.Of((float)number));
    }

    /// <inheritdoc/>
    protected override Variable Of(Variable x) => Tanh
        ? x * Ops.Sigmoid(2 * Root * (x + (0.044715 * (x * x * x)))) // 1 + tanh z = 2σ(2z)
        : 0.5 * x * Ops.Erfc(x * -Math.Sqrt(0.5));
}
