using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Gradients;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Regularizers;

namespace Toolkit.Modeling.Tests;

/// <summary>A model of float64 parameters, for identities that hold to rounding.</summary>
internal sealed class DoubleModel(Func<Variable, IReadOnlyList<Parameter>, ForwardContext, Variable> forward, params Parameter[] parameters) : Module
{
    public static Parameter Weight(string name, double[] content, params int[] sizes) => new(name, Value.Of(content, sizes));

    public static Variable Tensor(double[] content, params int[] sizes) => Variable.Of(Value.Of(content, sizes));

    public static Objective Objective(Module model, Loss loss, Variable input, Variable target) =>
        new(model, loss, input, target, new ForwardContext(Mode.Training));

    /// <summary>The gradient of a scalar with respect to a parameter, by central differences on the parameter.</summary>
    public static double[] Differences(Variable scalar, Parameter parameter, double step = 1e-5)
    {
        var function = Function.Compile([], [scalar], null, new ExecutionOptions { Threads = 1 });
        var result = new double[parameter.Value.Count];
        for (int i = 0; i < result.Length; i++)
        {
            double kept = parameter.Value[i];
            parameter.Value.Span<double>()[i] = kept + step;
            double up = function.Run()[0].Scalar();
            parameter.Value.Span<double>()[i] = kept - step;
            result[i] = (up - function.Run()[0].Scalar()) / (2 * step);
            parameter.Value.Span<double>()[i] = kept;
        }

        return result;
    }

    public static double[] GradientOf(Variable scalar, Parameter parameter) => Run.Numbers(Gradient.Of(scalar, parameter.Variable));

    protected override IReadOnlyList<Parameter> CreateParameters() => parameters;

    protected override Variable Build(Variable input, ForwardContext context) => forward(input, parameters, context);
}
