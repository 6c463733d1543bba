using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Gradients;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Modeling.Tests;

/// <summary>Compares gradients with central differences in float64, to order 2.</summary>
internal static class GradientCheck
{
    /// <summary>A function of one float64 tensor.</summary>
    public static void ToOrderTwo(Func<Variable, Variable> function, double[] at, params int[] sizes)
    {
        Variable x = Variable.Input("x", DType.Float64, Shape.OfSizes(sizes));
        Variable y = function(x);
        Variable first = (y + (0.5 * y.Sin())).Sum();
        Variable gradient = Gradient.Of(first, x);
        Check(x, first, gradient, at, sizes);
        Variable second = (gradient.Sin() + (0.3 * gradient)).Sum();
        Check(x, second, Gradient.Of(second, x), at, sizes);
    }

    private static void Check(Variable x, Variable scalar, Variable gradient, double[] at, int[] sizes)
    {
        var function = Function.Compile([x], [scalar, gradient], null, new ExecutionOptions { Threads = 1 });
        double[] found = Run.Numbers(function.Run(Value.Of(at, sizes))[1]);
        const double Step = 1e-5;
        double[] expected = [.. at.Select((_, i) => (Shifted(i, Step) - Shifted(i, -Step)) / (2 * Step))];
        Run.Close(expected, found, 2e-6);

        double Shifted(int i, double step)
        {
            double[] moved = [.. at];
            moved[i] += step;
            return function.Run(Value.Of(moved, sizes))[0].Scalar();
        }
    }
}
