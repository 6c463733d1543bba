using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Training;

/// <summary>
/// A step of stochastic gradient descent with momentum (<c>ai.onnx.preview.training.Momentum</c>; book algorithms 8.2 and 8.3). State: the velocity V. With g = ρX + G:
/// V ← αV + βg, where β is 1 for T = 0, and X ← X − R·V, or with Nesterov's look ahead X ← X − R·(g + αV).
/// </summary>
/// <param name="Alpha">α, how much of the velocity stays.</param>
/// <param name="Beta">β, the share of the gradient after the first step.</param>
/// <param name="NormCoefficient">ρ, the weight decay that goes into the gradient.</param>
/// <param name="Nesterov">Whether it looks ahead (<c>mode = "nesterov"</c>).</param>
public sealed record Momentum(double Alpha, double Beta, double NormCoefficient, bool Nesterov = false) : OptimizerOperation, IOperator
{
    /// <inheritdoc/>
    public static string OnnxDomain => Domain;

    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples => ExamplesOf(new Momentum(0.9, 0.5, 0.1), new Momentum(0.8, 0.25, 0.2, Nesterov: true), states: 1);

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node)
    {
        bool isNesterov = node.Text("mode") switch
        {
            "standard" => false,
            "nesterov" => true,
            var other => throw new GraphException($"Momentum expects the mode \"standard\" or \"nesterov\", found \"{other}\"."),
        };
        return new Momentum(node.Number("alpha"), node.Number("beta"), node.Number("norm_coefficient"), isNesterov).ApplyAll(node.Inputs);
    }

    private protected override int States => 1;

    private protected override Variable[] Step(Variable rate, Variable time, Variable x, Variable gradient, Variable[] states)
    {
        Variable g = (NormCoefficient * x) + gradient;
        Variable beta = Later(time, Variable.Scalar(Beta, x.DType), Variable.Scalar(1, x.DType));
        Variable v = (Alpha * states[0]) + (beta * g);
        return [x - (rate * (Nesterov ? g + (Alpha * v) : v)), v];
    }
}
