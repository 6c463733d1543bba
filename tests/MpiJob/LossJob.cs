using System.Globalization;
using System.Runtime.InteropServices;
using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Distributed;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Training;

namespace Toolkit.MpiJob;

/// <summary>
/// A training that <c>ddp.py</c> repeats with PyTorch's DistributedDataParallel: rank 0 writes the examples and the first parameters into a folder, as float32 and int64 one after the other, and the loss of each step. With "normalized" it has a synchronized batch normalization, and is trained by gradient descent.
/// </summary>
internal static class LossJob
{
    private const int Examples = 480, Features = 784, Hidden = 32, Classes = 10, BatchSize = 48, Epochs = 3;

    public static int Run(IProcessGroup group, string folder, string optimizer)
    {
        Dataset data = GeneratedDigits.Create(Examples, seed: 3).Reshape(Features);
        var random = new RandomSource(5);
        var losses = new List<double>();
        var trainer = new Trainer
        {
            Model = optimizer == "normalized"
                ? new Sequential(new Dense(Features, Hidden, random), new BatchNormalization(Hidden) { Synchronized = true }, new Activation(Ops.Tanh), new Dense(Hidden, Classes, random))
                : new Sequential(new Dense(Features, Hidden, random) { Activation = Ops.Tanh }, new Dense(Hidden, Classes, random)),
            Loss = new SoftmaxCrossEntropy(),
            Optimizer = optimizer == "adam" ? new Adam { LearningRate = 0.01 } : new Sgd { LearningRate = 0.1 },
            Execution = new ExecutionOptions { Threads = 1 },
            Group = group,
        };
        if (group.Rank == 0)
        {
            Batch all = data.Batches(new BatchOptions { Size = Examples }).Single();
            Write("features", [all.Features]);
            Write("labels", [all.Target]);
            Write("parameters", trainer.Model.Parameters.Where(parameter => parameter.Role != ParameterRole.State).Select(parameter => parameter.Value));
        }

        trainer.Fit(data, new FitOptions { Epochs = Epochs, BatchSize = BatchSize, Shuffle = false, ProgressSteps = 1, Progress = new Means(losses) });
        if (group.Rank == 0)
            File.WriteAllLines(Path.Combine(folder, "losses"), losses.Select(loss => loss.ToString(CultureInfo.InvariantCulture)));
        return 0;

        void Write(string name, IEnumerable<Value> values) => File.WriteAllBytes(Path.Combine(folder, name), [.. values.SelectMany(value => value.Bytes.ToArray())]);
    }

    /// <summary>The loss of each step, from the mean of the epoch up to it: all batches are of one size.</summary>
    private sealed class Means(List<double> losses) : IProgress<TrainingProgress>
    {
        private double before;

        public void Report(TrainingProgress value)
        {
            if (value.Completed is not null)
                return;
            double sum = value.Loss * value.Step;
            losses.Add(value.Step == 1 ? sum : sum - before);
            before = sum;
        }
    }
}
