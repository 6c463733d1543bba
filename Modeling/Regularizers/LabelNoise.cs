using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Modeling.Regularizers;

/// <summary>
/// Noise on class labels: with probability ε a label is replaced by one of the others, each as likely, drawn anew with each step; the objective becomes the loss with
/// these labels. On average it is label smoothing in the book's form (<see cref="Losses.SmoothingForm.OtherClasses"/>), which has no noise. Unlabelled examples
/// (−1) stay so. Source: book sections 7.5 and 7.5.1.
/// </summary>
/// <param name="Rate">ε, at least 0 and below 1.</param>
public sealed record LabelNoise(double Rate) : Regularizer
{
    /// <summary>ε, at least 0 and below 1.</summary>
    public double Rate { get; init => field = Settings.Rate(value); } = Settings.Rate(Rate);

    /// <summary>The share of the noisy labels in the objective, between 0 and 1; 1 by default.</summary>
    public double Share { get; init => field = Settings.Share(value); } = 1.0;

    /// <summary>Selects the random numbers; 0 by default.</summary>
    public ulong Seed { get; init; }

    /// <inheritdoc/>
    public override double ReplacedShare => Share;

    /// <inheritdoc/>
    public override Variable Penalty(Objective objective)
    {
        objective.RequireClassLogits(nameof(LabelNoise));
        Distributions.RandomStream random = objective.Random(nameof(LabelNoise), Seed);
        Variable y = objective.Target;
        Variable other = Other(y, random.Fork(1).Uniform(y.Shape, DType.Float64, y), objective.Output.Shape[1].Size);
        Variable replaced = Ops.Less(random.Uniform(y.Shape, DType.Float64, y), Rate);
        Variable labelled = Ops.GreaterOrEqual(y, Variable.Scalar(0, DType.Int64));
        return Share * (objective.LossOf(objective.Output, Ops.Where(labelled, Ops.Where(replaced, other, y), y)) - objective.Loss);
    }

    /// <summary>One of the other classes: 1 to k − 1 places further, round the end.</summary>
    private static Variable Other(Variable y, Variable uniform, int classes)
    {
        Variable places = Ops.Min((uniform * (classes - 1.0)).Cast(DType.Int64), Variable.Scalar(Math.Max(classes - 2, 0), DType.Int64));
        Variable further = Ops.Add(Ops.Add(y, places), Variable.Scalar(1, DType.Int64)), size = Variable.Scalar(classes, DType.Int64);
        return Ops.Where(Ops.GreaterOrEqual(further, size), Ops.Sub(further, size), further);
    }
}
