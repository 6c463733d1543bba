using System.Diagnostics;
using System.Globalization;
using Toolkit.Autograd.Compilation;
using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Gradients;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Training;

namespace Toolkit.Bench.Steps;

/// <summary>What a run costs beside its kernels: milliseconds to compile a training step, by its nodes, and to make a plan when every batch has another size, for 1,000 steps and for the convolutional
/// network of the other cases; and the memory of runs of a hundred sizes over that of the largest alone. The first steps are those of deep networks of narrow layers.</summary>
internal static class PlanTimes
{
    private const int Layers = 160, Width = 8;

    public static void Run(int plans)
    {
        TrainingStep(Layers);
        foreach (int layers in new[] { 100, 200, 400, 800 })
            Compile(layers);
        Function function = TrainingStep(Layers);
        var times = new double[plans];
        int steps = 0;
        for (int i = 0; i < plans; i++)
        {
            Value x = Value.Zeros(DType.Float32, 1 + i, Width), y = Value.Zeros(DType.Float32, 1 + i, Width);
            var clock = Stopwatch.StartNew();
            Plan plan = function.PlanFor([x, y]);
            times[i] = clock.Elapsed.TotalMilliseconds;
            steps = plan.Program.Steps.Length;
        }

        Print("steps", steps);
        Print("first-plan-ms", times[0]);
        Array.Sort(times);
        Print("plan-ms-per-1000-steps", times[plans / 2] * 1000 / steps);
        Convolutional();
    }

    private static void Convolutional()
    {
        var trainer = new Trainer { Model = Cases.MnistCnn(), Loss = new SoftmaxCrossEntropy(), Optimizer = new Adam() };
        trainer.Prepare(DataLayout.Labels([1, 28, 28], 10));
        Function function = Function.Compile(trainer.TrainingStep, new ExecutionOptions { Threads = 1 });
        Step(100);
        double one = function.WorkingMemory;
        var times = new List<double>();
        for (int batch = 1; batch < 100; batch++)
        {
            var clock = Stopwatch.StartNew();
            function.PlanFor(Inputs(batch));
            times.Add(clock.Elapsed.TotalMilliseconds);
            Step(batch);
        }

        Print("cnn-second-plan-ms", times[0]);
        Print("cnn-plan-ms", times.Order().ElementAt(times.Count / 2));
        Print("memory-of-100-sizes-over-the-largest", function.WorkingMemory / one);

        void Step(int batch) => function.Run(Inputs(batch));

        Value[] Inputs(int batch) => [.. function.Signature.Inputs.Select(input => Value.Zeros(input.DType, [batch, .. input.Shape.Skip(1).Select(d => d.Size)]))];
    }

    private static void Compile(int layers)
    {
        var times = new List<double>();
        int nodes = 0;
        for (int i = 0; i < 5; i++)
        {
            Signature signature = Step(layers);
            nodes = signature.Nodes.Count;
            var clock = Stopwatch.StartNew();
            Function.Compile(signature, new ExecutionOptions { Threads = 1 });
            times.Add(clock.Elapsed.TotalMilliseconds);
        }

        Print($"compile-ms-{nodes}-nodes", times.Order().ElementAt(times.Count / 2));
    }

    private static Function TrainingStep(int layers) => Function.Compile(Step(layers), new ExecutionOptions { Threads = 1 });

    private static Signature Step(int layers)
    {
        Variable x = Variable.Input("x", DType.Float32, ["batch", Width]), y = Variable.Input("y", DType.Float32, ["batch", Width]);
        Variable hidden = x;
        var parameters = new List<Parameter>();
        for (int i = 0; i < layers; i++)
        {
            parameters.Add(new Parameter($"w{i}", Value.Full(0.01 * (i + 1), DType.Float32, Width, Width)));
            parameters.Add(new Parameter($"b{i}", Value.Zeros(DType.Float32, Width), ParameterRole.Bias));
            hidden = Ops.Tanh(Ops.MatMul(hidden, parameters[^2]) + parameters[^1].Variable);
        }

        Variable loss = Ops.Mean((hidden - y).Square());
        IReadOnlyList<Variable> gradients = Gradient.Of(loss, [.. parameters.Select(p => p.Variable)]);
        return new Signature([x, y], [new Output("loss", loss)], [.. parameters.Select((p, i) => new Update(p, p.Variable - (0.01 * gradients[i])))]);
    }

    private static void Print(string name, double value) => Console.WriteLine($"{name}\t{value.ToString("F3", CultureInfo.InvariantCulture)}");
}
