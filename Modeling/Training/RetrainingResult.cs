namespace Toolkit.Modeling.Training;

/// <summary>How a training with early stopping and the one on all examples after it went.</summary>
/// <param name="Trainer">The trainer whose model has learned from all examples; after a cancellation or divergence of the first training, that one.</param>
/// <param name="Selection">The training with early stopping.</param>
/// <param name="Final">The training on all examples; null if the first one was cancelled or diverged.</param>
/// <param name="TargetReached">Algorithm 7.3: whether the loss of the held-out examples came down to the loss of the others; null where there is no such
/// target.</param>
public sealed record RetrainingResult(Trainer Trainer, History Selection, History? Final, bool? TargetReached);
