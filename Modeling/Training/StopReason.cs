namespace Toolkit.Modeling.Training;

/// <summary>Why a training ended.</summary>
public enum StopReason
{
    /// <summary>All epochs were done.</summary>
    Completed,

    /// <summary>The monitored measure did not improve for as long as the patience allows.</summary>
    EarlyStopped,

    /// <summary>The caller asked to stop.</summary>
    Cancelled,

    /// <summary>The loss, a parameter, something that the optimizer or a layer remembers, or a measure on the validation set became NaN or infinite.</summary>
    Diverged,

    /// <summary>A callback asked to stop.</summary>
    Stopped,
}
