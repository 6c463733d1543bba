using System.Globalization;
using Toolkit.Modeling.Schedules;

namespace Toolkit.Modeling.Training;

/// <summary>Measures the validation set during a training, and keeps what was best on it. Source: book algorithm 7.1.</summary>
internal sealed class Watch
{
    private readonly Trainer trainer;
    private readonly FitOptions options;
    private readonly TrainerState state;
    private (long Step, Evaluation Evaluation)? measured;

    public Watch(Trainer trainer, FitOptions options)
    {
        this.trainer = trainer;
        this.options = options;
        state = trainer.State;
        if (options.EarlyStopping is { } stopping && state.Best.Monitor != stopping.Monitor)
            state.Best.Begin(stopping.Monitor);
    }

    /// <summary>n: the number of steps between two evaluations that early stopping watches; null for one after each epoch, or for none.</summary>
    public int? Interval => options.EarlyStopping?.StepsBetweenEvaluations;

    /// <summary>Why early stopping ends the training now, or null.</summary>
    public string? Exhausted => options.EarlyStopping is { } stopping && state.Best.Waited >= stopping.Patience
        ? string.Create(CultureInfo.InvariantCulture, $"The validation {stopping.Monitor} has not improved for {state.Best.Waited} {Unit}.")
        : null;

    private string Unit => Interval is { } n ? string.Create(CultureInfo.InvariantCulture, $"evaluations, one every {n} steps") : "epochs";

    /// <summary>Loss and metrics of the validation set at the present parameters, measured once per step; null if there is no such set.</summary>
    public Evaluation? Measure()
    {
        if (options.Validation is not { } examples)
            return null;
        if (measured?.Step != state.Steps)
            measured = (state.Steps, trainer.Evaluate(examples, options.ValidationBatchSize));
        return measured.Value.Evaluation;
    }

    /// <summary>What of an evaluation is not a number to go by, in words; null if all is well.</summary>
    public static string? Fault(Evaluation? evaluation)
    {
        if (evaluation is null)
            return null;
        if (!double.IsFinite(evaluation.Loss))
            return string.Create(CultureInfo.InvariantCulture, $"the validation loss is {evaluation.Loss}");
        string? metric = evaluation.Metrics.FirstOrDefault(pair => double.IsNaN(pair.Value)).Key;
        return metric is null ? null : $"the validation {metric} is NaN";
    }

    /// <summary>Keeps the present parameters, with all that belongs to them, and holds on to them if the watched value is the best so far.</summary>
    /// <param name="evaluation">What was measured.</param>
    /// <param name="epoch">In which epoch, from 1.</param>
    /// <param name="good">Keeps the present parameters.</param>
    public void See(Evaluation evaluation, int epoch, CheckedState good)
    {
        EarlyStopping stopping = options.EarlyStopping!;
        BestSoFar best = state.Best;
        double value = evaluation[stopping.Monitor];
        bool higher = HigherIsBetter(stopping.Monitor);
        double improvement = higher ? value - best.Value : best.Value - value;
        if (best.Parameters is not null && !(improvement > stopping.MinimumImprovement))
        {
            best.Waited++;
            good.Keep();
            return;
        }

        (best.Value, best.Epoch, best.Step, best.Waited) = (value, epoch, state.Steps, 0);
        // Those that were the best may be overwritten.
        best.Parameters = null;
        good.Keep();
        best.Parameters = good.Parameters;
    }

    /// <summary>Tells the schedules that follow the validation set what it has brought.</summary>
    public void Tell(Evaluation evaluation)
    {
        foreach (Schedule schedule in state.Optimizer.Schedules)
        {
            if (schedule.Monitor is { } monitor)
                schedule.Observe(state.Optimizer, evaluation[monitor], HigherIsBetter(monitor));
        }
    }

    private bool HigherIsBetter(string monitor) =>
        monitor != "loss" && trainer.Metrics.First(metric => MeasureNames.Comparer.Equals(metric.FullName, monitor)).HigherIsBetter;
}
