using Toolkit.Autograd.Graph;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Schedules;
using Toolkit.Modeling.Training;

namespace Toolkit.Modeling.Diagnostics;

/// <summary>
/// Looks for a learning rate: trains for some steps while the rate grows exponentially, and records the loss (the learning rate range test). The model has its own parameters again
/// afterwards, and the trainer is as it was. Source: Smith, "Cyclical learning rates for training neural networks", 2017, section 3.3.
/// </summary>
public sealed record LearningRateFinder
{
    /// <summary>The rate of the first step, above 0; 1e-7 by default.</summary>
    public double First { get; init => field = Settings.Positive(value); } = 1e-7;

    /// <summary>The rate of the last step, above 0; 10 by default.</summary>
    public double Last { get; init => field = Settings.Positive(value); } = 10.0;

    /// <summary>The number of steps, at least 10; 100 by default. Epochs follow one another until they are done.</summary>
    public int Steps { get; init => field = Settings.AtLeast(10, value); } = 100;

    /// <summary>How many examples a step learns from; 128 by default.</summary>
    public int BatchSize { get; init => field = Settings.AtLeastOne(value); } = 128;

    /// <summary>How much of the mean of the losses before stays with each step, from 0 (included) to 1 (excluded); 0.9 by default.</summary>
    public double Smoothing { get; init => field = Settings.Rate(value); } = 0.9;

    /// <summary>The test ends when the smoothed loss is this many times the least so far, above 1; 4 by default.</summary>
    public double Divergence
    {
        get;
        init => field = value > 1.0 && double.IsFinite(value) ? value : throw Settings.Wrong(nameof(value), nameof(Divergence), value, "a number above 1");
    } = 4.0;

    /// <summary>Runs the test.</summary>
    /// <param name="trainer">The training; its model, loss, optimizer, regularizers, constraints and precision are used, and its optimizer's own rate is not.</param>
    /// <param name="data">The training examples.</param>
    /// <returns>The losses by rate, and the rate that is suggested.</returns>
    /// <exception cref="ArgumentException"><see cref="Last"/> is not above <see cref="First"/>.</exception>
    /// <exception cref="DataException">The data are not what they should be, or the loss was not finite from the first step on.</exception>
    public LearningRateCurve Run(Trainer trainer, IDataSource data)
    {
        if (!(Last > First))
            throw new ArgumentException($"Expected {nameof(Last)} above {nameof(First)}, found {Last} and {First}.");
        var points = new List<LearningRatePoint>();
        var probe = new Trainer
        {
            Model = trainer.Model,
            Loss = trainer.Loss,
            Optimizer = new Probed(trainer.Optimizer, new ExponentialDecay(First, Last / First, Steps - 1)),
            Regularizers = trainer.Regularizers,
            Constraints = trainer.Constraints,
            Precision = trainer.Precision,
            Execution = trainer.Execution,
        };
        trainer.Alone(nameof(LearningRateFinder), () =>
        {
            IReadOnlyList<Field>? fields = trainer.Model.InputFields;
            probe.Prepare(data.Layout);
            var before = new ParameterSnapshot(trainer.Model.Parameters);
            double mean = 0.0, weight = 0.0, least = double.PositiveInfinity;
            try
            {
                return probe.Fit(data, new FitOptions
                {
                    Epochs = int.MaxValue,
                    Steps = Steps,
                    BatchSize = BatchSize,
                    Callbacks = [Callback.AfterStep(Record)],
                });
            }
            finally
            {
                before.Restore();
                trainer.Model.InputFields = fields;
            }

            void Record(TrainingControl training)
            {
                // The mean of what has been seen, each step counting less than the next: a moving mean that does not begin at 0.
                mean = (Smoothing * mean) + ((1.0 - Smoothing) * training.Loss);
                weight = (Smoothing * weight) + (1.0 - Smoothing);
                double smoothed = mean / weight;
                points.Add(new LearningRatePoint(training.LearningRate, training.Loss, smoothed));
                least = Math.Min(least, smoothed);
                if (smoothed > Divergence * least)
                    training.Stop("the loss has grown");
            }
        });
        return points.Count > 1 ? new LearningRateCurve(points)
            : throw new DataException($"Expected a loss that is finite for the smallest rate, {First}, found that it was not after {points.Count} steps.");
    }

    /// <summary>An optimizer whose learning rate is that of another schedule.</summary>
    private sealed record Probed(Optimizer Inner, Schedule Schedule) : Optimizer
    {
        public override IReadOnlyList<Update> Updates(IReadOnlyList<ParameterGradient> gradients, OptimizerState state)
        {
            Follow(state);
            return Inner.Updates(gradients, state);
        }

        public override Variable Rate(OptimizerState state)
        {
            Follow(state);
            return Inner.Rate(state);
        }

        // Optimizers have other schedules, too; that of the rate is what they ask for to report it.
        private void Follow(OptimizerState state)
        {
            var asked = new OptimizerState();
            Inner.Rate(asked);
            state.Follow(asked.Schedules.Single(), Schedule);
        }
    }
}
