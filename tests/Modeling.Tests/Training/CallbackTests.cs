using Toolkit.Modeling.Data;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Persistence;
using Toolkit.Modeling.Schedules;
using Toolkit.Modeling.Training;

namespace Toolkit.Modeling.Tests.Training;

/// <summary>What is called while a training runs, and what it may change. The weight of the scripted training grows by the learning rate with each step.</summary>
public sealed class CallbackTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void Callbacks_come_in_their_order_after_each_step_each_epoch_and_at_the_end()
    {
        var calls = new List<string>();
        Trainer trainer = ScriptedTraining.Trainer([5, 4, 3, 2], stepsPerEpoch: 1);
        trainer.Fit(ScriptedTraining.Data(2), new() { Epochs = 2, BatchSize = 1, Callbacks = [new Recorder("a", calls), new Recorder("b", calls)] }, Token);
        Assert.Equal(
            [
                "a step 1 of 1", "b step 1 of 1", "a step 2 of 1", "b step 2 of 1", "a epoch 1", "b epoch 1",
                "a step 3 of 2", "b step 3 of 2", "a step 4 of 2", "b step 4 of 2", "a epoch 2", "b epoch 2", "a Completed", "b Completed",
            ],
            calls);
    }

    [Fact]
    public void A_callback_sees_the_loss_of_the_last_batch()
    {
        var losses = new List<double>();
        ScriptedTraining.Trainer([5, 4, 3, 2]).Fit(
            ScriptedTraining.Data(2), new() { Epochs = 2, BatchSize = 1, Callbacks = [Callback.AfterStep(training => losses.Add(training.Loss))] }, Token);
        // Before the first step the weight is 0, where the script has its first value.
        Assert.Equal([5, 5, 4, 3], losses);
    }

    [Theory]
    [InlineData(true, 3, 1)]
    [InlineData(false, 4, 2)]
    public void A_callback_may_stop_within_an_epoch_or_after_it(bool within, int steps, int epochs)
    {
        Callback stop = within
            ? Callback.AfterStep(training => StopIf(training, training.Step == 3))
            : Callback.AfterEpoch((training, epoch) => StopIf(training, epoch.Epoch == 2));
        Trainer trainer = ScriptedTraining.Trainer([5, 4, 3, 2]);
        History history = trainer.Fit(ScriptedTraining.Data(2), new() { Epochs = 9, BatchSize = 1, Callbacks = [stop] }, Token);
        Assert.Equal(StopReason.Stopped, history.StopReason);
        Assert.Contains("enough", history.StopMessage, StringComparison.Ordinal);
        Assert.Equal((float)steps, ScriptedTraining.Weight(trainer));
        Assert.Equal(epochs, history.Epochs.Count);

        // It goes on where it stood.
        Assert.Equal(StopReason.Completed, trainer.Fit(ScriptedTraining.Data(2), new() { Epochs = 9, BatchSize = 1 }, Token).StopReason);
        Assert.Equal(18f, ScriptedTraining.Weight(trainer));

        static void StopIf(TrainingControl training, bool now)
        {
            if (now)
                training.Stop("enough");
        }
    }

    [Fact]
    public void A_callback_changes_the_rate_from_the_next_step_on()
    {
        Trainer trainer = ScriptedTraining.Trainer([5, 4, 3, 2], optimizer: new Sgd { LearningRate = new AdjustableRate(1) });
        var rates = new List<double>();
        var halve = Callback.AfterStep(training =>
        {
            rates.Add(training.LearningRate);
            training.LearningRateFactor /= 2;
        });
        History history = trainer.Fit(ScriptedTraining.Data(2), new() { Epochs = 2, BatchSize = 1, Callbacks = [halve] }, Token);
        Assert.Equal([1, 0.5, 0.25, 0.125], rates);
        Assert.Equal(1.875f, ScriptedTraining.Weight(trainer));
        Assert.Equal([0.5, 0.125], history.Epochs.Select(epoch => epoch.LearningRate));
    }

    [Fact]
    public void A_rate_that_cannot_be_changed_is_named()
    {
        var error = Assert.Throws<InvalidOperationException>(() => ScriptedTraining.Trainer([5, 4]).Fit(
            ScriptedTraining.Data(2), new() { Epochs = 1, BatchSize = 1, Callbacks = [Callback.AfterStep(training => training.LearningRateFactor = 0.5)] }, Token));
        Assert.Contains(nameof(AdjustableRate), error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => ScriptedTraining.Trainer([5, 4], optimizer: new Sgd { LearningRate = new AdjustableRate(1) }).Fit(
            ScriptedTraining.Data(2), new() { Epochs = 1, BatchSize = 1, Callbacks = [Callback.AfterStep(training => training.LearningRateFactor = double.NaN)] }, Token));
    }

    [Fact]
    public void A_resumed_training_has_the_changed_rate_and_ends_with_the_same_bits()
    {
        using var folder = new TemporaryFolder();
        string path = folder.PathOf("training");
        Callback halve = Callback.AfterEpoch((training, _) => training.LearningRateFactor /= 2);
        Trainer whole = Adjustable(), first = Adjustable(), second = Adjustable();
        whole.Fit(SmallTraining.Data(), SmallTraining.Options(4) with { Callbacks = [halve] }, Token);
        first.Fit(SmallTraining.Data(), SmallTraining.Options(2) with { Callbacks = [halve], CheckpointPath = path }, Token);
        Checkpoint.Load(path, second);
        second.Fit(SmallTraining.Data(), SmallTraining.Options(4) with { Callbacks = [halve] }, Token);
        Assert.Equal(SmallTraining.Bits(whole), SmallTraining.Bits(second));

        static Trainer Adjustable() => SmallTraining.Trainer(schedule: new AdjustableRate(0.01));
    }

    /// <summary>The validation loss of the script is 5, 4, 4, 4, 3, …: after two evaluations without improvement the rate halves.</summary>
    [Fact]
    public void A_plateau_of_the_validation_set_lowers_the_rate()
    {
        Trainer trainer = ScriptedTraining.Trainer(
            [1.0], optimizer: new Sgd { LearningRate = new WarmUp(1, new ReduceOnPlateau(1) { Patience = 2, Factor = 0.5, Watched = "scripted" }) },
            metrics: ScriptedTraining.Metric([5, 4, 4, 4, 4, 4, 4], higherIsBetter: false));
        Dataset data = ScriptedTraining.Data(1);
        History history = trainer.Fit(data, new() { Epochs = 7, BatchSize = 1, Validation = data }, Token);
        Assert.Equal([1, 1, 1, 1, 0.5, 0.5, 0.25], history.Epochs.Select(epoch => epoch.LearningRate));
        Assert.Equal(5.25f, ScriptedTraining.Weight(trainer));
    }

    [Fact]
    public void A_plateau_and_a_callback_change_one_rate()
    {
        Trainer trainer = ScriptedTraining.Trainer([1], optimizer: new Sgd { LearningRate = new AdjustableRate(new ReduceOnPlateau(1) { Patience = 1, Factor = 0.5 }) });
        Dataset data = ScriptedTraining.Data(1);
        FitOptions options = new()
        {
            Epochs = 4,
            BatchSize = 1,
            Callbacks = [Callback.AfterEpoch((training, epoch) => training.LearningRateFactor = epoch.Epoch == 1 ? 6 : training.LearningRateFactor)],
        };
        Assert.Contains("AdjustableRate needs Validation", Assert.Throws<ArgumentException>(() => trainer.Fit(data, options, Token)).Message, StringComparison.Ordinal);
        History history = trainer.Fit(data, options with { Validation = data }, Token);
        Assert.Equal([1, 6, 3, 1.5], history.Epochs.Select(epoch => epoch.LearningRate));
    }

    [Fact]
    public void The_first_reason_to_stop_counts()
    {
        Callback First(string reason) => Callback.AfterStep(training => training.Stop(reason));
        History history = ScriptedTraining.Trainer([1]).Fit(ScriptedTraining.Data(1), new() { Epochs = 4, BatchSize = 1, Callbacks = [First("enough"), First("too late")] }, Token);
        Assert.EndsWith("enough", history.StopMessage, StringComparison.Ordinal);
    }

    /// <summary>The third step has no loss: what was before it is there again, the rate of the callback with it.</summary>
    [Fact]
    public void A_divergence_goes_back_to_the_rate_that_a_callback_has_set()
    {
        double factor = 1;
        Trainer trainer = ScriptedTraining.Trainer([5, double.NaN], optimizer: new Sgd { LearningRate = new AdjustableRate(1.0) });
        TrainingControl? control = null;
        History history = trainer.Fit(
            ScriptedTraining.Data(1), new()
            {
                Epochs = 5,
                BatchSize = 1,
                Callbacks = [Callback.AfterEpoch((training, _) => (control = training).LearningRateFactor = factor *= 3)],
            },
            Token);
        Assert.Equal(StopReason.Diverged, history.StopReason);
        Assert.Equal(factor, control!.LearningRateFactor);
    }

    [Fact]
    public void A_plateau_goes_on_after_a_resumption_bit_for_bit()
    {
        using var folder = new TemporaryFolder();
        string path = folder.PathOf("training");
        Trainer whole = Reduced(), first = Reduced(), second = Reduced();
        History history = whole.Fit(SmallTraining.Data(), SmallTraining.Options(8), Token);
        Assert.True(history.Epochs[^1].LearningRate < history.Epochs[3].LearningRate && history.Epochs[3].LearningRate < 0.05, history.ToString());
        first.Fit(SmallTraining.Data(), SmallTraining.Options(4) with { CheckpointPath = path }, Token);
        Checkpoint.Load(path, second);
        second.Fit(SmallTraining.Data(), SmallTraining.Options(8), Token);
        Assert.Equal(SmallTraining.Bits(whole), SmallTraining.Bits(second));

        // Nothing is an improvement of 10, so the rate falls after each evaluation but the first.
        static Trainer Reduced() => SmallTraining.Trainer(schedule: new ReduceOnPlateau(0.05) { Patience = 1, Factor = 0.7, MinimumImprovement = 10 });
    }

    [Fact]
    public void A_plateau_without_a_validation_set_or_of_an_unknown_measure_is_refused()
    {
        Trainer trainer = SmallTraining.Trainer(schedule: new ReduceOnPlateau(0.05));
        var error = Assert.Throws<ArgumentException>(() => trainer.Fit(SmallTraining.Data(), SmallTraining.Options(1) with { Validation = null }, Token));
        Assert.Contains("ReduceOnPlateau needs Validation", error.Message, StringComparison.Ordinal);
        trainer = SmallTraining.Trainer(schedule: new WarmUp(3, new ReduceOnPlateau(0.05) { Watched = "recall" }));
        error = Assert.Throws<ArgumentException>(() => trainer.Fit(SmallTraining.Data(), SmallTraining.Options(1), Token));
        Assert.Contains("\"recall\"", error.Message, StringComparison.Ordinal);
    }

    /// <summary>The loss of the script rises, so each evaluation but the first lowers a rate once, however many places of the optimizer it has.</summary>
    [Fact]
    public void Two_schedules_do_not_share_what_they_remember_of_a_measure()
    {
        var one = new ReduceOnPlateau(0.5) { Patience = 1, Factor = 0.5 };
        Assert.Equal([0.5, 0.5, 0.25, 0.125], Fit(one, one));
        Assert.Equal([0.5, 0.5, 0.25, 0.125], Fit(one, one with { Watched = "scripted", Patience = 2 }));
        string error = Assert.Throws<ArgumentException>(() => Fit(one, new WarmUp(2, one with { Patience = 2 }))).Message;
        Assert.Contains("Expected one schedule that follows the validation loss, found 2: ", error, StringComparison.Ordinal);
        error = Assert.Throws<ArgumentException>(() => new ReduceOnPlateau(new WarmUp(2, one)) { Watched = "scripted" }).Message;
        Assert.Contains("Expected a schedule that does not follow the validation set itself, found WarmUp", error, StringComparison.Ordinal);

        static IEnumerable<double> Fit(Schedule rate, Schedule decay)
        {
            Dataset data = ScriptedTraining.Data(1);
            Trainer trainer = ScriptedTraining.Trainer(
                [1, 2, 3, 4, 5], optimizer: new Momentum { LearningRate = rate, Decay = decay }, metrics: ScriptedTraining.Metric([1, 1, 1, 1, 1], higherIsBetter: false));
            return trainer.Fit(data, new() { Epochs = 4, BatchSize = 1, Validation = data }, Token).Epochs.Select(epoch => epoch.LearningRate);
        }
    }

    [Theory]
    [InlineData(1, new[] { 1, 2, 3, 4, 5 })]
    [InlineData(2, new[] { 2, 4, 5 })]
    [InlineData(9, new[] { 5 })]
    public void Checkpoints_come_every_so_many_epochs_and_at_the_end(int every, int[] expected)
    {
        using var folder = new TemporaryFolder();
        string path = folder.PathOf("training");
        var saved = new List<int>();
        int known = 0;
        Trainer trainer = ScriptedTraining.Trainer([5, 4]);
        trainer.Fit(ScriptedTraining.Data(1), new() { Epochs = 5, BatchSize = 1, CheckpointPath = path, CheckpointEpochs = every, Progress = new Report(_ => Look()) }, Token);
        Look();
        Assert.Equal(expected, saved);

        void Look()
        {
            if (!File.Exists(path))
                return;
            Trainer loaded = ScriptedTraining.Trainer([5, 4]);
            Checkpoint.Load(path, loaded);
            if (loaded.EpochsDone != known)
                saved.Add(known = loaded.EpochsDone);
        }
    }

    [Fact]
    public void The_best_model_is_saved_when_it_is_found()
    {
        using var folder = new TemporaryFolder();
        string path = folder.PathOf("best");
        var weights = new List<float>();
        Trainer trainer = ScriptedTraining.Trainer([1.0], metrics: ScriptedTraining.Metric([5, 4, 6, 3, 7, 7], higherIsBetter: false));
        Dataset data = ScriptedTraining.Data(1);
        trainer.Fit(data, new()
        {
            Epochs = 6,
            BatchSize = 1,
            Validation = data,
            BestModelPath = path,
            EarlyStopping = new() { Patience = 10, Monitor = "scripted" },
            Callbacks = [Callback.AfterEpoch((_, _) => weights.Add(Saved()))],
        }, Token);
        Assert.Equal([1, 2, 2, 4, 4, 4], weights);
        var error = Assert.Throws<ArgumentException>(() => ScriptedTraining.Trainer([1.0]).Fit(data, new() { Epochs = 1, BatchSize = 1, BestModelPath = path }, Token));
        Assert.Contains(nameof(FitOptions.EarlyStopping), error.Message, StringComparison.Ordinal);

        float Saved()
        {
            Trainer fresh = ScriptedTraining.Trainer([1.0]);
            Checkpoint.Load(path, fresh.Model);
            return ScriptedTraining.Weight(fresh);
        }
    }

    [Fact]
    public void The_best_model_within_an_epoch_is_saved_when_it_is_found()
    {
        using var folder = new TemporaryFolder();
        string path = folder.PathOf("best");
        var weights = new List<float>();
        Trainer trainer = ScriptedTraining.Trainer([1.0], metrics: ScriptedTraining.Metric([5, 4, 6, 3, 7, 7], higherIsBetter: false));
        trainer.Fit(
            ScriptedTraining.Data(6), new()
            {
                Epochs = 1,
                BatchSize = 1,
                Validation = ScriptedTraining.Data(1),
                BestModelPath = path,
                EarlyStopping = new() { Patience = 10, Monitor = "scripted", StepsBetweenEvaluations = 1 },
                Callbacks = [Callback.AfterStep(_ => weights.Add(Saved()))],
            },
            Token);
        Assert.Equal([1, 2, 2, 4, 4, 4], weights);

        float Saved()
        {
            Trainer fresh = ScriptedTraining.Trainer([1.0]);
            Checkpoint.Load(path, fresh.Model);
            return ScriptedTraining.Weight(fresh);
        }
    }

    private sealed class Recorder(string name, List<string> calls) : Callback
    {
        public override void OnStepEnd(TrainingControl training) => calls.Add($"{name} step {training.Step} of {training.Epoch}");

        public override void OnEpochEnd(TrainingControl training, EpochRecord epoch) => calls.Add($"{name} epoch {epoch.Epoch}");

        public override void OnTrainingEnd(TrainingControl training, History history) => calls.Add($"{name} {history.StopReason}");
    }
}
