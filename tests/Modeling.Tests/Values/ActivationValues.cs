using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Modeling.Modules;
using static Toolkit.Modeling.Tests.Values.Loops;

namespace Toolkit.Modeling.Tests.Values;

/// <summary>Every function of units, on numbers.</summary>
internal static class ActivationValues
{
    private const double Scale = 1.0507009873554805, Alpha = 1.6732632423543772;

    public static double[] Inputs { get; } = [-40, -3, -1, -0.5, -1e-3, 0, 1e-3, 0.5, 1, 2.5, 40];

    public static Dictionary<string, (Func<Variable, Variable> Function, Func<double, double> Expected)[]> Rows { get; } = new()
    {
        [nameof(Activations.AbsoluteValue)] = [(Activations.AbsoluteValue, x => x < 0 ? -x : x)],
        [nameof(Activations.Elu)] = [(Activations.Elu, x => x > 0 ? x : Math.Exp(x) - 1)],
        [nameof(Activations.Gelu)] = [(Activations.Gelu, x => x < -20 ? 0 : x > 20 ? x : x * NormalProbability(x))],
        [nameof(Activations.HardTanh)] = [(Activations.HardTanh, x => x < -1 ? -1 : x > 1 ? 1 : x)],
        [nameof(Activations.Selu)] = [(Activations.Selu, x => Scale * (x > 0 ? x : Alpha * (Math.Exp(x) - 1)))],
        [nameof(Activations.Silu)] = [(Activations.Silu, x => x / (1 + Math.Exp(-x)))],
        [nameof(Ops.Cos)] = [(Ops.Cos, Math.Cos)],
        [nameof(Ops.LeakyRelu)] = [(x => x.LeakyRelu(), x => x > 0 ? x : 0.01 * x), (x => x.LeakyRelu(0.3), x => x > 0 ? x : 0.3 * x)],
        [nameof(Ops.Relu)] = [(Ops.Relu, x => x > 0 ? x : 0)],
        [nameof(Ops.Sigmoid)] = [(Ops.Sigmoid, x => 1 / (1 + Math.Exp(-x)))],
        [nameof(Ops.Softplus)] = [(Ops.Softplus, x => x > 30 ? x : Math.Log(1 + Math.Exp(x)))],
        [nameof(Ops.Tanh)] = [(Ops.Tanh, x => x > 20 ? 1 : x < -20 ? -1 : (Math.Exp(x) - Math.Exp(-x)) / (Math.Exp(x) + Math.Exp(-x)))],
    };
}
