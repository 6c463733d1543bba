using System.Diagnostics;
using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Distributed;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Metrics;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Persistence;
using Toolkit.Modeling.Regularizers;
using Toolkit.Modeling.Schedules;
using Toolkit.Modeling.Tests.Training;
using Toolkit.Modeling.Training;

namespace Toolkit.Modeling.Tests.Distributed;

/// <summary>Training by a group of processes, which are threads here.</summary>
public sealed class ShardedTrainingTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("sharded").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    /// <summary>Batch normalization, dropout, clipping by the norm of all gradients, a schedule, weights, a last batch with fewer examples than pieces, early stopping.</summary>
    [Fact]
    public void Checkpoints_are_equal_byte_for_byte_for_any_number_of_processes()
    {
        byte[] one = Trained(1, epochs: 3);
        foreach (int size in new[] { 2, 4, 8 })
            Assert.True(one.AsSpan().SequenceEqual(Trained(size, epochs: 3)), $"{size} processes");
    }

    [Fact]
    public void A_training_goes_on_with_another_number_of_processes_as_if_nothing_had_been()
    {
        byte[] unbroken = Trained(1, epochs: 3);
        Trained(4, epochs: 1, "interrupted");
        Assert.True(unbroken.AsSpan().SequenceEqual(Trained(2, epochs: 3, "interrupted", resume: true)));
    }

    /// <summary>Without masks and batch statistics the pieces are those of the same mean: the step of a group is the step of one process but for rounding.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_group_takes_the_steps_that_one_process_takes(bool weighted) =>
        TakesTheSameSteps(Data(weighted, unlabelled: true), new FitOptions { Epochs = 2, BatchSize = 20, Seed = 4 });

    /// <summary>Of two terms one counts examples with a label only, the other all of them.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_loss_of_two_terms_is_the_same_in_pieces(bool weighted) =>
        TakesTheSameSteps(Data(weighted, unlabelled: true), new FitOptions { Epochs = 2, BatchSize = 20, Seed = 4 }, new GenerativeDiscriminative(0.3));

    /// <summary>The first batch has no label, the second no weight, and of the third only the last piece has both.</summary>
    [Fact]
    public void Batches_and_pieces_in_which_nothing_counts_are_passed_over()
    {
        Dataset data = SmallTraining.Data(60);
        float[] x = [.. Enumerable.Range(0, 60).SelectMany(row => System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(data.Columns[0].Row(row)).ToArray())];
        long[] labels = [.. Enumerable.Range(0, 60).Select(row => row is < 20 or (>= 45 and < 50) ? -1L : BitConverter.ToInt64(data.Columns[1].Row(row)))];
        float[] weights = [.. Enumerable.Range(0, 60).Select(row => row is (>= 20 and < 45) or (>= 50 and < 55) ? 0f : 1f)];
        TakesTheSameSteps(Dataset.FromLabels(x, [6], labels, 3, allowUnlabelled: true).WithWeights(weights), new FitOptions { Epochs = 2, BatchSize = 20, Shuffle = false });
    }

    private static void TakesTheSameSteps(Dataset data, FitOptions options, Loss? loss = null)
    {
        Trainer alone = Plain(null), together = Plain(SingleProcess.Instance);
        List<double> steps = [], stepsTogether = [];
        FitOptions Reporting(List<double> losses) => options with
        {
            ProgressSteps = 1,
            Progress = new Report(progress => losses.Add(progress.Loss)),
            Callbacks = [Callback.AfterStep(training => losses.Add(training.Loss))],
        };
        History expected = alone.Fit(data, Reporting(steps)), found = together.Fit(data, Reporting(stepsTogether));
        Assert.Equal(steps, stepsTogether, (a, b) => a.Equals(b) || Math.Abs(a - b) < 1e-5);
        Assert.Equal(expected.Epochs.Select(epoch => epoch.Loss), found.Epochs.Select(epoch => epoch.Loss), (a, b) => Math.Abs(a - b) < 1e-5);
        Assert.Equal(expected.Epochs.Select(epoch => epoch.Objective), found.Epochs.Select(epoch => epoch.Objective), (a, b) => Math.Abs(a - b) < 1e-5);
        Assert.Equal(expected.Epochs.Select(epoch => epoch.Metrics["accuracy"]), found.Epochs.Select(epoch => epoch.Metrics["accuracy"]), (a, b) => Math.Abs(a - b) < 1e-9);
        foreach ((Parameter a, Parameter b) in alone.Model.Parameters.Zip(together.Model.Parameters))
            Assert.All(a.Value.ToArray<float>().Zip(b.Value.ToArray<float>()), pair => Assert.InRange(pair.First - pair.Second, -1e-4f, 1e-4f));

        Trainer Plain(IProcessGroup? group)
        {
            var random = new RandomSource(5);
            return new Trainer
            {
                Model = new Sequential(new Dense(6, 16, random) { Activation = Ops.Tanh }, new Dense(16, 3, random)),
                Loss = loss ?? new LabelledOnly(new SoftmaxCrossEntropy()),
                Optimizer = new ClipByNorm(0.5, new Momentum { LearningRate = 0.1 }),
                Regularizers = [new L2(1e-2), new HiddenL1(1e-2, "dense1")],
                Metrics = [new Accuracy()],
                Execution = new ExecutionOptions { Threads = 1 },
                Group = group,
                Shards = 4,
            };
        }
    }

    [Fact]
    public void Pieces_draw_masks_of_their_own()
    {
        // One constant input: only the masks tell pieces apart. If all drew the same, the gradient of a group would be that of one piece.
        var random = new RandomSource(1);
        var data = Dataset.FromTargets([.. Enumerable.Repeat(1f, 8 * 16)], [16], [.. Enumerable.Repeat(1f, 8)], [1]);
        Trainer trainer = new()
        {
            Model = new Sequential(new Dropout(0.5, random), new Dense(16, 1, random)),
            Loss = new MeanSquaredError(),
            Optimizer = new Sgd { LearningRate = 1.0 },
            Group = SingleProcess.Instance,
        };
        float[] before = trainer.Model.Parameters[2].Value.ToArray<float>();
        trainer.Fit(data, new FitOptions { Epochs = 1, BatchSize = 8 });
        float[] after = trainer.Model.Parameters[2].Value.ToArray<float>();
        // A weight whose input all eight pieces dropped does not move: one of 256 would, one of two if the masks were equal.
        Assert.InRange(before.Zip(after).Count(pair => pair.First == pair.Second), 0, 3);
    }

    /// <summary>The slope of the loss is the same everywhere, so a step of a weight counts the pieces that kept its input. If the pieces of a step drew what their neighbours drew in the step
    /// before, the counts of two steps would differ by 1 at most.</summary>
    [Fact]
    public void Steps_draw_masks_of_their_own()
    {
        const int Inputs = 64;
        var random = new RandomSource(1);
        var data = Dataset.FromTargets([.. Enumerable.Repeat(1f, 8 * Inputs)], [Inputs], [.. Enumerable.Repeat(1e6f, 8)], [1]);
        Trainer trainer = new()
        {
            Model = new Sequential(new Dropout(0.5, random), new Dense(Inputs, 1, random)),
            Loss = new QuantileLoss(0.5),
            Optimizer = new Sgd { LearningRate = 1.0 },
            Group = SingleProcess.Instance,
        };
        int[] first = Counts(1), second = Counts(2);
        Assert.Contains(first.Zip(second), pair => Math.Abs(pair.First - pair.Second) > 2);

        int[] Counts(int epochs)
        {
            float[] before = trainer.Model.Parameters[2].Value.ToArray<float>();
            trainer.Fit(data, new FitOptions { Epochs = epochs, BatchSize = 8 });
            return [.. trainer.Model.Parameters[2].Value.ToArray<float>().Zip(before, (now, then) => (int)Math.Round(8.0 * (now - then)))];
        }
    }

    [Fact]
    public void Processes_that_differ_are_refused_at_the_start()
    {
        Refused("training data", (rank, options) => (SmallTraining.Data(seed: rank == 1 ? 9 : 1), options));
        Refused("options of Fit", (rank, options) => (SmallTraining.Data(), options with { Seed = (ulong)rank }));
        Refused("parameters", (_, options) => (SmallTraining.Data(), options), modelSeed: rank => (ulong)rank);
        Refused("the computation of a step", (_, options) => (SmallTraining.Data(), options), rate: rank => rank == 0 ? 0.1 : 0.2);
        Refused("the switches of the compiler", (_, options) => (SmallTraining.Data(), options), compilation: rank => new() { Winograd = rank == 0 });
        Refused("validation data", (rank, options) => (SmallTraining.Data(), options with { Validation = SmallTraining.Data(20, seed: rank == 1 ? 9 : 1) }));

        static void Refused(
            string what, Func<int, FitOptions, (Dataset, FitOptions)> given, Func<int, ulong>? modelSeed = null, Func<int, double>? rate = null, Func<int, Autograd.Compilation.CompilationOptions>? compilation = null)
        {
            var e = Assert.Throws<ProcessGroupException>(() => ThreadGroup.Run(2, group =>
            {
                (Dataset data, FitOptions options) = given(group.Rank, new FitOptions { Epochs = 1, BatchSize = 16 });
                var random = new RandomSource(modelSeed?.Invoke(group.Rank) ?? 1);
                new Trainer
                {
                    Model = new Dense(6, 3, random),
                    Loss = new SoftmaxCrossEntropy(),
                    Optimizer = new Sgd { LearningRate = rate?.Invoke(group.Rank) ?? 0.1 },
                    Execution = new ExecutionOptions { Compilation = compilation?.Invoke(group.Rank) ?? new() },
                    Group = group,
                }.Fit(data, options);
            }));
            Assert.Contains("rank 1 differs from rank 0 in " + what, e.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_process_that_has_gone_on_is_refused()
    {
        string path = Path.Combine(folder, "ahead.ckpt");
        Trainer(SingleProcess.Instance).Fit(SmallTraining.Data(), new FitOptions { Epochs = 1, BatchSize = 16, CheckpointPath = path });
        var e = Assert.Throws<ProcessGroupException>(() => ThreadGroup.Run(2, group =>
        {
            Trainer trainer = Trainer(group);
            if (group.Rank == 1)
                Checkpoint.Load(path, trainer);
            trainer.Fit(SmallTraining.Data(), new FitOptions { Epochs = 3, BatchSize = 16 });
        }));
        Assert.Contains("rank 1 differs from rank 0 in epochs and steps that are done", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_first_process_alone_writes_checkpoints()
    {
        ThreadGroup.Run(4, group => Trainer(group).Fit(
            SmallTraining.Data(), new FitOptions { Epochs = 1, BatchSize = 16, CheckpointPath = Path.Combine(folder, $"rank{group.Rank}.ckpt") }));
        Assert.Equal(["rank0.ckpt"], Directory.GetFiles(folder).Select(Path.GetFileName));
    }

    /// <summary>What comes as a stream is compared batch by batch.</summary>
    [Fact]
    public void Processes_whose_streams_differ_are_stopped_at_the_first_batch_that_does()
    {
        Dataset data = SmallTraining.Data(64);
        var e = Assert.Throws<ProcessGroupException>(() => ThreadGroup.Run(2, group => Trainer(group).Fit(
            new RowStream(data, swapped: group.Rank == 1 ? 40 : null), new FitOptions { Epochs = 1, BatchSize = 16, Shuffle = false })));
        Assert.Contains("Expected the same batch in all processes", e.Message, StringComparison.Ordinal);
        Assert.Contains("in step 3", e.Message, StringComparison.Ordinal);
        ThreadGroup.Run(2, group => Assert.Equal(
            StopReason.Completed, Trainer(group).Fit(new RowStream(data, null), new FitOptions { Epochs = 1, BatchSize = 16, Shuffle = false }).StopReason));
    }

    [Fact]
    public void Groups_and_models_that_cannot_share_a_batch_are_refused()
    {
        var data = SmallTraining.Data();
        var e = Assert.Throws<ProcessGroupException>(() => ThreadGroup.Run(4, group => Trainer(group, shards: 2).Fit(data)));
        Assert.Contains("at most Shards (2), found 4", e.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => Trainer(SingleProcess.Instance, shards: 6));
        var carrying = new Trainer
        {
            Model = new Sequential(new Gru(6, 4, new RandomSource(1)) { Streams = 4, LastOnly = true }, new Dense(4, 3, new RandomSource(2))),
            Loss = new SoftmaxCrossEntropy(),
            Optimizer = new Sgd(),
            Group = SingleProcess.Instance,
        };
        Assert.Contains("carries something on", Assert.Throws<Autograd.Tensors.GraphException>(() => carrying.Fit(Sequences(), new FitOptions { Epochs = 1, BatchSize = 4, Shuffle = false })).Message, StringComparison.Ordinal);
        var counting = new Trainer { Model = new Sequential(new Counting(), new Dense(6, 3, new RandomSource(1))), Loss = new SoftmaxCrossEntropy(), Optimizer = new Sgd(), Group = SingleProcess.Instance };
        Assert.Contains("\"positive\" of type Int64", Assert.Throws<Autograd.Tensors.GraphException>(() => counting.Fit(data)).Message, StringComparison.Ordinal);

        static Dataset Sequences() => Dataset.FromLabels(new float[8 * 5 * 6], [5, 6], [0, 1, 2, 0, 1, 2, 0, 1], 3);
    }

    /// <summary>Counts the positive numbers of each batch.</summary>
    private sealed class Counting : Module
    {
        protected override Variable Build(Variable input, ForwardContext context)
        {
            context.Update(Own[0], Ops.Sum(Ops.Cast(Ops.Greater(input, 0), Autograd.Tensors.DType.Int64)));
            return input;
        }

        protected override IReadOnlyList<Parameter> CreateParameters() => [new Parameter("positive", Autograd.Tensors.Value.Of(0L), ParameterRole.State)];
    }

    [Fact]
    public void One_process_that_fails_ends_the_training_of_all()
    {
        var clock = Stopwatch.StartNew();
        var e = Assert.Throws<ProcessGroupException>(() => ThreadGroup.Run(4, group => Trainer(group).Fit(SmallTraining.Data(), new FitOptions
        {
            Epochs = 3,
            BatchSize = 16,
            ProgressSteps = 1,
            Progress = new Report(progress => { if (group.Rank == 1 && progress.Step == 2) throw new InvalidOperationException("the disk is full"); }),
        })));
        Assert.StartsWith("Rank 1 has failed: System.InvalidOperationException: the disk is full", e.Message, StringComparison.Ordinal);
        Assert.InRange(clock.Elapsed.TotalSeconds, 0.0, 10.0);
    }

    /// <summary>One process is asked to end; all do, at the same step.</summary>
    [Fact]
    public void All_end_when_one_is_cancelled()
    {
        var steps = new long[4];
        using var source = new CancellationTokenSource();
        ThreadGroup.Run(4, group =>
        {
            History history = Trainer(group).Fit(
                SmallTraining.Data(),
                new FitOptions { Epochs = 3, BatchSize = 16, ProgressSteps = 1, Progress = new Report(progress => { if (group.Rank == 1 && progress.Step == 2) source.Cancel(); }) },
                group.Rank == 1 ? source.Token : CancellationToken.None);
            Assert.Equal(StopReason.Cancelled, history.StopReason);
            steps[group.Rank] = history.StepsTaken;
        });
        Assert.Equal([3L, 3, 3, 3], steps);
    }

    /// <summary>A report is an object of less than 64 bytes; what a step itself allocates would come on top of it.</summary>
    [Fact]
    public void A_step_allocates_nothing() => Assert.InRange(SmallTraining.BytesPerStep(Trainer(SingleProcess.Instance)), 1, 64);

    private static Trainer Trainer(IProcessGroup group, int shards = 8) => new()
    {
        Model = new Sequential(new Dense(6, 8, new RandomSource(1)) { Activation = Ops.Relu }, new Dense(8, 3, new RandomSource(2))),
        Loss = new SoftmaxCrossEntropy(),
        Optimizer = new Adam(),
        Execution = new ExecutionOptions { Threads = 1 },
        Group = group,
        Shards = shards,
    };

    private static Dataset Data(bool weighted, bool unlabelled = false)
    {
        Dataset data = SmallTraining.Data(67);
        if (unlabelled)
        {
            float[] x = [.. Enumerable.Range(0, 67).SelectMany(row => System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(data.Columns[0].Row(row)).ToArray())];
            long[] labels = [.. Enumerable.Range(0, 67).Select(row => row % 3 == 0 ? -1L : BitConverter.ToInt64(data.Columns[1].Row(row)))];
            data = Dataset.FromLabels(x, [6], labels, 3, allowUnlabelled: true);
        }

        return weighted ? data.WithWeights([.. Enumerable.Range(0, 67).Select(row => row % 7 * 0.5f)]) : data;
    }

    private byte[] Trained(int size, int epochs, string? name = null, bool resume = false)
    {
        string path = Path.Combine(folder, $"{name ?? $"{size}"}.ckpt");
        ThreadGroup.Run(size, group =>
        {
            var random = new RandomSource(5);
            var trainer = new Trainer
            {
                Model = new Sequential(new Dense(6, 20, random) { Activation = Ops.Relu }, new BatchNormalization(20), new Dropout(0.3, random), new Dense(20, 3, random)),
                Loss = new SoftmaxCrossEntropy(),
                Optimizer = new ClipByNorm(0.4, new Adam { LearningRate = new CosineDecay(0.01, 1e-4, 60) }),
                Regularizers = [new L2(1e-3), new HiddenL1(1e-3, "dense1")],
                Metrics = [new Accuracy(), new AreaUnderCurve()],
                Execution = new ExecutionOptions { Threads = 1 },
                Group = group,
                Clock = new StoppedClock(),
            };
            if (resume)
                Checkpoint.Load(path, trainer);
            History history = trainer.Fit(Data(weighted: true), new FitOptions
            {
                Epochs = epochs,
                BatchSize = 16,
                Seed = 3,
                Validation = SmallTraining.Data(33, 2),
                EarlyStopping = new EarlyStopping { Patience = 5 },
                CheckpointPath = path,
            });
            Assert.Equal(epochs, history.Epochs.Count);
        });
        return File.ReadAllBytes(path);
    }
}

/// <summary>Examples that are not in memory as far as a trainer knows, of which an example and the next may have changed places.</summary>
internal sealed class RowStream(Dataset data, int? swapped) : IDataSource
{
    public DataLayout Layout => data.Layout;

    public int? ExampleCount => data.Count;

    public IEnumerable<Batch> Batches(BatchOptions options, long epoch = 0)
    {
        int[] rows = [.. Enumerable.Range(0, data.Count)];
        if (swapped is { } row)
            (rows[row], rows[row + 1]) = (rows[row + 1], rows[row]);
        return data.Select(rows).Batches(options, epoch);
    }
}

/// <summary>A clock that stands still.</summary>
internal sealed class StoppedClock : TimeProvider
{
    public override long GetTimestamp() => 0;
}
