using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Gradients;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Autograd.Tests.Operations;

namespace Toolkit.Modeling.Tests.Identities;

/// <summary>A2.1 for every operation of the registry, on its own examples in float64.</summary>
public sealed class OperationIdentityTests
{
    private const double Step = 1e-6;

    public static TheoryData<string> Names => [.. OperationRegistry.All.Where(o => o.Examples.Any(e => e.Smoothness > 0)).Select(o => o.Name)];

    /// <summary>A2.1: u'J, the reverse mode, along v agrees with central differences to 1e-7, and with u'(Jv) of the forward mode to 1e-12.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void Reverse_mode_is_the_difference_and_the_forward_mode(string name)
    {
        int shown = 0;
        foreach (OperationExample example in OperationRegistry.All.Single(o => o.Name == name).Examples.Where(e => e.Smoothness > 0))
        {
            Variable[] arguments = ExampleValues.Variables(example, DType.Float64), inputs = ExampleValues.Inputs(arguments);
            Value[] at = ExampleValues.Draw(example, DType.Float64, seed: 7);
            Variable[] outputs = [.. example.For(DType.Float64).ApplyAll(arguments).Where(y => y.DType.IsFloating())];
            foreach (int i in Enumerable.Range(0, inputs.Length).Where(i => inputs[i].DType.IsFloating()))
                shown += Check(example, inputs, at, outputs, i) ? 1 : 0;
        }

        // The sign alone is constant wherever it has a derivative.
        Assert.True(shown > 0 != (name == "Sign"), $"{shown} inputs of {name} change what it gives.");
    }

    private static bool Check(OperationExample example, Variable[] inputs, Value[] at, Variable[] outputs, int i)
    {
        Variable v = Variable.Input("v", DType.Float64, inputs[i].Shape);
        Value along = Fill(at[i], k => Math.Cos(1.3 * k));
        // u is a function of y, since a constant cannot have a symbolic shape; it counts as constant.
        Variable[] weights = [.. outputs.Select(y => (1.0 + (0.5 * y.Sin())).StopGradient())];
        Variable projected = outputs.Zip(weights, (y, u) => (y * u).Sum()).Aggregate((a, b) => a + b);
        Variable reverse = (Gradient.Of(projected, inputs[i]) * v).Sum();
        Variable forward = outputs.Zip(weights, (y, u) => (Gradient.PushForward(y, inputs[i], v) * u).Sum()).Aggregate((a, b) => a + b);
        Value[] found = Function.Compile([.. inputs, v], [reverse, forward, .. weights]).Run([.. at, along]);

        double numeric = 0;
        Function values = Function.Compile(inputs, outputs);
        Value[] up = values.Run(Moved(Step)), down = values.Run(Moved(-Step));
        for (int o = 0; o < outputs.Length; o++)
            numeric += Enumerable.Range(0, up[o].Count).Sum(k => found[2 + o][k] * ((up[o][k] - down[o][k]) / (2 * Step)));

        (double r, double f) = (found[0].Scalar(), found[1].Scalar());
        Assert.True(Math.Abs(r - numeric) <= 1e-7 * Math.Max(1, Math.Abs(numeric)), $"{example.Operation}, input {i}: reverse {r}, differences {numeric}.");
        Assert.True(Math.Abs(r - f) <= 1e-12 * Math.Max(1, Math.Abs(r)), $"{example.Operation}, input {i}: reverse {r}, forward {f}.");
        return Math.Abs(r) > 1e-6;

        Value[] Moved(double step)
        {
            Value[] moved = [.. at];
            moved[i] = Fill(at[i], k => at[i][k] + (step * along[k]));
            return moved;
        }
    }

    private static Value Fill(Value like, Func<int, double> number)
    {
        Value value = Value.Zeros(DType.Float64, [.. like.Sizes]);
        for (int k = 0; k < value.Count; k++)
            value.Span<double>()[k] = number(k);
        return value;
    }
}
