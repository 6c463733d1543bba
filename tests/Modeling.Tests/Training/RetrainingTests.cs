using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Persistence;
using Toolkit.Modeling.Schedules;
using Toolkit.Modeling.Training;

namespace Toolkit.Modeling.Tests.Training;

/// <summary>Book section 7.8, algorithms 7.2 and 7.3, on scripted losses.</summary>
public sealed class RetrainingTests
{
    private static readonly double[] Script = [5, 4, 4, 3, 3.5, 3.2, 3.1, 2.9];
    private readonly FitOptions options = new() { Epochs = 20, BatchSize = 1, EarlyStopping = new() { Patience = 3 } };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>A4.3.</summary>
    [Fact]
    public void Algorithm_7_2_begins_anew_for_the_best_number_of_epochs()
    {
        RetrainingResult result = Retraining.FromScratch(
            () => ScriptedTraining.Trainer(Script), ScriptedTraining.Data(1), ScriptedTraining.Data(1), ScriptedTraining.Data(3), options, Token);
        Assert.Equal(4, result.Selection.BestEpoch);
        Assert.Equal(7, result.Selection.Epochs.Count);
        Assert.Equal(4, result.Final!.Epochs.Count);
        // Four epochs of three examples from 0, not from where the first training stood.
        Assert.Equal(12f, ScriptedTraining.Weight(result.Trainer));
        Assert.Null(result.TargetReached);
    }

    /// <summary>Where early stopping counts steps, so does the second training: 8 steps of the larger set, not 8 epochs or the passes of the first one.</summary>
    [Fact]
    public void Algorithm_7_2_counts_steps_where_early_stopping_does()
    {
        FitOptions counted = options with { EarlyStopping = new() { Patience = 3, StepsBetweenEvaluations = 2 } };
        RetrainingResult result = Retraining.FromScratch(
            () => ScriptedTraining.Trainer(Script, stepsPerEpoch: 2), ScriptedTraining.Data(3), ScriptedTraining.Data(1), ScriptedTraining.Data(5), counted, Token);
        Assert.Equal((8L, 14L), (result.Selection.BestStep, result.Selection.StepsTaken));
        Assert.Equal(8f, ScriptedTraining.Weight(result.Trainer));
        Assert.Equal((8L, 1), (result.Final!.StepsTaken, result.Final.Epochs.Count));
    }

    /// <summary>One who stops the first training does not want the second, and one who stops each step of the second would wait for ever.</summary>
    [Fact]
    public void A_callback_that_stops_ends_both_algorithms()
    {
        FitOptions stopped = options with { Callbacks = [Callback.AfterStep(training => Stop(training, 5))] };
        RetrainingResult result = Retraining.FromScratch(
            () => ScriptedTraining.Trainer(Script), ScriptedTraining.Data(1), ScriptedTraining.Data(1), ScriptedTraining.Data(3), stopped, Token);
        Assert.Equal((StopReason.Stopped, null), (result.Selection.StopReason, result.Final));
        stopped = options with { Callbacks = [Callback.AfterStep(training => Stop(training, 8))] };
        result = Retraining.Continue(ScriptedTraining.Trainer(Script), ScriptedTraining.Data(1), ScriptedTraining.Data(1), ScriptedTraining.Data(9), limit: 5, stopped, Token);
        Assert.Equal((StopReason.EarlyStopped, StopReason.Stopped), (result.Selection.StopReason, result.Final!.StopReason));
        Assert.Equal(8f, ScriptedTraining.Weight(result.Trainer));

        static void Stop(TrainingControl training, int step)
        {
            if (training.Step >= step)
                training.Stop("enough");
        }
    }

    [Fact]
    public void The_best_model_is_that_of_the_first_training()
    {
        using var folder = new TemporaryFolder();
        string path = folder.PathOf("best");
        Retraining.FromScratch(
            () => ScriptedTraining.Trainer(Script), ScriptedTraining.Data(1), ScriptedTraining.Data(1), ScriptedTraining.Data(3), options with { BestModelPath = path }, Token);
        Trainer loaded = ScriptedTraining.Trainer(Script);
        Checkpoint.Load(path, loaded.Model);
        Assert.Equal(4f, ScriptedTraining.Weight(loaded));
    }

    [Fact]
    public void A_rate_that_follows_held_out_examples_is_refused_before_anything_is_trained()
    {
        Trainer trainer = ScriptedTraining.Trainer(Script, optimizer: new Sgd { LearningRate = new ReduceOnPlateau(1) });
        var error = Assert.Throws<ArgumentException>(() => Retraining.FromScratch(
            () => trainer, ScriptedTraining.Data(1), ScriptedTraining.Data(1), ScriptedTraining.Data(3), options, Token));
        Assert.Contains("found ReduceOnPlateau", error.Message, StringComparison.Ordinal);
        Assert.Equal(0f, ScriptedTraining.Weight(trainer));
    }

    /// <summary>The second training begins with what the optimizer remembered at the best parameters: the counter of steps goes on from 4.</summary>
    [Fact]
    public void Algorithm_7_3_goes_on_with_the_memory_of_the_best_parameters()
    {
        RetrainingResult result = Continue(limit: 2, Token);
        Assert.Equal(6, result.Trainer.Parameters.Single(p => p.Name == "optimizer.step").Value.Span<long>()[0]);
    }

    [Fact]
    public void A_first_training_that_diverges_is_not_followed_by_a_second()
    {
        RetrainingResult result = Retraining.FromScratch(
            () => ScriptedTraining.Trainer([5, double.NaN]), ScriptedTraining.Data(1), ScriptedTraining.Data(1), ScriptedTraining.Data(2), options, Token);
        Assert.Equal(StopReason.Diverged, result.Selection.StopReason);
        Assert.Null(result.Final);
        Assert.Equal(1f, ScriptedTraining.Weight(result.Trainer));
    }

    /// <summary>A4.3.</summary>
    [Fact]
    public void Algorithm_7_3_goes_on_from_the_best_parameters_to_the_loss_that_training_had()
    {
        RetrainingResult result = Continue(limit: 50, Token);
        Assert.Equal(8f, ScriptedTraining.Weight(result.Trainer));
        Assert.True(result.TargetReached);
        Assert.Equal(7 + 4, result.Final!.Epochs.Count);
    }

    /// <summary>A4.3.</summary>
    [Fact]
    public void Algorithm_7_3_ends_at_its_limit_when_the_loss_is_never_reached()
    {
        RetrainingResult result = Continue(limit: 2, Token);
        Assert.Equal(6f, ScriptedTraining.Weight(result.Trainer));
        Assert.False(result.TargetReached);
        Assert.Throws<ArgumentOutOfRangeException>(() => Continue(limit: 0, Token));
    }

    [Fact]
    public void A_cancelled_selection_is_not_followed_by_a_second_training()
    {
        RetrainingResult result = Continue(limit: 2, new CancellationToken(canceled: true));
        Assert.Null(result.Final);
        Assert.Equal(StopReason.Cancelled, result.Selection.StopReason);
    }

    [Fact]
    public void A_trainer_that_was_used_is_refused()
    {
        Trainer one = ScriptedTraining.Trainer(Script);
        Assert.Throws<ArgumentException>(() => Retraining.FromScratch(
            () => one, ScriptedTraining.Data(1), ScriptedTraining.Data(1), ScriptedTraining.Data(2), options, Token));
    }

    private RetrainingResult Continue(int limit, CancellationToken token) => Retraining.Continue(
        ScriptedTraining.Trainer(Script), ScriptedTraining.Data(1), ScriptedTraining.Data(1), ScriptedTraining.Data(1), limit, options, token);
}
