using System.Diagnostics;
using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Metrics;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Training;
using Toolkit.OnnxExport.Export;
using Toolkit.OnnxExport.Serving;
using Toolkit.OnnxExport.Training;

namespace Toolkit.Samples.TrainingStep;

/// <summary>How the two trainings are made.</summary>
internal sealed record ComparisonOptions(int Steps, ulong Seed, int Threads, ServingOptions Serving, string Output)
{
    /// <summary>Whether the engine makes a third training, whose first weights are the next numbers of float32: how far rounding alone drives a training.</summary>
    public bool Neighbour { get; init; }
}

/// <summary>‖a − b‖/‖a‖ of the worst tensor: of what is learned, and of moments and running means.</summary>
internal sealed record Difference(double Parameters, double Moments);

/// <summary>What came out for one network.</summary>
internal sealed record Outcome(string Network, int Steps, double NativeLoss, double RuntimeLoss, Difference First, Difference Last, double NativeStepsPerSecond, double RuntimeStepsPerSecond)
{
    /// <summary>The difference from the training that began one unit in the last place away; null without one.</summary>
    public Difference? Neighbour { get; init; }
}

/// <summary>Trains one network with the engine and with ONNX Runtime, on the same batches, step by step.</summary>
internal static class Comparison
{
    private const int BatchSize = 64;

    public static Outcome Run(string network, ComparisonOptions options)
    {
        Dataset data = GeneratedDigits.Create(BatchSize * 50, options.Seed).Reshape(network == "mlp" ? [784] : [1, 28, 28]);
        Trainer trainer = Create(network, options.Seed, data.Layout), neighbour = Create(network, options.Seed, data.Layout);
        Directory.CreateDirectory(options.Output);
        string file = Path.Combine(options.Output, $"{network}-step.onnx");
        trainer.TrainingStep.ExportOnnx(file);

        var execution = new ExecutionOptions { Threads = options.Threads };
        Function native = Function.Compile(trainer.TrainingStep, execution);
        Function? beside = options.Neighbour ? Function.Compile(neighbour.TrainingStep, execution) : null;
        foreach (Parameter weight in neighbour.Model.Parameters.Where(parameter => parameter.Role == ParameterRole.Weight))
            MoveByOneUnit(weight.Value.Span<float>());
        using OnnxTrainer runtime = OnnxTrainer.Load(file, options.Serving);
        Console.WriteLine($"{network}: {new FileInfo(file).Length:N0} bytes, {trainer.Parameters.Count} tensors of state; ONNX Runtime trains on {runtime.ActiveProvider}.");
        var (nativeClock, runtimeClock) = (new Stopwatch(), new Stopwatch());
        var (nativeLoss, runtimeLoss, first) = (0.0, 0.0, new Difference(0.0, 0.0));
        int i = 0;
        foreach (Batch batch in Passes(data, options.Seed).Take(options.Steps))
        {
            Value[] inputs = [batch.Features, batch.Target];
            nativeClock.Start();
            nativeLoss = native.Run(inputs)[0][0];
            nativeClock.Stop();
            runtimeClock.Start();
            runtimeLoss = runtime.Step(inputs)["loss"];
            runtimeClock.Stop();
            beside?.Run(inputs);
            if (i++ == 0)
            {
                // The first step of each plans and allocates.
                first = Compare(trainer, runtime.ReadState());
                nativeClock.Reset();
                runtimeClock.Reset();
            }
        }

        int timed = Math.Max(1, options.Steps - 1);
        return new Outcome(
            network, options.Steps, nativeLoss, runtimeLoss, first, Compare(trainer, runtime.ReadState()), timed / nativeClock.Elapsed.TotalSeconds, timed / runtimeClock.Elapsed.TotalSeconds)
        {
            Neighbour = beside is null ? null : Compare(trainer, neighbour.TrainingStep.Updates.ToDictionary(update => update.Parameter.Name, update => update.Parameter.Value)),
        };
    }

    private static Trainer Create(string network, ulong seed, DataLayout layout)
    {
        var trainer = new Trainer
        {
            Model = Networks.Create(network, new RandomSource(seed)),
            Loss = new SoftmaxCrossEntropy(),
            Optimizer = new Adam { LearningRate = 1e-3 },
            Metrics = [new Accuracy()],
        };
        trainer.Prepare(layout);
        return trainer;
    }

    private static void MoveByOneUnit(Span<float> weights)
    {
        foreach (ref float weight in weights)
            weight = MathF.BitIncrement(weight);
    }

    /// <summary>Batches of one pass after the other; each is valid until the next is asked for.</summary>
    private static IEnumerable<Batch> Passes(Dataset data, ulong seed)
    {
        for (int epoch = 0; ; epoch++)
        {
            foreach (Batch batch in data.Batches(new BatchOptions { Size = BatchSize, ShuffleSeed = seed }, epoch))
                yield return batch;
        }
    }

    private static Difference Compare(Trainer trainer, IReadOnlyDictionary<string, Value> state)
    {
        double parameters = 0.0, moments = 0.0;
        foreach (Parameter parameter in trainer.TrainingStep.Updates.Select(update => update.Parameter))
        {
            double difference = Relative(parameter.Value, state[parameter.Name]);
            if (parameter.Role == ParameterRole.State)
                moments = Math.Max(moments, difference);
            else
                parameters = Math.Max(parameters, difference);
        }

        return new Difference(parameters, moments);
    }

    private static double Relative(Value native, Value runtime)
    {
        double difference = 0.0, norm = 0.0;
        for (int i = 0; i < native.Count; i++)
        {
            difference += Math.Pow(native[i] - runtime[i], 2);
            norm += Math.Pow(native[i], 2);
        }

        return difference == 0.0 ? 0.0 : Math.Sqrt(difference / norm);
    }
}
