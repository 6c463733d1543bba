using Toolkit.Autograd.Gradients;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Losses;

namespace Toolkit.Modeling.Metrics;

/// <summary>
/// The share of examples whose class is recognized after each input value has moved by ε against the model, x̃ = x + ε·sign(∇ₓJ). With ε = 0 it is
/// <see cref="Accuracy"/>. Source: book section 7.13; Goodfellow, Shlens, Szegedy 2014.
/// </summary>
/// <remarks>The values of x̃ are not clipped to a range. It costs a gradient and a second evaluation of the model.</remarks>
/// <param name="Loss">J, of labels.</param>
/// <param name="Epsilon">ε, at least 0.</param>
public sealed record AdversarialAccuracy(Loss Loss, double Epsilon) : MeanMetric
{
    /// <summary>ε, at least 0.</summary>
    public double Epsilon { get; init => field = Settings.NotNegative(value); } = Settings.NotNegative(Epsilon);

    /// <inheritdoc/>
    public override string Name => FormattableString.Invariant($"adversarial accuracy {Epsilon}");

    /// <inheritdoc/>
    /// <exception cref="GraphException">The prediction is not computed from one input of real numbers.</exception>
    public override Variable PerExample(Variable prediction, Variable target)
    {
        double epsilon = Epsilon;
        // Weights reach a prediction of training through the statistics of the batch; they are not part of an example.
        Variable[] inputs = [.. LeavesOf(prediction).Where(v => v.IsInput && v.DType.IsFloating() && v.Name != Data.DataLayout.Weight)];
        if (inputs is not [{ } input])
            throw new GraphException($"{nameof(AdversarialAccuracy)} expects a prediction computed from one input of real numbers, found {inputs.Length}.");
        Variable moved = input + (epsilon * Gradient.Of(Loss.PerExample(prediction, target).Sum(), wrt: input).Sign());
        Variable changed = new Substitution(new Dictionary<Variable, Variable>(ReferenceEqualityComparer.Instance) { [input] = moved }).Map(prediction);
        return new Accuracy().PerExample(changed, target);
    }

    private static IEnumerable<Variable> LeavesOf(Variable root) =>
        TopologicalOrder.Of([root]).SelectMany(node => node.Inputs).Append(root).Where(variable => variable.Producer is null).Distinct();
}
