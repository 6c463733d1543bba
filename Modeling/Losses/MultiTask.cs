using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Modules;

namespace Toolkit.Modeling.Losses;

/// <summary>One task of a <see cref="MultiTask"/> loss.</summary>
/// <param name="Name">The name of the model's output for the task, and of the target.</param>
/// <param name="Loss">The loss of the task.</param>
/// <param name="Weight">Its weight in the sum, at least 0; 1 by default.</param>
/// <exception cref="ArgumentOutOfRangeException">The weight is negative or not finite.</exception>
public sealed record LearningTask(string Name, Loss Loss, double Weight = 1.0)
{
    /// <summary>Its weight in the sum, at least 0.</summary>
    public double Weight { get; init => field = Settings.NotNegative(value); } = Settings.NotNegative(Weight);
}

/// <summary>
/// The sum of the losses of several tasks on a shared trunk, Σ wₜ·Jₜ, each a mean over the examples that have a target for it (see <see cref="LabelledOnly"/>): a
/// <see cref="SumOfLosses"/> whose weights may be learned. With <see cref="LearnWeights"/> the model gives one number sₜ more for each task, which do not depend on the example, as the output
/// <see cref="WeightsOutput"/>, and the sum is Σ e^(−sₜ)·wₜ·Jₜ + sₜ. Source: book section 7.7; Kendall, Gal, Cipolla, "Multi-task learning using uncertainty to weigh losses", 2018,
/// whose sₜ is the logarithm of the variance, with a factor of ½ left out.
/// </summary>
/// <remarks>Prediction and target: those of each task, by its name (<see cref="Heads"/> is a model of this kind); "task_weights" [batch, tasks]. How well a task is done, a metric of its
/// name tells: <c>new Accuracy().On("kind")</c>.</remarks>
public sealed record MultiTask : ComposedLoss
{
    /// <summary>The name of the output that gives the learned weights, from a <see cref="SharedOutputs"/> layer.</summary>
    public const string WeightsOutput = "task_weights";

    private readonly SumOfLosses sum;

    /// <summary>A sum over tasks.</summary>
    /// <param name="tasks">The tasks, at least one.</param>
    /// <exception cref="ArgumentException">There are none, or two have the same name.</exception>
    public MultiTask(params ReadOnlySpan<LearningTask> tasks)
    {
        if (tasks.IsEmpty)
            throw new ArgumentException("Expected at least one task, found none.", nameof(tasks));
        Tasks = tasks.ToArray();
        if (Tasks.CountBy(task => task.Name, StringComparer.Ordinal).FirstOrDefault(names => names.Value > 1).Key is { } twice)
            throw new ArgumentException($"Expected tasks of distinct names, found two called \"{twice}\".", nameof(tasks));
        sum = new SumOfLosses([.. Tasks.Select(task => (task.Weight, task.Loss.On(task.Name, task.Loss.Weight)))]);
    }

    /// <summary>The tasks.</summary>
    public IReadOnlyList<LearningTask> Tasks { get; }

    /// <summary>Whether the model gives the weights of the tasks; false by default.</summary>
    public bool LearnWeights { get; init; }

    /// <inheritdoc/>
    public override bool TakesUnlabelled => sum.TakesUnlabelled;

    /// <inheritdoc/>
    internal override IReadOnlyList<Loss> Summands => sum.Summands;

    /// <summary>Refused: each task has a name of its own.</summary>
    /// <param name="name">A name.</param>
    /// <param name="weight">A weight.</param>
    /// <exception cref="GraphException">Always.</exception>
    public override Loss On(string name, string? weight = null) =>
        throw new GraphException($"Expected names of tasks where a {nameof(MultiTask)} is made, found \"{name}\" for all of them.");

    /// <summary>The parts of the loss if all tasks have the same output and target.</summary>
    /// <param name="prediction">What the model gives for each.</param>
    /// <param name="target">The target of each.</param>
    /// <exception cref="GraphException">The weights are learned, which takes another output.</exception>
    public override IReadOnlyList<LossTerm> Terms(Variable prediction, Variable target) => !LearnWeights ? sum.Terms(prediction, target)
        : throw new GraphException($"{nameof(MultiTask)} expects the outputs of a model by name, \"{WeightsOutput}\" among them, found one prediction {prediction.Shape}.");

    /// <inheritdoc/>
    internal override IReadOnlyList<CountedTerm> TermsOf(Named outputs, Named fields, ExampleSymbols examples)
    {
        if (!LearnWeights)
            return sum.TermsOf(outputs, fields, examples);
        Variable all = outputs[WeightsOutput];
        Targets.Columns($"{nameof(MultiTask)} (\"{WeightsOutput}\")", all, Tasks.Count);
        // The same for each example.
        Variable weights = all.Mean([0]);
        var terms = new List<CountedTerm>();
        foreach ((int t, (double factor, Loss loss)) in sum.Parts.Index())
        {
            Variable s = weights.Slice(0, t, t + 1);
            foreach ((int part, CountedTerm term) in loss.TermsOf(outputs, fields, examples).Index())
            {
                Variable weighted = (-s).Exp() * (factor * term.PerExample);
                // A loss of several terms has one weight, which is paid for once.
                terms.Add(term with { PerExample = part == 0 ? weighted + s : weighted });
            }
        }

        return terms;
    }

    /// <inheritdoc/>
    protected internal override string? TargetFault(ReadOnlySpan<float> target, int outputs) => sum.TargetFault(target, outputs);
}
