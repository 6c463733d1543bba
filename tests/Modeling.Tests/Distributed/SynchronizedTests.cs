using System.Diagnostics;
using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Distributed;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Metrics;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Regularizers;
using Toolkit.Modeling.Tests.Training;
using Toolkit.Modeling.Training;

namespace Toolkit.Modeling.Tests.Distributed;

/// <summary>Batch normalization by the statistics of the whole batch, which a group computes in pieces.</summary>
public sealed class SynchronizedTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("synchronized").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    /// <summary>Batches of 20 and 7 examples in 8 pieces: unequal ones, and empty ones. Two layers, of which the second waits for the first.</summary>
    [Theory]
    [InlineData(false, 20)]
    [InlineData(true, 20)]
    [InlineData(false, 8)]
    [InlineData(false, 11)]
    public void A_group_takes_the_steps_that_one_process_takes(bool weighted, int batchSize) => TakesTheSameSteps(
        weighted ? SmallTraining.Data(67).WithWeights([.. Enumerable.Range(0, 67).Select(row => row % 7 * 0.5f)]) : SmallTraining.Data(67), batchSize, Dense);

    /// <summary>Sums are float64 whatever the model computes with. One process with float16 leaves out a step here, as its scaled gradients overflow, and the group does not: it is compared
    /// with float64.</summary>
    [Theory]
    [InlineData(TrainingPrecision.Float64, TrainingPrecision.Float64, 1e-6)]
    [InlineData(TrainingPrecision.BFloat16, TrainingPrecision.BFloat16, 1e-2)]
    [InlineData(TrainingPrecision.Float16, TrainingPrecision.Float64, 4e-3)]
    public void Other_numbers_are_summed_as_well(TrainingPrecision precision, TrainingPrecision reference, double tolerance)
    {
        (List<double> alone, _) = Trained(null, SmallTraining.Data(67), 20, Dense, true, precision: reference);
        (List<double> together, _) = Trained(SingleProcess.Instance, SmallTraining.Data(67), 20, Dense, true, precision: precision);
        Assert.Equal(alone, together, (a, b) => Math.Abs(a - b) < tolerance);
    }

    /// <summary>With a mean and a variance for each piece it takes others: the comparison can tell.</summary>
    [Fact]
    public void Without_synchronization_it_takes_others()
    {
        (List<double> alone, _) = Trained(null, SmallTraining.Data(67), 20, Dense, false);
        (List<double> together, _) = Trained(SingleProcess.Instance, SmallTraining.Data(67), 20, Dense, false);
        Assert.Contains(alone.Zip(together), pair => Math.Abs(pair.First - pair.Second) > 1e-3);
    }

    /// <summary>Without a group the option changes no bit.</summary>
    [Fact]
    public void Alone_it_is_the_plain_layer()
    {
        (_, Trainer plain) = Trained(null, SmallTraining.Data(67), 20, Dense, false);
        (_, Trainer synchronized) = Trained(null, SmallTraining.Data(67), 20, Dense, true);
        Assert.Equal(SmallTraining.Bits(plain), SmallTraining.Bits(synchronized));
    }

    [Fact]
    public void Images_are_normalized_over_places_too() => TakesTheSameSteps(SmallTraining.Data(67).Reshape(1, 2, 3), 20, (synchronized, random) => new Sequential(
        new Conv2D(1, 4, 3, random) { Padding = Padding.Same }, new BatchNormalization(4) { Synchronized = synchronized }, new GlobalPool(), new Dense(4, 3, random)));

    /// <summary>Padding does not count; there are examples without a step, and pieces of only such.</summary>
    [Fact]
    public void Steps_of_ragged_sequences_count_in_all_pieces()
    {
        var random = new RandomSource(8);
        float[][] rows = [.. Enumerable.Range(0, 43).Select(row =>
        {
            var x = new float[4 * (row is >= 20 and < 25 ? 0 : row % 5)];
            random.FillNormal(x, row % 3, 1.0 + (row % 2));
            return x;
        })];
        TakesTheSameSteps(
            Dataset.Of(Column.Ragged("input", "time", rows, 4), Column.Labels("target", [.. rows.Select((x, row) => (long)((x.Length + row) % 3))], 3)),
            20,
            (synchronized, random) => new Sequential(new Turned(), new BatchNormalization(4) { Synchronized = synchronized }, new GlobalPool(), new Dense(4, 3, random)),
            shuffle: false);
    }

    /// <summary>W of y = γ(xW − μ)/√(σ² + ε) + β: dz = γ/√(σ² + ε)·(dy − mean(dy) − ẑ·mean(dy·ẑ)), over the whole batch, and dW = xᵀdz.</summary>
    [Fact]
    public void The_gradient_is_that_of_the_formula()
    {
        const int Rows = 13, Inputs = 6, Channels = 5;
        const double Rate = 0.5, Stabilizer = 1e-5;
        var random = new RandomSource(3);
        float[] x = new float[Rows * Inputs], target = new float[Rows * Channels];
        random.FillNormal(x, 1.0, 2.0);
        random.FillNormal(target, 0.0, 1.0);
        var dense = new Dense(Inputs, Channels, random);
        var trainer = new Trainer
        {
            Model = new Sequential(dense, new BatchNormalization(Channels) { Synchronized = true, Stabilizer = Stabilizer }),
            Loss = new MeanSquaredError(),
            Optimizer = new Sgd { LearningRate = Rate },
            Group = SingleProcess.Instance,
        };
        float[][] before = [.. trainer.Model.Parameters.Select(parameter => parameter.Value.ToArray<float>()).Take(4)];
        trainer.Fit(Dataset.FromTargets(x, [Inputs], target, [Channels]), new FitOptions { Epochs = 1, BatchSize = Rows, Shuffle = false });
        float[][] after = [.. trainer.Model.Parameters.Select(parameter => parameter.Value.ToArray<float>()).Take(4)];

        double[] weightSlopes = new double[Inputs * Channels], scaleSlopes = new double[Channels], shiftSlopes = new double[Channels];
        for (int c = 0; c < Channels; c++)
        {
            double[] z = [.. Enumerable.Range(0, Rows).Select(r => Enumerable.Range(0, Inputs).Sum(i => (double)x[(r * Inputs) + i] * before[0][(i * Channels) + c]) + before[1][c])];
            double mean = z.Average(), deviation = Math.Sqrt(z.Average(value => (value - mean) * (value - mean)) + Stabilizer);
            double[] normal = [.. z.Select(value => (value - mean) / deviation)];
            double[] dy = [.. normal.Select((value, r) => 2.0 * ((before[2][c] * value) + before[3][c] - target[(r * Channels) + c]) / (Rows * Channels))];
            (scaleSlopes[c], shiftSlopes[c]) = (dy.Zip(normal, (a, b) => a * b).Sum(), dy.Sum());
            for (int i = 0; i < Inputs; i++)
            {
                weightSlopes[(i * Channels) + c] = Enumerable.Range(0, Rows).Sum(r =>
                    x[(r * Inputs) + i] * before[2][c] / deviation * (dy[r] - (shiftSlopes[c] / Rows) - (normal[r] * scaleSlopes[c] / Rows)));
            }
        }

        Assert.Contains(weightSlopes, slope => Math.Abs(slope) > 1e-2);
        foreach ((int parameter, double[] slopes) in new[] { (0, weightSlopes), (2, scaleSlopes), (3, shiftSlopes) })
            Assert.Equal(slopes, before[parameter].Zip(after[parameter], (a, b) => (a - b) / Rate), (a, b) => Math.Abs(a - b) < 2e-6);
    }

    /// <summary>Dropout before and behind, weights, penalties, a last batch with empty pieces.</summary>
    [Fact]
    public void Checkpoints_are_equal_byte_for_byte_for_any_number_of_processes()
    {
        byte[] one = Checkpointed(1);
        foreach (int size in new[] { 2, 4, 8 })
            Assert.True(one.AsSpan().SequenceEqual(Checkpointed(size)), $"{size} processes");

        byte[] Checkpointed(int size)
        {
            string path = Path.Combine(folder, $"{size}.ckpt");
            ThreadGroup.Run(size, group =>
            {
                var random = new RandomSource(5);
                new Trainer
                {
                    Model = new Sequential(
                        new Dense(6, 20, random) { Activation = Ops.Relu },
                        new Dropout(0.3, random),
                        new BatchNormalization(20) { Synchronized = true },
                        new Dropout(0.2, random),
                        new Dense(20, 20, random),
                        new BatchNormalization(20) { Synchronized = true },
                        new Dense(20, 3, random)),
                    Loss = new SoftmaxCrossEntropy(),
                    Optimizer = new ClipByNorm(0.4, new Adam()),
                    Regularizers = [new L2(1e-3), new HiddenL1(1e-3, "dense1")],
                    Metrics = [new Accuracy()],
                    Execution = new ExecutionOptions { Threads = 1 },
                    Group = group,
                    Clock = new StoppedClock(),
                }.Fit(
                    SmallTraining.Data(67).WithWeights([.. Enumerable.Range(0, 67).Select(row => row % 7 * 0.5f)]),
                    new FitOptions { Epochs = 3, BatchSize = 16, Seed = 3, CheckpointPath = path });
            });
            return File.ReadAllBytes(path);
        }
    }

    /// <summary>A symbol that is not in the table, in a piece of the third process: it fails before the first sum, at which the others wait.</summary>
    [Fact]
    public void A_process_that_fails_in_a_forward_pass_ends_all()
    {
        long[] symbols = [.. Enumerable.Range(0, 32).Select(row => row == 21 ? 99L : row % 8)];
        var clock = Stopwatch.StartNew();
        var e = Assert.Throws<ProcessGroupException>(() => ThreadGroup.Run(4, group =>
        {
            var random = new RandomSource(5);
            new Trainer
            {
                Model = new Sequential(new Embedding(8, 6, random), new BatchNormalization(6) { Synchronized = true }, new Dense(6, 3, random)),
                Loss = new SoftmaxCrossEntropy(),
                Optimizer = new Sgd(),
                Group = group,
            }.Fit(Dataset.Of(Column.Of("input", symbols), Column.Labels("target", [.. symbols.Select(symbol => symbol % 3)], 3)), new FitOptions { Epochs = 1, BatchSize = 32, Shuffle = false });
        }));
        Assert.StartsWith("Rank 2 has failed", e.Message, StringComparison.Ordinal);
        Assert.InRange(clock.Elapsed.TotalSeconds, 0.0, 10.0);
    }

    [Fact]
    public void A_process_that_does_not_come_to_the_sum_is_named_with_it()
    {
        using var end = new ManualResetEventSlim();
        var e = Assert.Throws<ProcessGroupException>(() => ThreadGroup.Run(
            2,
            group => new Trainer
            {
                Model = new Sequential(new Dense(6, 4, new RandomSource(1)), new BatchNormalization(4) { Synchronized = true }, new Dense(4, 3, new RandomSource(2))),
                Loss = new SoftmaxCrossEntropy(),
                Optimizer = new Sgd(),
                Group = group,
            }.Fit(SmallTraining.Data(64), new FitOptions
            {
                Epochs = 1,
                BatchSize = 16,
                ProgressSteps = 1,
                Progress = new Report(progress => { if (group.Rank == 1 && progress.Step == 2) end.Wait(TimeSpan.FromSeconds(2.0)); }),
            }),
            patience: TimeSpan.FromSeconds(0.5)));
        Assert.Contains("Rank 1 does not come: rank 0 has waited", e.Message, StringComparison.Ordinal);
        Assert.Contains("(step 3, batch statistics)", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_cannot_be_synchronized_is_refused()
    {
        Assert.Contains("\"batchnorm1\"", Refused(new BatchNormalization(6) { Synchronized = true, Parts = [3] }), StringComparison.Ordinal);
        Assert.Contains("neither within a loop", Refused(new BatchNormalization(6) { Synchronized = true }, new Contractive(0.1, "dense1")), StringComparison.Ordinal);

        static string Refused(BatchNormalization layer, params Regularizer[] regularizers) => Assert.Throws<GraphException>(() => new Trainer
        {
            Model = new Sequential(layer, new Dense(6, 3, new RandomSource(1))),
            Loss = new SoftmaxCrossEntropy(),
            Optimizer = new Sgd(),
            Regularizers = regularizers,
            Group = SingleProcess.Instance,
        }.Fit(SmallTraining.Data(), new FitOptions { Epochs = 1 })).Message;
    }

    /// <summary>A report is an object of less than 64 bytes; what a step itself allocates would come on top of it.</summary>
    [Fact]
    public void A_step_allocates_nothing() => Assert.InRange(SmallTraining.BytesPerStep(Make(SingleProcess.Instance, Dense, true)), 1, 64);

    private static Sequential Dense(bool synchronized, RandomSource random) => new(
        new Dense(6, 16, random) { Activation = Ops.Tanh },
        new BatchNormalization(16) { Synchronized = synchronized },
        new Dense(16, 8, random) { Activation = Ops.Relu },
        new BatchNormalization(8) { Synchronized = synchronized },
        new Dense(8, 3, random));

    private static void TakesTheSameSteps(Dataset data, int batchSize, Func<bool, RandomSource, Model> model, bool shuffle = true)
    {
        (List<double> expected, Trainer alone) = Trained(null, data, batchSize, model, true, shuffle);
        (List<double> found, Trainer together) = Trained(SingleProcess.Instance, data, batchSize, model, true, shuffle);
        Assert.Equal(expected, found, (a, b) => Math.Abs(a - b) < 1e-5);
        Assert.NotEqual(0.0, alone.Model.Parameters[3].Value[0]);
        foreach ((Parameter a, Parameter b) in alone.Model.Parameters.Zip(together.Model.Parameters))
            Run.Close(Run.Numbers(a.Value), Run.Numbers(b.Value), 2e-5);
    }

    private static (List<double> Losses, Trainer Trainer) Trained(
        IProcessGroup? group, Dataset data, int batchSize, Func<bool, RandomSource, Model> model, bool synchronized, bool shuffle = true,
        TrainingPrecision precision = TrainingPrecision.Float32)
    {
        Trainer trainer = Make(group, model, synchronized, precision);
        List<double> losses = [];
        trainer.Fit(data, new FitOptions { Epochs = 2, BatchSize = batchSize, Seed = 4, Shuffle = shuffle, Callbacks = [Callback.AfterStep(training => losses.Add(training.Loss))] });
        return (losses, trainer);
    }

    private static Trainer Make(IProcessGroup? group, Func<bool, RandomSource, Model> model, bool synchronized, TrainingPrecision precision = TrainingPrecision.Float32) => new()
    {
        Model = model(synchronized, new RandomSource(5)),
        Loss = new SoftmaxCrossEntropy(),
        Optimizer = new Momentum { LearningRate = 0.1 },
        Regularizers = [new L2(1e-2)],
        Precision = precision,
        Execution = new ExecutionOptions { Threads = 1 },
        Group = group,
    };

    /// <summary>[batch, time, features] as [batch, features, time].</summary>
    private sealed class Turned : Module
    {
        protected override Variable Build(Variable input, ForwardContext context) => input.Transpose([0, 2, 1]);
    }
}
