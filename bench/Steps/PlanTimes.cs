using System.Diagnostics;
using System.Globalization;
using Toolkit.Autograd.Compilation;
using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Gradients;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Bench.Steps;

/// <summary>What a run costs beside its kernels when every batch has another size: milliseconds to make a plan, for 1,000 steps. The training step of a deep network of
/// narrow layers.</summary>
internal static class PlanTimes
{
    private const int Layers = 160, Width = 8;

    public static void Run(int plans)
    {
        var clock = Stopwatch.StartNew();
        Function function = TrainingStep();
        Print("compile-program-ms", clock.Elapsed.TotalMilliseconds);
        var times = new double[plans];
        int steps = 0;
        for (int i = 0; i < plans; i++)
        {
            Value x = Value.Zeros(DType.Float32, 1 + i, Width), y = Value.Zeros(DType.Float32, 1 + i, Width);
            clock.Restart();
            Plan plan = function.PlanFor([x, y]);
            times[i] = clock.Elapsed.TotalMilliseconds;
            steps = plan.Program.Steps.Length;
        }

        Print("steps", steps);
        Print("first-plan-ms", times[0]);
        Array.Sort(times);
        Print("plan-ms-per-1000-steps", times[plans / 2] * 1000 / steps);
    }

    private static Function TrainingStep()
    {
        Variable x = Variable.Input("x", DType.Float32, ["batch", Width]), y = Variable.Input("y", DType.Float32, ["batch", Width]);
        Variable hidden = x;
        var parameters = new List<Parameter>();
        for (int i = 0; i < Layers; i++)
        {
            parameters.Add(new Parameter($"w{i}", Value.Full(0.01 * (i + 1), DType.Float32, Width, Width)));
            parameters.Add(new Parameter($"b{i}", Value.Zeros(DType.Float32, Width), ParameterRole.Bias));
            hidden = Ops.Tanh(Ops.MatMul(hidden, parameters[^2]) + parameters[^1].Variable);
        }

        Variable loss = Ops.Mean((hidden - y).Square());
        IReadOnlyList<Variable> gradients = Gradient.Of(loss, [.. parameters.Select(p => p.Variable)]);
        return Function.Compile(
            [x, y], [loss], [.. parameters.Select((p, i) => new Update(p, p.Variable - (0.01 * gradients[i])))], new ExecutionOptions { Threads = 1 });
    }

    private static void Print(string name, double value) => Console.WriteLine($"{name}\t{value.ToString("F3", CultureInfo.InvariantCulture)}");
}
