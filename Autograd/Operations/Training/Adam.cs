using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Training;

/// <summary>
/// A step of Adam (<c>ai.onnx.preview.training.Adam</c>; Kingma and Ba 2015; book algorithm 8.7). States: the averages V of the gradients and H of their squares. With g = ρX + G:
/// V ← αV + (1 − α)g, H ← βH + (1 − β)g², X ← (1 − π)(X − r·V/(√H + ε)), where r = R·√(1 − β^T)/(1 − α^T), and R for T = 0.
/// </summary>
/// <param name="Alpha">α.</param>
/// <param name="Beta">β.</param>
/// <param name="Epsilon">ε.</param>
/// <param name="NormCoefficient">ρ, the weight decay that goes into the gradient.</param>
/// <param name="NormCoefficientPost">π, the weight decay after the step.</param>
public sealed record Adam(double Alpha = 0.9, double Beta = 0.999, double Epsilon = 1e-6, double NormCoefficient = 0, double NormCoefficientPost = 0) : OptimizerOperation, IOperator
{
    /// <inheritdoc/>
    public static string OnnxDomain => Domain;

    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples => ExamplesOf(new Adam(), new Adam(0.5, 0.75, 0.01, 0.1, 0.2), states: 2);

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) =>
        new Adam(node.Number("alpha"), node.Number("beta"), node.Number("epsilon"), node.Number("norm_coefficient"), node.Number("norm_coefficient_post")).ApplyAll(node.Inputs);

    private protected override int States => 2;

    private protected override Variable[] Step(Variable rate, Variable time, Variable x, Variable gradient, Variable[] states)
    {
        Variable power = Ops.Cast(time, x.DType);
        Variable Left(double factor) => 1 - Ops.Pow(Variable.Scalar(factor, x.DType), power);
        Variable r = Later(time, rate * Ops.Sqrt(Left(Beta)) / Ops.Where(Ops.Greater(time, 0), Left(Alpha), 1), rate);
        Variable g = (NormCoefficient * x) + gradient;
        Variable v = (Alpha * states[0]) + ((1 - Alpha) * g), h = (Beta * states[1]) + ((1 - Beta) * (g * g));
        return [(1 - NormCoefficientPost) * (x - (r * v / (Ops.Sqrt(h) + Epsilon))), v, h];
    }
}
