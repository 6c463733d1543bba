using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Modeling.Losses;

/// <summary>One task of a <see cref="MultiTask"/> loss: a stretch of the model's outputs, and of the targets.</summary>
/// <param name="Loss">The loss of the task; it takes targets of real numbers, or labels where <see cref="IsLabel"/> says so.</param>
/// <param name="Outputs">How many outputs of the model belong to the task.</param>
/// <param name="Targets">How many numbers of the target belong to it.</param>
/// <param name="Weight">Its weight in the sum, at least 0; 1 by default.</param>
/// <exception cref="ArgumentOutOfRangeException">The weight is negative, or there are no outputs or targets.</exception>
public sealed record LearningTask(Loss Loss, int Outputs, int Targets, double Weight = 1.0)
{
    /// <summary>How many outputs of the model belong to the task, at least 1.</summary>
    public int Outputs { get; init => field = Settings.AtLeastOne(value); } = Settings.AtLeastOne(Outputs);

    /// <summary>How many numbers of the target belong to it, at least 1.</summary>
    public int Targets { get; init => field = Settings.AtLeastOne(value); } = Settings.AtLeastOne(Targets);

    /// <summary>Whether the one target of the task is the number of a class, for losses on labels; false by default.</summary>
    public bool IsLabel { get; init; }

    /// <summary>Its weight in the sum, at least 0.</summary>
    public double Weight { get; init => field = Settings.NotNegative(value); } = Settings.NotNegative(Weight);
}

/// <summary>
/// The sum of the losses of several tasks on a shared trunk, Σ wₜ·Jₜ, each a mean over the examples that have a target for it (see <see cref="LabelledOnly"/>). With <see cref="LearnWeights"/> the model gives, after the outputs of all tasks,
/// one number sₜ for each (from a <see cref="Toolkit.Modeling.Modules.SharedOutputs"/> layer, so that they do not depend on the example), and
/// the sum is Σ e^(−sₜ)·Jₜ + sₜ. Source: book section 7.7; Kendall, Gal, Cipolla, "Multi-task learning using uncertainty to weigh losses", 2018,
/// whose sₜ is the logarithm of the variance, with a factor of ½ left out.
/// </summary>
/// <remarks>Prediction: [batch, outputs of all tasks], in the order of the tasks. Target: real numbers [batch, targets of all tasks]; the class
/// of a task of labels is a whole number from 0 to its classes − 1, or −1 for none where its loss takes that. The loss of an example with another class is NaN.</remarks>
public sealed record MultiTask : ComposedLoss
{
    /// <summary>A sum over tasks.</summary>
    /// <param name="tasks">The tasks, at least one.</param>
    /// <exception cref="ArgumentException">There are none.</exception>
    public MultiTask(params ReadOnlySpan<LearningTask> tasks)
    {
        if (tasks.IsEmpty)
            throw new ArgumentException("Expected at least one task, found none.", nameof(tasks));
        Tasks = tasks.ToArray();
    }

    /// <summary>The tasks.</summary>
    public IReadOnlyList<LearningTask> Tasks { get; }

    /// <summary>Whether the model gives the weights of the tasks; false by default.</summary>
    public bool LearnWeights { get; init; }

    /// <inheritdoc/>
    public override IReadOnlyList<LossTerm> Terms(Variable prediction, Variable target)
    {
        int outputs = Tasks.Sum(task => task.Outputs);
        Modeling.Targets.Columns(nameof(MultiTask), prediction, outputs + (LearnWeights ? Tasks.Count : 0));
        Modeling.Targets.Columns($"{nameof(MultiTask)} (target)", target, Tasks.Sum(task => task.Targets));
        var terms = new List<LossTerm>();
        int output = 0, number = 0;
        for (int t = 0; t < Tasks.Count; t++)
        {
            LearningTask task = Tasks[t];
            Variable own = prediction.Slice(1, output, output + task.Outputs), y = target.Slice(1, number, number + task.Targets);
            if (task.IsLabel && task.Targets != 1)
                throw new ShapeException($"{nameof(MultiTask)} expects one target for a task of labels, found {task.Targets}.");
            IReadOnlyList<LossTerm> parts = task.IsLabel
                ? LabelTerms.Of(task.Loss, own, y.Reshape([target.Shape[0]]), task.Outputs)
                : task.Loss.Terms(own, y);
            Variable? s = LearnWeights ? prediction.Slice(1, outputs + t, outputs + t + 1).Reshape([prediction.Shape[0]]) : null;
            for (int part = 0; part < parts.Count; part++)
            {
                bool first = part == 0;
                terms.Add(parts[part].Map(loss =>
                {
                    Variable weighted = task.Weight * loss;
                    // A loss of several terms has one weight, which is paid for once.
                    return s is null ? weighted : first ? ((-s).Exp() * weighted) + s : (-s).Exp() * weighted;
                }));
            }

            output += task.Outputs;
            number += task.Targets;
        }

        return terms;
    }

    /// <inheritdoc/>
    protected internal override string? TargetFault(ReadOnlySpan<float> target, int outputs)
    {
        int number = 0;
        for (int t = 0; t < Tasks.Count; t++)
        {
            LearningTask task = Tasks[t];
            ReadOnlySpan<float> own = target.Slice(number, task.Targets);
            string? fault = task.IsLabel ? LabelTerms.Fault(task.Loss, own[0], task.Outputs) : task.Loss.TargetFault(own, task.Outputs);
            if (fault is not null)
                return $"{fault} for task {t} (counted from 0)";
            number += task.Targets;
        }

        return null;
    }
}
