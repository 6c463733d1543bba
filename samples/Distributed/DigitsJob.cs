using System.Diagnostics;
using System.Globalization;
using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Operations;
using Toolkit.Modeling;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Distributed;
using Toolkit.Modeling.Initializers;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Metrics;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Training;
using Toolkit.Mpi;

namespace Toolkit.Samples.Distributed;

/// <summary>Learns handwritten digits with as many processes as there are, and shows that one process alone learns the same bits.</summary>
internal static class DigitsJob
{
    private const int Epochs = 3, BatchSize = 256;

    public static int Run(MpiGroup group)
    {
        // Every process makes the same data, and computes its pieces of each batch.
        Dataset train = GeneratedDigits.Create(6_000, seed: 1).Reshape(784), test = GeneratedDigits.Create(2_000, seed: 2).Reshape(784);
        if (group.Rank == 0)
            Console.WriteLine($"{group.Version}: {group.Size} processes. Training set: {train}.");

        Trainer trainer = Create(group);
        trainer.Prepare(train.Layout);
        var clock = Stopwatch.StartNew();
        trainer.Fit(train, new FitOptions { Epochs = Epochs, BatchSize = BatchSize });
        double seconds = clock.Elapsed.TotalSeconds, rate = (double)Epochs * train.Count / seconds;

        // One line after the other, in the order of the ranks.
        for (int rank = 0; rank < group.Size; rank++)
        {
            if (rank == group.Rank)
                Console.WriteLine(Invariant($"rank {rank}: {rate / group.Size:0} examples/s, {seconds:0.0} s for {Epochs} epochs"));
            group.Barrier(new Purpose("report"));
        }

        if (group.Rank == 0)
        {
            Console.WriteLine(Invariant($"total: {rate:0} examples/s"));
            Trainer alone = Create(SingleProcess.Instance);
            alone.Fit(train, new FitOptions { Epochs = Epochs, BatchSize = BatchSize });
            bool equal = Bits(trainer).SequenceEqual(Bits(alone));
            double accuracy = trainer.Evaluate(test).Metrics["accuracy"];
            Console.WriteLine(Invariant($"RESULT ranks={group.Size} accuracy={accuracy:0.0000} bits_equal_to_one_rank={(equal ? "true" : "false")}"));
        }

        return 0;
    }

    private static Trainer Create(IProcessGroup group)
    {
        var random = new RandomSource(7);
        return new Trainer
        {
            Model = new Sequential(
                new Dense(784, 256, random) { Activation = Ops.Relu, WeightInitializer = new HeNormal() },
                new Dropout(0.2, random),
                new Dense(256, 10, random)),
            Loss = new SoftmaxCrossEntropy(),
            Optimizer = new Adam(),
            Metrics = [new Accuracy()],
            // The processes share the cores of a machine: each takes one.
            Execution = new ExecutionOptions { Threads = 1 },
            Group = group,
        };
    }

    /// <summary>All that training has changed, the moments of the optimizer included.</summary>
    private static byte[] Bits(Trainer trainer) => [.. trainer.Parameters.SelectMany(parameter => parameter.Value.Bytes.ToArray())];

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
