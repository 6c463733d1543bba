using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Operations;
using Toolkit.Modeling;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Distributed;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Metrics;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Training;

namespace Toolkit.MpiJob;

/// <summary>Prints the fewest bytes that any ten steps in turn after the first epoch allocate, by all threads of a process.</summary>
internal static class AllocationJob
{
    private const int Examples = 960, BatchSize = 32, Epochs = 4;

    public static int Run(IProcessGroup group)
    {
        var random = new RandomSource(5);
        var counting = new Counting(group, Examples / BatchSize);
        var trainer = new Trainer
        {
            Model = new Sequential(new Dense(784, 24, random) { Activation = Ops.Relu }, new Dense(24, 10, random)),
            Loss = new SoftmaxCrossEntropy(),
            Optimizer = new ClipByNorm(0.4, new Adam()),
            Metrics = [new Accuracy()],
            Execution = new ExecutionOptions { Threads = 1 },
            Group = counting,
        };
        trainer.Fit(GeneratedDigits.Create(Examples, seed: 1).Reshape(784), new FitOptions { Epochs = Epochs, BatchSize = BatchSize });
        Console.WriteLine($"rank {group.Rank}: {counting.Least} bytes in ten steps");
        return 0;
    }

    /// <summary>A group that looks, at the first message of a step, at what has been allocated.</summary>
    private sealed class Counting(IProcessGroup group, long firstEpoch) : IProcessGroup
    {
        private const int Stretch = 10;

        private long before = -1;
        private long last;

        public long Least { get; private set; } = long.MaxValue;

        public int Rank => group.Rank;

        public int Size => group.Size;

        public void Exchange(int to, ReadOnlySpan<byte> sent, int from, Span<byte> received, Purpose purpose)
        {
            // An epoch has whole stretches of steps, of which the first begins at its second step: between epochs there is a report.
            long step = purpose.Step - firstEpoch;
            if (step > 0 && step != last && step % firstEpoch is var inEpoch and > 1 && inEpoch % Stretch == 2)
            {
                long now = GC.GetTotalAllocatedBytes(precise: true);
                if (inEpoch > Stretch)
                    Least = Math.Min(Least, now - before);
                before = now;
            }

            last = step;
            group.Exchange(to, sent, from, received, purpose);
        }

        public void Abort(string reason) => group.Abort(reason);
    }
}
