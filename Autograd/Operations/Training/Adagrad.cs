using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Training;

/// <summary>
/// A step of AdaGrad (<c>ai.onnx.preview.training.Adagrad</c>; Duchi et al. 2011; book algorithm 8.4). State: the sum H of squared gradients. With g = ρX + G: H ← H + g²,
/// X ← X − R/(1 + δT)·g/(√H + ε).
/// </summary>
/// <param name="DecayFactor">δ, by which the rate falls.</param>
/// <param name="Epsilon">ε.</param>
/// <param name="NormCoefficient">ρ, the weight decay that goes into the gradient.</param>
public sealed record Adagrad(double DecayFactor = 0, double Epsilon = 1e-6, double NormCoefficient = 0) : OptimizerOperation, IOperator
{
    /// <inheritdoc/>
    public static string OnnxDomain => Domain;

    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples => ExamplesOf(new Adagrad(), new Adagrad(0.1, 0.01, 0.2), states: 1).Append(
        new(new Adagrad(0.1), new ExampleInput([], Low: 0.1, High: 0.2), new ExampleInput([], DType.Int64, 2, 2), new ExampleInput([3]), new ExampleInput([3]), new ExampleInput([3], Low: 0.5)));

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) =>
        new Adagrad(node.Number("decay_factor"), node.Number("epsilon"), node.Number("norm_coefficient")).ApplyAll(node.Inputs);

    private protected override int States => 1;

    private protected override Variable[] Step(Variable rate, Variable time, Variable x, Variable gradient, Variable[] states)
    {
        Variable r = rate / (1 + (DecayFactor * Ops.Cast(time, x.DType)));
        Variable g = (NormCoefficient * x) + gradient;
        Variable h = states[0] + (g * g);
        return [x - (r * g / (Ops.Sqrt(h) + Epsilon)), h];
    }
}
