using Toolkit.Autograd.Checking;
using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Modules;

namespace Toolkit.Modeling.Tests;

/// <summary>Short ways to numbers.</summary>
internal static class Run
{
    /// <summary>A constant float32 tensor.</summary>
    public static Variable Tensor(float[] content, params int[] sizes) => Variable.Of(Value.Of(content, sizes));

    /// <summary>A constant tensor of labels.</summary>
    public static Variable Labels(params long[] labels) => Variable.Of(Value.Of(labels, labels.Length));

    /// <summary>A constant tensor of ids.</summary>
    public static Variable Ids(long[] ids, params int[] sizes) => Variable.Of(Value.Of(ids, sizes));

    /// <summary>The numbers of a variable without inputs, float32 or float64.</summary>
    public static double[] Numbers(Variable variable) => Numbers(Values(variable)[0]);

    public static double[] Numbers(Value value) => [.. Enumerable.Range(0, value.Count).Select(i => value[i])];

    public static double Number(Variable variable) => Assert.Single(Numbers(variable));

    /// <summary>The values of variables without inputs, computed together.</summary>
    public static Value[] Values(params Variable[] variables) =>
        Function.Compile([], variables, null, new ExecutionOptions { Threads = 1 }).Run();

    /// <summary>What a module gives for a constant input.</summary>
    public static Value Forward(Module module, Mode mode, float[] content, params int[] sizes) =>
        Values(module.Forward(Tensor(content, sizes), new ForwardContext(mode)))[0];

    /// <summary>Requires the gradients of a function of one float64 tensor to agree with central differences, to order 2.</summary>
    public static void CheckGradients(Func<Variable, Variable> function, double[] at, params int[] sizes) =>
        new GradientCheck { Elements = at.Length }.Require(function, Value.Of(at, sizes));

    public static void Close(double[] expected, double[] actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.True(
                Math.Abs(expected[i] - actual[i]) <= tolerance * Math.Max(1.0, Math.Abs(expected[i])),
                $"element {i}: expected {expected[i]}, found {actual[i]}");
        }
    }
}
