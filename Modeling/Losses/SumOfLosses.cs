using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Modeling.Modules;

namespace Toolkit.Modeling.Losses;

/// <summary>
/// Σ fᵢ·Jᵢ: several losses at once, each on outputs and targets of its own names (<see cref="Loss.On"/>) and a mean over the examples that count for it; several tasks on a
/// shared trunk, for example. Written <c>new Huber().On("price") + (0.3 * new SoftmaxCrossEntropy().On("kind"))</c>. Source: book section 7.7.
/// </summary>
/// <remarks>Prediction and target: those of each part.</remarks>
public sealed record SumOfLosses : ComposedLoss
{
    /// <summary>A sum of losses.</summary>
    /// <param name="parts">The losses, each with its factor, at least 0.</param>
    /// <exception cref="ArgumentException">There are none, or a factor is negative or not finite.</exception>
    public SumOfLosses(params ReadOnlySpan<(double Factor, Loss Loss)> parts)
    {
        if (parts.IsEmpty)
            throw new ArgumentException("Expected at least one loss, found none.", nameof(parts));
        foreach ((double factor, _) in parts)
            Settings.NotNegative(factor);
        Parts = parts.ToArray();
    }

    /// <summary>The losses, each with its factor.</summary>
    public IReadOnlyList<(double Factor, Loss Loss)> Parts { get; }

    /// <inheritdoc/>
    private protected override IReadOnlyList<(double Factor, Loss Loss)> Addends => Parts;

    /// <inheritdoc/>
    public override bool ReadsClassLogits => Parts.All(part => part.Loss.ReadsClassLogits);

    /// <inheritdoc/>
    public override bool TakesUnlabelled => Parts.All(part => part.Loss.TakesUnlabelled);

    /// <inheritdoc/>
    internal override IReadOnlyList<Loss> Summands => [.. Parts.SelectMany(part => part.Loss.Summands)];

    /// <inheritdoc/>
    public override Loss On(string name, string? weight = null) => new SumOfLosses([.. Parts.Select(part => (part.Factor, part.Loss.On(name, weight)))]);

    /// <inheritdoc/>
    public override IReadOnlyList<LossTerm> Terms(Variable prediction, Variable target) =>
        [.. Parts.SelectMany(part => part.Loss.Terms(prediction, target).Select(term => term.Map(loss => part.Factor * loss)))];

    /// <inheritdoc/>
    internal override IReadOnlyList<CountedTerm> TermsOf(Named outputs, Named fields, ExampleSymbols examples) =>
        [.. Parts.SelectMany(part => part.Loss.TermsOf(outputs, fields, examples).Select(term => term with { PerExample = part.Factor * term.PerExample }))];

    /// <inheritdoc/>
    protected internal override string? TargetFault(ReadOnlySpan<float> target, int outputs)
    {
        foreach ((_, Loss loss) in Parts)
        {
            if (loss.TargetFault(target, outputs) is { } fault)
                return fault;
        }

        return null;
    }
}
