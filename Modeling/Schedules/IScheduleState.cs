using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Modeling.Schedules;

/// <summary>What a schedule may read and remember in a training. Checkpoints hold it.</summary>
internal interface IScheduleState
{
    /// <summary>The number of steps done before this one, an int64 scalar: 0 for the first.</summary>
    Variable Step { get; }

    /// <summary>Something that is remembered, under its full name. Asked for again, it is the same one.</summary>
    /// <param name="name">The name.</param>
    /// <param name="initial">Its value before the first step.</param>
    Parameter Number(string name, Value initial);
}
