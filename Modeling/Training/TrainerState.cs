using Toolkit.Modeling.Data;
using Toolkit.Modeling.Optimizers;

namespace Toolkit.Modeling.Training;

/// <summary>Where a training stands: everything that must be saved to go on bit for bit, besides the parameters themselves.</summary>
internal sealed class TrainerState
{
    public TrainerState(DataLayout layout)
    {
        Layout = layout;
    }

    /// <summary>The shape of the examples that the computations were built for.</summary>
    public DataLayout Layout { get; set; }

    /// <summary>What the optimizer remembers.</summary>
    public OptimizerState Optimizer { get; } = new();

    /// <summary>The number of steps that have led to the parameters that the model has now.</summary>
    public long Steps => Optimizer.StepCounter.Value.Span<long>()[0];

    /// <summary>The epochs that are done.</summary>
    public List<EpochRecord> Epochs { get; } = [];

    /// <summary>The sums of the epoch that was begun; no steps if none was.</summary>
    public EpochTotals Totals { get; set; } = new(Measures.None);

    /// <summary>The seed of the order, if the examples are shuffled, the size of the batches of the epoch that was begun, and the axis by which they are sorted, or null.</summary>
    public (ulong? Seed, int BatchSize, string? BucketBy) Order { get; set; }

    /// <summary>What early stopping remembers.</summary>
    public BestSoFar Best { get; } = new();

    /// <summary>Everything from which training goes on, while the model shows the best parameters; null if it shows the last ones.</summary>
    public ParameterSnapshot? Continue { get; set; }

    /// <summary>Whether the training that has begun is the last: what belongs to the best parameters is not kept, so that nothing can go on from there.</summary>
    public bool IsFinal { get; set; }

    /// <summary>Refuses to go on from a training that was the last.</summary>
    /// <exception cref="InvalidOperationException">It was.</exception>
    public void RequireNotFinal()
    {
        if (IsFinal)
            throw new InvalidOperationException($"Expected a trainer that can go on, found one whose last {nameof(Trainer.Fit)} was final ({nameof(FitOptions)}.{nameof(FitOptions.IsFinal)}). Its model can be evaluated and saved.");
    }

    /// <summary>Lets the next training begin with a new epoch from the parameters that the model shows, the best ones after early stopping.</summary>
    public void GoOnFromHere()
    {
        Continue = null;
        Totals.Clear();
    }
}
