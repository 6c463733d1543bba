using System.Runtime.InteropServices;
using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Operations;
using Toolkit.Modeling;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Initializers;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Training;
using Toolkit.OnnxExport.Export;

namespace Toolkit.Samples.Browser;

/// <summary>The training that a page makes: a network with dropout on generated digits, with Adam.</summary>
public static class BrowserTraining
{
    private const int BatchSize = 64;

    private static readonly Dataset Digits = GeneratedDigits.Create(BatchSize * 40, seed: 1), Others = GeneratedDigits.Create(500, seed: 2);

    /// <summary>Writes what the page reads: three models and the digits as plain numbers.</summary>
    /// <param name="folder">The folder; made if it is missing.</param>
    public static void Write(string folder)
    {
        Trainer trainer = Create();
        trainer.TrainingStep.ExportTrainingFiles(trainer.Model, folder, new TrainingFilesOptions { NarrowEdges = true });
        foreach ((string prefix, Dataset data) in new[] { (string.Empty, Digits), ("test-", Others) })
        {
            File.WriteAllBytes(Path.Combine(folder, $"{prefix}images.bin"), MemoryMarshal.AsBytes(data.Features.Span));
            File.WriteAllBytes(Path.Combine(folder, $"{prefix}labels.bin"), MemoryMarshal.AsBytes<int>(data.Labels.ToArray().Select(label => (int)label).ToArray()));
        }
    }

    /// <summary>The loss of each step if the engine makes them.</summary>
    /// <param name="steps">How many.</param>
    public static double[] NativeLosses(int steps)
    {
        Function step = Function.Compile(Create().TrainingStep);
        IEnumerable<Batch> passes = Enumerable.Range(0, steps).SelectMany(_ => Digits.Batches(new BatchOptions { Size = BatchSize }));
        return [.. passes.Take(steps).Select(batch => step.Run(batch.Features, batch.Target)[0][0])];
    }

    private static Trainer Create()
    {
        var random = new RandomSource(42);
        var trainer = new Trainer
        {
            Model = new Sequential(
                new Dense(784, 128, random) { Activation = Ops.Relu, WeightInitializer = new HeNormal() },
                new Dropout(0.3, random),
                new Dense(128, 10, random)),
            Loss = new SoftmaxCrossEntropy(),
            Optimizer = new Adam { LearningRate = 2e-3 },
        };
        trainer.Prepare(Digits.Layout);
        return trainer;
    }
}
