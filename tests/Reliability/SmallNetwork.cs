using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Operations;
using Toolkit.Modeling;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Metrics;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Schedules;
using Toolkit.Modeling.Training;

namespace Toolkit.Reliability;

/// <summary>A training with everything that a resumption must carry over: dropout, Adam, a schedule, shuffling, early stopping, a last partial batch.</summary>
internal static class SmallNetwork
{
    public static Dataset Data(int count = 70, ulong seed = 1)
    {
        var random = new RandomSource(seed);
        float[] x = new float[count * 6];
        random.FillNormal(x, 0, 1);
        return Dataset.FromLabels(x, [6], [.. x.Chunk(6).Select(row => row[0] + row[1] > 0 ? 1L : row[2] > 0.5f ? 2L : 0L)], 3);
    }

    public static Trainer Trainer(int width = 20)
    {
        var random = new RandomSource(5);
        return new Trainer
        {
            Model = new Sequential(new Dense(6, width, random) { Activation = Ops.Relu }, new Dropout(0.3, random), new Dense(width, 3, random)),
            Loss = new SoftmaxCrossEntropy(),
            Optimizer = new Adam { LearningRate = new CosineDecay(0.01, 1e-4, 2000) },
            Metrics = [new Accuracy()],
            Execution = new ExecutionOptions { Threads = 1 },
        };
    }

    public static FitOptions Options(int epochs) => new()
    {
        Epochs = epochs,
        BatchSize = 16,
        Seed = 3,
        Validation = Data(33, 2),
        EarlyStopping = new() { Patience = 1_000_000 },
    };

    /// <summary>All parameters, those of the optimizer included, as bytes.</summary>
    public static byte[][] Bits(Trainer trainer) => [.. trainer.Parameters.Select(p => p.Value.Bytes.ToArray())];
}
