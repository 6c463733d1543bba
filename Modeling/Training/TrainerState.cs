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

    /// <summary>The epochs that are done.</summary>
    public List<EpochRecord> Epochs { get; } = [];

    /// <summary>The sums of the epoch that was begun; no steps if none was.</summary>
    public EpochTotals Totals { get; set; } = new([]);

    /// <summary>The seed of the order, if the examples are shuffled, and the size of the batches of the epoch that was begun.</summary>
    public (ulong? Seed, int BatchSize) Order { get; set; }

    /// <summary>Early stopping: the best value so far, the epoch that had it, and the parameters of the model then.</summary>
    public double BestValue { get; set; } = double.NaN;

    public int BestEpoch { get; set; }

    public ParameterSnapshot? Best { get; set; }

    /// <summary>The measure that <see cref="BestValue"/> is of.</summary>
    public string Monitor { get; set; } = "";

    /// <summary>The parameters of the model from which training goes on, while the model shows the best ones; null if it shows them
    /// itself.</summary>
    public ParameterSnapshot? Continue { get; set; }
}
