namespace Toolkit.Modeling.Training;

/// <summary>Where a training stands.</summary>
/// <param name="Epoch">The epoch that is running or has just ended, from 1.</param>
/// <param name="Epochs">The last epoch that is planned.</param>
/// <param name="Step">How many steps of the epoch are done.</param>
/// <param name="Loss">The mean loss of the epoch so far; NaN while no example has counted (see <see cref="Data.DataLayout.HasWeights"/>).</param>
/// <param name="Completed">What the epoch has brought, if it has just ended; otherwise null.</param>
public sealed record TrainingProgress(int Epoch, int Epochs, long Step, double Loss, EpochRecord? Completed);
