using Toolkit.Autograd.Graph;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Persistence;
using Toolkit.Modeling.Regularizers;
using Toolkit.Modeling.Schedules;
using Toolkit.Modeling.Training;

namespace Toolkit.Modeling.Tests.Training;

/// <summary>Each option of a training changes what it should, and each number of a history is what it says.</summary>
public sealed class FitOptionsTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void Batches_are_asked_for_as_the_options_say()
    {
        var train = new Recording(SmallTraining.Data());
        var validation = new Recording(SmallTraining.Data(33, 2));
        FitOptions options = new() { Epochs = 3, BatchSize = 20, Seed = 9, DropLast = true, Validation = validation, ValidationBatchSize = 11 };
        History history = SmallTraining.Trainer().Fit(train, options, Token);
        Assert.Equal([(20, 9UL, true, 0L), (20, 9UL, true, 1L), (20, 9UL, true, 2L)], train.Passes);
        Assert.Equal([(11, null, false, 0L), (11, null, false, 0L), (11, null, false, 0L)], validation.Passes);
        Assert.All(history.Epochs, epoch => Assert.Equal(60, epoch.Examples));
        Assert.Equal(9, history.StepsTaken);

        var asItStands = new Recording(SmallTraining.Data());
        History all = SmallTraining.Trainer().Fit(asItStands, options with { Epochs = 1, Shuffle = false, DropLast = false, Validation = null }, Token);
        Assert.Equal([(20, null, false, 0L)], asItStands.Passes);
        Assert.Equal(70, all.Epochs[0].Examples);
        Assert.Null(all.Epochs[0].Validation);
        Assert.Equal(4, all.StepsTaken);
    }

    [Fact]
    public void The_defaults_are_those_that_are_documented()
    {
        var data = new Recording(SmallTraining.Data(300));
        History history = SmallTraining.Trainer().Fit(data, cancellationToken: Token);
        Assert.Equal(Enumerable.Range(0, 10).Select(epoch => (128, (ulong?)0UL, false, (long)epoch)), data.Passes);
        Assert.Equal((10, 300L, 30L), (history.Epochs.Count, history.Epochs[0].Examples, history.StepsTaken));
        Assert.Equal((StopReason.Completed, (int?)null, (long?)null), (history.StopReason, history.BestEpoch, history.BestStep));
        var stopping = new EarlyStopping();
        Assert.Equal((5, null, "loss", 0.0), (stopping.Patience, stopping.StepsBetweenEvaluations, stopping.Monitor, stopping.MinimumImprovement));
    }

    /// <summary>Epochs and steps count those of earlier calls: what is left is done, and what is not left is said.</summary>
    [Fact]
    public void A_second_call_does_what_is_left_and_says_so_if_that_is_nothing()
    {
        Trainer trainer = SmallTraining.Trainer(), whole = SmallTraining.Trainer();
        trainer.Fit(SmallTraining.Data(), SmallTraining.Options(2), Token);
        byte[][] before = SmallTraining.Bits(trainer);
        History nothing = trainer.Fit(SmallTraining.Data(), SmallTraining.Options(2), Token);
        Assert.Equal((StopReason.Completed, 0L, 2), (nothing.StopReason, nothing.StepsTaken, nothing.Epochs.Count));
        Assert.Contains("took no step", nothing.StopMessage, StringComparison.Ordinal);
        Assert.Contains(nameof(FitOptions.Epochs), nothing.ToString(), StringComparison.Ordinal);
        Assert.Equal(before, SmallTraining.Bits(trainer));
        History more = trainer.Fit(SmallTraining.Data(), SmallTraining.Options(3), Token);
        Assert.Equal((5L, 3), (more.StepsTaken, more.Epochs.Count));
        Assert.DoesNotContain("took no step", more.StopMessage, StringComparison.Ordinal);
        whole.Fit(SmallTraining.Data(), SmallTraining.Options(3), Token);
        Assert.Equal(SmallTraining.Bits(whole), SmallTraining.Bits(trainer));
    }

    [Fact]
    public void A_training_of_so_many_steps_ends_there_and_goes_on_from_there()
    {
        Trainer trainer = SmallTraining.Trainer(), whole = SmallTraining.Trainer();
        History first = trainer.Fit(SmallTraining.Data(), SmallTraining.Options(4) with { Steps = 7 }, Token);
        Assert.Equal((StopReason.Completed, 7L, 1), (first.StopReason, first.StepsTaken, first.Epochs.Count));
        Assert.Contains("All 7 steps", first.StopMessage, StringComparison.Ordinal);
        Assert.Equal(3, trainer.Fit(SmallTraining.Data(), SmallTraining.Options(4) with { Steps = 10 }, Token).StepsTaken);
        Assert.Equal(2, trainer.EpochsDone);
        trainer.Fit(SmallTraining.Data(), SmallTraining.Options(4), Token);
        whole.Fit(SmallTraining.Data(), SmallTraining.Options(4), Token);
        Assert.Equal(SmallTraining.Bits(whole), SmallTraining.Bits(trainer));
        Assert.Throws<ArgumentOutOfRangeException>(() => new FitOptions { Steps = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new EarlyStopping { StepsBetweenEvaluations = 0 });
    }

    /// <summary>One weight without data to speak of: w ← w − ε(w + αw) for the loss ½w² and the penalty ½αw², followed by hand.</summary>
    [Fact]
    public void A_history_has_the_mean_loss_and_objective_of_the_steps_and_the_last_rate()
    {
        Dataset data = Dataset.FromTargets([1, 1, 1, 1, 1], [1], [0, 0, 0, 0, 0], [1]);
        var model = new Dense(1, 1, new RandomSource(1)) { UseBias = false };
        model.Weight.Value.Span<float>()[0] = 2f;
        var trainer = new Trainer
        {
            Model = model,
            Loss = new MeanSquaredError(),
            Optimizer = new Sgd { LearningRate = new ExponentialDecay(0.1, 0.5, 2) },
            Regularizers = [new L2(0.3)],
        };
        History history = trainer.Fit(data, new() { Epochs = 3, BatchSize = 2, Shuffle = false, Validation = data }, Token);
        double w = 2;
        int step = 0;
        foreach (EpochRecord epoch in history.Epochs)
        {
            double loss = 0, objective = 0, rate = 0;
            foreach (int count in new[] { 2, 2, 1 })
            {
                double square = w * w;
                (loss, objective) = (loss + (count * square), objective + (count * (square + (0.15 * square))));
                rate = 0.1 * Math.Pow(0.5, step++ / 2.0);
                w -= rate * ((2 * w) + (0.3 * w));
            }

            Assert.Equal(loss / 5, epoch.Loss, 1e-5);
            Assert.Equal(objective / 5, epoch.Objective, 1e-5);
            Assert.Equal(rate, epoch.LearningRate, 1e-9);
            Assert.Equal(w * w, epoch.Validation!.Loss, 1e-5);
            Assert.True(epoch.Elapsed > TimeSpan.Zero);
        }
    }

    [Fact]
    public void A_checkpoint_is_written_after_each_epoch_and_nowhere_without_a_path()
    {
        using var folder = new TemporaryFolder();
        string file = folder.PathOf("training.ckpt");
        var epochs = new List<int>();
        var report = new Report(p =>
        {
            var loaded = SmallTraining.Trainer();
            Checkpoint.Load(file, loaded);
            epochs.Add(loaded.EpochsDone);
            File.Delete(file);
        });
        SmallTraining.Trainer().Fit(SmallTraining.Data(), SmallTraining.Options(3) with { CheckpointPath = file, Progress = report }, Token);
        Assert.Equal([1, 2, 3], epochs);
        SmallTraining.Trainer().Fit(SmallTraining.Data(), SmallTraining.Options(1), Token);
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    /// <summary>What is put into a list after the trainer has got it does not come into the training.</summary>
    [Fact]
    public void Lists_of_a_trainer_are_its_own()
    {
        var regularizers = new List<Regularizer> { new L2(1e-3) };
        Trainer trainer = SmallTraining.Trainer(), other = new()
        {
            Model = SmallTraining.Trainer().Model,
            Loss = trainer.Loss,
            Optimizer = trainer.Optimizer,
            Metrics = trainer.Metrics,
            Regularizers = regularizers,
            Execution = trainer.Execution,
        };
        regularizers[0] = new L2(10);
        trainer.Fit(SmallTraining.Data(), SmallTraining.Options(1), Token);
        other.Fit(SmallTraining.Data(), SmallTraining.Options(1), Token);
        Assert.Equal(SmallTraining.Bits(trainer), SmallTraining.Bits(other));
    }

    private sealed class Recording(Dataset inner) : IDataSource
    {
        public List<(int Size, ulong? Seed, bool DropLast, long Epoch)> Passes { get; } = [];

        public DataLayout Layout => inner.Layout;

        public int? ExampleCount => inner.Count;

        public IEnumerable<Batch> Batches(BatchOptions options, long epoch = 0)
        {
            Passes.Add((options.Size, options.ShuffleSeed, options.DropLast, epoch));
            return inner.Batches(options, epoch);
        }
    }
}
