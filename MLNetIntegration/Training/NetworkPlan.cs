using Toolkit.Autograd.Graph;
using Toolkit.Modeling.Constraints;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Regularizers;

namespace Toolkit.MLNetIntegration.Training;

/// <summary>A network and what it minimizes.</summary>
public sealed record NetworkPlan
{
    /// <summary>The network, from [batch, features] to what <see cref="Loss"/> expects.</summary>
    public required Module Model { get; init; }

    /// <summary>What is made small. Its targets are class labels (int64) for a key or Boolean label, otherwise numbers.</summary>
    public required Loss Loss { get; init; }

    /// <summary>Terms that are added to the loss; none by default.</summary>
    public IReadOnlyList<Regularizer> Regularizers { get; init => field = [.. value]; } = [];

    /// <summary>Sets to which parameters are projected back after each step; none by default.</summary>
    public IReadOnlyList<Constraint> Constraints { get; init => field = [.. value]; } = [];

    /// <summary>What makes the score column of the network's output, such as <c>x => x.Softmax()</c>; null (the default) for the output as it is.</summary>
    public Func<Variable, Variable>? Score { get; init; }
}
