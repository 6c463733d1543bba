using System.Globalization;
using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Operations;
using Toolkit.Modeling;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Distributed;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Metrics;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Persistence;
using Toolkit.Modeling.Training;
using Toolkit.Mpi;
using Toolkit.MpiJob;

// What the tests of MPI start under mpirun:
// losses FOLDER sgd|adam|normalized  trains on what the folder gets, for a comparison of the losses of all steps (LossJob)
// allocations                     prints the bytes that steps allocate (AllocationJob)
// CHECKPOINT EPOCHS [FAULT RANK]  at the fourth step the process of that rank throws, kills or stops itself; with the fault "mismatch" it has other data
// CHECKPOINT EPOCHS threads all   trains each epoch in a thread of its own, and sums in others
switch (args[0])
{
    case "losses":
        return MpiGroup.Run(group => LossJob.Run(group, args[1], args[2]));
    case "allocations":
        return MpiGroup.Run(AllocationJob.Run);
    default:
        break;
}

string path = args[0];
int epochs = int.Parse(args[1], CultureInfo.InvariantCulture);
(string fault, int faulty) = args.Length > 2 ? (args[2], int.TryParse(args[3], CultureInfo.InvariantCulture, out int rank) ? rank : -1) : ("", -1);

return MpiGroup.Run(
    group =>
    {
        bool isFaulty = group.Rank == faulty;
        var random = new RandomSource(5);
        var trainer = new Trainer
        {
            Model = new Sequential(
                new Dense(784, 24, random) { Activation = Ops.Relu }, new BatchNormalization(24), new Dropout(0.3, random),
                new Dense(24, 16, random), new BatchNormalization(16) { Synchronized = true }, new Dense(16, 10, random)),
            Loss = new SoftmaxCrossEntropy(),
            Optimizer = new ClipByNorm(0.4, new Adam()),
            Metrics = [new Accuracy()],
            Execution = new ExecutionOptions { Threads = 1 },
            Group = group,
            Clock = new StoppedClock(),
        };
        if (File.Exists(path))
            Checkpoint.Load(path, trainer);
        // The last batch has fewer examples than there are pieces.
        Dataset data = GeneratedDigits.Create(197, seed: isFaulty && fault == "mismatch" ? 2UL : 1UL).Reshape(784);
        var options = new FitOptions { Epochs = epochs, BatchSize = 32, CheckpointPath = path, ProgressSteps = 1, Progress = new Fault(isFaulty ? fault : "") };
        for (int epoch = 1; epoch <= epochs && fault == "threads"; epoch++)
        {
            int starter = Environment.CurrentManagedThreadId;
            Threads.Apart(() => trainer.Fit(data, options with { Epochs = epoch }));
            Threads.Apart(() => Threads.Sum(group, starter));
        }

        trainer.Fit(data, options);
        Console.WriteLine($"rank {group.Rank} of {group.Size} is done");
        return 0;
    },
    new MpiOptions { Patience = TimeSpan.FromSeconds(fault == "stop" ? 5 : 60) });

internal sealed class StoppedClock : TimeProvider
{
    public override long GetTimestamp() => 0;
}

internal sealed class Fault(string fault) : IProgress<TrainingProgress>
{
    public void Report(TrainingProgress value)
    {
        if (fault.Length == 0 || value.Step != 4 || value.Completed is not null)
            return;
        Console.WriteLine($"now: {fault}");
        switch (fault)
        {
            case "throw":
                throw new InvalidOperationException("the disk is full");
            case "kill":
                Signal("KILL");
                break;
            case "stop":
                Signal("STOP");
                break;
            default:
                break;
        }
    }

    private static void Signal(string name)
    {
        using var process = System.Diagnostics.Process.Start("kill", [$"-{name}", Environment.ProcessId.ToString(CultureInfo.InvariantCulture)]);
        Thread.Sleep(Timeout.Infinite);
    }
}

internal static class Threads
{
    /// <summary>Does something in a thread of its own.</summary>
    public static void Apart(Action action) =>
        Task.Factory.StartNew(action, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).GetAwaiter().GetResult();

    /// <summary>Sums 1 to the number of processes.</summary>
    public static void Sum(IProcessGroup group, int starter)
    {
        double[] sum = [group.Rank + 1.0];
        group.Sum(sum.AsSpan(), new double[1], new Purpose("sum of another thread"));
        if (sum[0] != group.Size * (group.Size + 1) / 2.0)
            throw new InvalidOperationException($"Expected the sum of 1 to {group.Size}, found {sum[0]}.");
        Console.WriteLine($"rank {group.Rank}: a sum in the thread that has started MPI: {Environment.CurrentManagedThreadId == starter}");
    }
}
