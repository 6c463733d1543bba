using Toolkit.Modeling.Data;
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

    private static (History History, float Weight) Run(double[] script, int patience, int epochs)
    {
        Trainer trainer = ScriptedTraining.Trainer(script);
        Dataset data = ScriptedTraining.Data(1);
        History history = trainer.Fit(data, new() { Epochs = epochs, Validation = data, EarlyStopping = new() { Patience = patience } }, Token);
        return (history, ScriptedTraining.Weight(trainer));
    }
}
