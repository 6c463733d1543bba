using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Metrics;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Regularizers;
using Toolkit.Modeling.Schedules;
using Toolkit.Modeling.Training;

namespace Toolkit.Modeling.Tests.Training;

/// <summary>A training with everything that a resumption must carry over: dropout, Adam, a schedule, a penalty, shuffling, a last partial batch.</summary>
internal static class SmallTraining
{
    public static Dataset Data(int count = 70, int seed = 1)
    {
        var random = new RandomSource((ulong)seed);
        var x = new float[count * 6];
        random.FillNormal(x, 0, 1);
        return Dataset.FromLabels(x, [6], [.. x.Chunk(6).Select(row => row[0] + row[1] > 0 ? 1L : row[2] > 0.5f ? 2L : 0L)], 3);
    }

    public static Trainer Trainer(int threads = 1, double rate = 0.01, Schedule? schedule = null)
    {
        var random = new RandomSource(5);
        return new Trainer
        {
            Model = new Sequential(
                new Dense(6, 40, random) { Activation = Ops.Relu }, new Dropout(0.3, random), new Dense(40, 3, random)),
            Loss = new SoftmaxCrossEntropy(),
            Optimizer = new Adam { LearningRate = schedule ?? new CosineDecay(rate, 1e-4, 60) },
            Regularizers = [new L2(1e-3)],
            Metrics = [new Accuracy()],
            Execution = new ExecutionOptions { Threads = threads },
        };
    }

    public static FitOptions Options(int epochs) => new() { Epochs = epochs, BatchSize = 16, Seed = 3, Validation = Data(33, 2) };

    /// <summary>All parameters, those of the optimizer included, as bytes.</summary>
    public static byte[][] Bits(Trainer trainer) => [.. trainer.Parameters.Select(p => Bytes(p))];

    /// <summary>What a step allocates on its own thread, its report among it: the least mean of many stretches of steps within one epoch.</summary>
    /// <remarks>The runtime allocates, too, for instance when it compiles a method anew, the later the busier the machine is: a stretch without it is waited
    /// for. A step that allocates does so in every stretch.</remarks>
    public static double BytesPerStep(Trainer trainer)
    {
        const int Steps = 20, BatchSize = 8, Epochs = 20;
        (double least, long before) = (double.PositiveInfinity, -1);
        trainer.Fit(Data(1000), new FitOptions
        {
            Epochs = Epochs,
            BatchSize = BatchSize,
            ProgressSteps = 1,
            Progress = new Report(Measure),
        });
        return least;

        void Measure(TrainingProgress progress)
        {
            if (progress.Completed is not null)
            {
                before = -1;
                return;
            }

            if (progress.Step % Steps != 0)
                return;
            long now = GC.GetAllocatedBytesForCurrentThread();
            least = before < 0 ? least : Math.Min(least, (now - before) / (double)Steps);
            before = now;
        }
    }

    private static byte[] Bytes(Parameter parameter) => parameter.Value.Bytes.ToArray();
}

/// <summary>Calls back at once, on the thread of the training.</summary>
internal sealed class Report(Action<TrainingProgress> action) : IProgress<TrainingProgress>
{
    void IProgress<TrainingProgress>.Report(TrainingProgress value) => action(value);
}
