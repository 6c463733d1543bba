using Toolkit.Modeling.Data;

namespace Toolkit.Modeling.Training;

/// <summary>Does the steps of a training.</summary>
internal abstract class StepRunner
{
    /// <summary>The mean loss of the last batch, without penalties.</summary>
    public double Loss { get; protected set; }

    /// <summary>The same with penalties.</summary>
    public double Objective { get; protected set; }

    /// <summary>The learning rate of the last step; null before the first.</summary>
    public double? Rate { get; protected set; }

    /// <summary>What all processes must agree on before the first step of a call, and when it ends.</summary>
    public virtual void Agree(IDataSource data, FitOptions options)
    {
    }

    /// <summary>Learns from a batch.</summary>
    public abstract void Run(Batch batch, CancellationToken cancellation);

    /// <summary>Adds what the last step has measured.</summary>
    public abstract void AddTo(MeasureTotals totals, int count);

    /// <summary>Whether the training is to end.</summary>
    public virtual bool IsCancelled(CancellationToken cancellation) => cancellation.IsCancellationRequested;

    /// <summary>Saves a checkpoint.</summary>
    public virtual void Save(Action save) => save();
}
