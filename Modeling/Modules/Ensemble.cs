using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Modeling.Modules;

/// <summary>
/// The mean of what several models give for the same input, as one graph that exports as one file: Σ wᵢ·fᵢ(x), equal weights unless given. For
/// classifiers let the members end in softmax, so that probabilities are averaged; members that end in logits give the geometric mean of the
/// distributions, renormalized by a softmax (book equations 7.52 to 7.54). Source: book section 7.11.
/// </summary>
/// <remarks>Bagging trains each member on a bootstrap sample (<see cref="Toolkit.Modeling.Ensembles.Bootstrap"/>); the expected squared error of the
/// mean of k members is v/k + (k − 1)c/k for errors of variance v and covariance c (equation 7.51). At inference, four members or more of one form are one computation over stacked parameters, a Scan in files.</remarks>
public sealed class Ensemble : Module
{
    private readonly Module[] members;
    private readonly double[] weights;

    /// <summary>The mean of models.</summary>
    /// <param name="members">The models, at least one; each a model of its own with a <see cref="Model.Name"/> or none.</param>
    /// <param name="weights">The weight of each; null for equal weights.</param>
    /// <exception cref="ArgumentException">There are no members, or not as many weights as members.</exception>
    public Ensemble(IReadOnlyList<Module> members, IReadOnlyList<double>? weights = null)
    {
        this.weights = Averages.Weights(members.Count, weights);
        this.members = [.. members];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Module> Children => members;

    /// <inheritdoc/>
    protected internal override string Kind => "ensemble";

    /// <inheritdoc/>
    protected override Shape? ExpectedInput => members[0].InputShape;

    /// <inheritdoc/>
    protected override Variable Build(Variable input, ForwardContext context) =>
        Averages.Of(members, [.. members.Select(member => (Variable[])[member.Forward(input, context)])], weights, context)[0];
}
