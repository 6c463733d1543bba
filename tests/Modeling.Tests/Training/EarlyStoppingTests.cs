using Toolkit.Modeling.Data;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Persistence;
using Toolkit.Modeling.Schedules;
using Toolkit.Modeling.Training;

namespace Toolkit.Modeling.Tests.Training;

/// <summary>Book section 7.8, algorithm 7.1.</summary>
public sealed class EarlyStoppingTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>A4.3: the trace with one step between evaluations; a tie is no improvement.</summary>
    [Fact]
    public void The_best_parameters_come_back_and_ties_are_no_improvement()
    {
        // The one weight grows by 1 with each epoch; the validation targets make its errors what the script says.
        double[] script = [5, 4, 4, 3, 3.5, 3.2, 3.1];
        (History history, float weight) = Run(script, patience: 3, epochs: 20);
        Assert.Equal(StopReason.EarlyStopped, history.StopReason);
        Assert.Equal(4, history.BestEpoch);
        Assert.Equal(7, history.Epochs.Count);
        Assert.Equal(script, history.Epochs.Select(e => Math.Round(e.Validation!.Loss, 4)));
        Assert.Equal(4f, weight);
    }

    [Fact]
    public void A_run_that_keeps_improving_ends_with_its_last_parameters()
    {
        (History history, float weight) = Run([5, 4, 3, 2], patience: 2, epochs: 4);
        Assert.Equal(StopReason.Completed, history.StopReason);
        Assert.Equal(4, history.BestEpoch);
        Assert.Equal(4f, weight);
    }

    [Fact]
    public void A_measure_that_nobody_computes_is_refused()
    {
        var error = Assert.Throws<ArgumentException>(() => SmallTraining.Trainer().Fit(
            SmallTraining.Data(), SmallTraining.Options(3) with { EarlyStopping = new() { Monitor = "recall" } }, Token));
        Assert.Contains("recall", error.Message, StringComparison.Ordinal);
        Assert.Contains("accuracy", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => SmallTraining.Trainer().Fit(
            SmallTraining.Data(), SmallTraining.Options(3) with { Validation = null, EarlyStopping = new() }, Token));
    }

    /// <summary>A4.3: with two steps between evaluations, i* = 8 and the training ends at step 14.</summary>
    [Fact]
    public void With_two_steps_between_evaluations_the_best_step_is_the_eighth()
    {
        var trainer = ScriptedTraining.Trainer([5, 4, 4, 3, 3.5, 3.2, 3.1], stepsPerEpoch: 2);
        Dataset data = ScriptedTraining.Data(2);
        History history = trainer.Fit(data, new() { Epochs = 20, BatchSize = 1, Validation = data, EarlyStopping = new() { Patience = 3 } }, Token);
        Assert.Equal(8f, ScriptedTraining.Weight(trainer));
        Assert.Equal(14, history.Epochs.Sum(e => e.Examples));
    }

    /// <summary>Book algorithm 7.1 line by line, in both directions, against scripts of random numbers: n steps between evaluations, whatever the epochs are.</summary>
    [Theory]
    [InlineData(1, 3, 0.0, 5)]
    [InlineData(1, 2, 0.3, 3)]
    [InlineData(2, 3, 0.0, 5)]
    [InlineData(3, 2, 0.1, 4)]
    [InlineData(4, 1, 0.0, 3)]
    [InlineData(5, 2, 0.0, 2)]
    public void Algorithm_7_1_counts_n_steps_between_evaluations(int n, int p, double improvement, int stepsPerEpoch)
    {
        const int Epochs = 12;
        for (int seed = 0; seed < 8; seed++)
        {
            var random = new RandomSource((ulong)seed);
            double[] script = [.. Enumerable.Range(0, Epochs * stepsPerEpoch).Select(_ => Math.Round(random.NextDouble(), 2))];
            foreach (bool higher in new[] { true, false })
            {
                (int best, int end) = Algorithm(script, n, p, improvement, higher);
                Trainer trainer = ScriptedTraining.Trainer([1.0], metrics: ScriptedTraining.Metric(script, higher));
                History history = trainer.Fit(ScriptedTraining.Data(stepsPerEpoch), new()
                {
                    Epochs = Epochs,
                    BatchSize = 1,
                    Validation = ScriptedTraining.Data(2),
                    EarlyStopping = new() { Monitor = "scripted", Patience = p, MinimumImprovement = improvement, StepsBetweenEvaluations = n },
                }, Token);
                Assert.Equal((best, end), ((int)history.BestStep!.Value, (int)history.StepsTaken));
                Assert.Equal(best, ScriptedTraining.Weight(trainer));
                Assert.Equal(((best - 1) / stepsPerEpoch) + 1, history.BestEpoch);
                Assert.Equal(end / stepsPerEpoch, history.Epochs.Count);
            }
        }

        static (int Best, int End) Algorithm(double[] script, int n, int p, double improvement, bool higher)
        {
            int i = 0, j = 0, best = 0;
            double v = higher ? double.NegativeInfinity : double.PositiveInfinity;
            while (j < p && i + n <= script.Length)
            {
                i += n;
                double now = (float)script[i - 1];
                if (higher ? now - v > improvement : v - now > improvement)
                    (j, best, v) = (0, i, now);
                else
                    j++;
            }

            return (best, j < p ? script.Length : i);
        }
    }

    /// <summary>Where it is watched after each epoch, an accuracy that rises and falls, an error that does, and the loss.</summary>
    [Theory]
    [InlineData(true, 0.0, 3, 5)]
    [InlineData(false, 0.0, 1, 3)]
    [InlineData(true, 0.15, 3, 5)]
    [InlineData(true, 0.25, 1, 3)]
    public void A_metric_is_followed_in_its_own_direction(bool higher, double improvement, int best, int epochs)
    {
        double[] script = [0.5, 0.6, 0.7, 0.65, 0.55, 0.4, 0.3, 0.2];
        Trainer trainer = ScriptedTraining.Trainer([9, 8, 7, 6, 5, 4, 3, 2], metrics: ScriptedTraining.Metric(script, higher));
        Dataset data = ScriptedTraining.Data(1);
        History history = trainer.Fit(data, new()
        {
            Epochs = 8,
            Validation = data,
            EarlyStopping = new() { Monitor = "scripted", Patience = 2, MinimumImprovement = improvement },
        }, Token);
        Assert.Equal(StopReason.EarlyStopped, history.StopReason);
        Assert.Equal(best, history.BestEpoch);
        Assert.Equal(epochs, history.Epochs.Count);
        Assert.Equal(best, ScriptedTraining.Weight(trainer));
    }

    /// <summary>Each gain is below the least that counts, until together they are above it.</summary>
    [Fact]
    public void Small_gains_count_when_they_add_up_to_the_least_improvement()
    {
        double[] script = [5, 4.8, 4.6, 4.4, 4.2, 4.1, 4.05, 4.02, 3.7];
        Trainer trainer = ScriptedTraining.Trainer(script);
        Dataset data = ScriptedTraining.Data(1);
        FitOptions options = new() { Epochs = 9, Validation = data, EarlyStopping = new() { Patience = 3, MinimumImprovement = 0.5 } };
        History history = trainer.Fit(data, options, Token);
        Assert.Equal((4, 7), (history.BestEpoch, history.Epochs.Count));
        Assert.Equal(4f, ScriptedTraining.Weight(trainer));
        // More patience goes on from the last parameters, not from the best, and remembers what was the best.
        History more = trainer.Fit(data, options with { EarlyStopping = new() { Patience = 6, MinimumImprovement = 0.5 } }, Token);
        Assert.Equal((9, 9), (more.BestEpoch, more.Epochs.Count));
        Assert.Equal(9f, ScriptedTraining.Weight(trainer));
        Assert.Equal(2, more.StepsTaken);
    }

    /// <summary>What belongs to the best parameters comes back with them: after k steps the average of 1 to k with decay ½, and the counter of steps.</summary>
    [Fact]
    public void Averages_and_the_memory_of_the_optimizer_come_back_with_the_best_parameters()
    {
        double[] script = [5, 4, 4, 3, 3.5, 3.2, 3.1];
        Trainer trainer = ScriptedTraining.Trainer(script, optimizer: new Averaged(0.5, new Momentum { LearningRate = 1, Decay = 0 }));
        Dataset data = ScriptedTraining.Data(1);
        FitOptions options = new() { Epochs = 20, Validation = data, EarlyStopping = new() { Patience = 3 } };
        trainer.Fit(data, options, Token);
        double average = 1;
        for (int k = 2; k <= 4; k++)
            average = (0.5 * average) + (0.5 * k);
        Assert.Equal(4, trainer.Parameters.Single(p => p.Name == "optimizer.step").Value.Span<long>()[0]);
        Averaged.Swap(trainer.Parameters);
        Assert.Equal(average, ScriptedTraining.Weight(trainer), 1e-6);
        Averaged.Swap(trainer.Parameters);
        Assert.Equal(4f, ScriptedTraining.Weight(trainer));

        // Going on, the average of 7 steps goes on with the 7 steps.
        trainer.Fit(data, options with { Epochs = 8, EarlyStopping = null }, Token);
        for (int k = 5; k <= 8; k++)
            average = (0.5 * average) + (0.5 * k);
        Averaged.Swap(trainer.Parameters);
        Assert.Equal(average, ScriptedTraining.Weight(trainer), 1e-6);
    }

    /// <summary>A callback changes the rate behind each epoch. Weights are 1, 3, 4 (the best), 6 and 7; the rate that belongs to the best is that of its epoch.</summary>
    [Fact]
    public void A_callback_behind_the_best_epoch_does_not_change_what_was_best()
    {
        Trainer trainer = ScriptedTraining.Trainer([5, 9, 4, 3, 9, 3.5, 3.2], optimizer: new Sgd { LearningRate = new AdjustableRate(1) });
        Dataset data = ScriptedTraining.Data(1);
        TrainingControl? control = null;
        History history = trainer.Fit(
            data, new()
            {
                Epochs = 20,
                Validation = data,
                EarlyStopping = new() { Patience = 2 },
                Callbacks = [Callback.AfterEpoch((training, epoch) => (control = training).LearningRateFactor = epoch.Epoch % 2 == 1 ? 2 : 1)],
            },
            Token);
        Assert.Equal((3, 5), (history.BestEpoch, history.Epochs.Count));
        Assert.Equal((4f, 1.0), (ScriptedTraining.Weight(trainer), control!.LearningRateFactor));

        // Going on begins with the last weights and the rate behind them, 7 and 2.
        trainer.Fit(data, new() { Epochs = 6 }, Token);
        Assert.Equal(9f, ScriptedTraining.Weight(trainer));
    }

    /// <summary>What a divergence would go back to is the best there is while the validation loss falls; one copy more holds the last parameters when it does not.</summary>
    [Theory]
    [InlineData(new[] { 5.0, 4, 3, 2, 1 }, 1)]
    [InlineData(new[] { 5, 4, 4, 3, 3.5, 3.2, 3.1 }, 2)]
    public void Parameters_are_copied_as_often_as_needed(double[] script, int copies)
    {
        const int Bytes = 16 << 20;
        Trainer trainer = ScriptedTraining.Trainer(Bytes / sizeof(float), script);
        Dataset data = ScriptedTraining.Data(1);
        trainer.Compile(data.Layout);
        long before = GC.GetAllocatedBytesForCurrentThread();
        trainer.Fit(data, new() { Epochs = script.Length, Validation = data, EarlyStopping = new() { Patience = 3 } }, Token);
        Assert.Equal(copies, (GC.GetAllocatedBytesForCurrentThread() - before) / Bytes);
    }

    [Fact]
    public void A_checkpoint_keeps_the_best_parameters_in_the_model_and_the_last_ones_to_go_on_from()
    {
        using var folder = new TemporaryFolder();
        string file = folder.PathOf("training.ckpt");
        double[] script = [5, 4, 4, 3, 3.5, 3.2, 3.1];
        Dataset data = ScriptedTraining.Data(1);
        FitOptions options = new() { Epochs = 20, Validation = data, EarlyStopping = new() { Patience = 3 }, CheckpointPath = file };
        ScriptedTraining.Trainer(script).Fit(data, options, Token);
        Trainer loaded = ScriptedTraining.Trainer(script);
        loaded.Prepare(data.Layout);
        Checkpoint.Load(file, loaded);
        Assert.Equal((4f, 7), (ScriptedTraining.Weight(loaded), loaded.EpochsDone));
        History nothing = loaded.Fit(data, options with { CheckpointPath = null }, Token);
        Assert.Equal((StopReason.EarlyStopped, 0L, 4L), (nothing.StopReason, nothing.StepsTaken, nothing.BestStep));
        Assert.Contains(nameof(EarlyStopping.Patience), nothing.StopMessage, StringComparison.Ordinal);
        loaded.Fit(data, options with { Epochs = 9, EarlyStopping = null, CheckpointPath = null }, Token);
        Assert.Equal(9f, ScriptedTraining.Weight(loaded));
    }

    private static (History History, float Weight) Run(double[] script, int patience, int epochs)
    {
        Trainer trainer = ScriptedTraining.Trainer(script);
        Dataset data = ScriptedTraining.Data(1);
        History history = trainer.Fit(data, new() { Epochs = epochs, Validation = data, EarlyStopping = new() { Patience = patience } }, Token);
        return (history, ScriptedTraining.Weight(trainer));
    }
}
