using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Modeling.Distributions;

/// <summary>
/// A mixture of k isotropic Gaussians over d outputs: p(y) = Σₖ πₖ N(y; μₖ, sₖ²I), π = softmax of the logits. Its −ln p(y) is a log-sum-exp with
/// the maximum taken out, finite for any scale that is. Source: book section 6.2.2.4, equation 6.35; Bishop, "Mixture density networks", 1994.
/// </summary>
/// <param name="Logits">ln π up to a constant, [batch, k].</param>
/// <param name="Centers">μ, [batch, k, d].</param>
/// <param name="LogScales">ln s, [batch, k].</param>
public sealed record GaussianMixture(Variable Logits, Variable Centers, Variable LogScales) : Distribution
{
    private const int BisectionSteps = 60, ModeSteps = 30;

    /// <summary>π, [batch, k].</summary>
    public Variable Weights => Logits.Softmax();

    /// <summary>Σ πₖμₖ, [batch, d].</summary>
    public override Variable Mean => (Column(Weights) * Centers).Sum([1]);

    /// <summary>Σ πₖ(sₖ² + (μₖ − mean)²), [batch, d].</summary>
    public override Variable Variance
    {
        get
        {
            Variable apart = (Centers - Mean.Reshape([Batch, 1, Outputs])).Square();
            return (Column(Weights) * (Column((2.0 * LogScales).Exp()) + apart)).Sum([1]);
        }
    }

    /// <summary>
    /// A mode for each component, [batch, k, d]: from the component's mean uphill by y ← Σ wₖμₖ / Σ wₖ with wₖ = γₖ(y)/sₖ². Components of
    /// one bump come to the same mode. Source: Carreira-Perpiñán, "Mode-finding for mixtures of Gaussian distributions", 2000.
    /// </summary>
    public Variable Modes
    {
        get
        {
            // Starting points run along axis 1, components along axis 2.
            Variable points = Centers;
            Variable centers = Centers.Reshape([Batch, 1, Components, Outputs]);
            Variable logits = (Logits - (Outputs * LogScales)).Reshape([Batch, 1, Components]);
            Variable logScales = LogScales.Reshape([Batch, 1, Components]);
            for (int step = 0; step < ModeSteps; step++)
            {
                Variable squares = (points.Reshape([Batch, Components, 1, Outputs]) - centers).Square().Sum([3]);
                Variable w = (logits - (0.5 * squares * (-2.0 * logScales).Exp()) - (2.0 * logScales)).Softmax(2);
                points = (w.Reshape([Batch, Components, Components, 1]) * centers).Sum([2]);
            }

            return points;
        }
    }

    private Dim Batch => Logits.Shape[0];

    private Dim Components => Logits.Shape[1];

    private int Outputs => Centers.Shape[2].Size;

    /// <inheritdoc/>
    public override Variable NegativeLogLikelihood(Variable target)
    {
        Variable y = Targets.Align(nameof(GaussianMixture), Mean, target).Reshape([Batch, 1, Outputs]);
        // Dividing before squaring keeps ((y − μ)/s)² finite for scales near the least of the type.
        Variable squares = ((y - Centers) * Column((-LogScales).Exp())).Square().Sum([2]);
        Variable terms = Logits.LogSoftmax() - (Outputs * LogScales) - (0.5 * squares);
        return (0.5 * Outputs * Math.Log(2.0 * Math.PI)) - LogSum.OfExponentials(terms, 1);
    }

    /// <summary>The quantiles of each output by itself, by halving intervals.</summary>
    /// <param name="level">The probability, above 0 and below 1.</param>
    public override Variable Quantile(double level)
    {
        // The quantile of a mixture lies between the least and the greatest quantile of its components.
        Variable scales = Column(LogScales.Exp()), weights = Column(Weights);
        Variable each = Centers + (NormalQuantile.Of(Level(level)) * scales);
        Variable low = each.ReduceMin([1], keepDims: true), high = each.ReduceMax([1], keepDims: true);
        for (int step = 0; step < BisectionSteps; step++)
        {
            Variable middle = 0.5 * (low + high);
            Variable cumulative = (weights * (0.5 + (0.5 * ((middle - Centers) / (scales * Math.Sqrt(2.0))).Erf()))).Sum([1], keepDims: true);
            Variable below = Ops.Less(cumulative, level);
            low = Ops.Where(below, middle, low);
            high = Ops.Where(below, high, middle);
        }

        return (0.5 * (low + high)).Reshape([Batch, Outputs]);
    }

    /// <inheritdoc/>
    public override Variable Sample(RandomStream random)
    {
        Variable component = Column(Ops.OneHot(new Categorical(Logits).Sample(random), Components.Size, Logits.DType));
        Variable noise = random.Fork(2).Normal([Batch, 1, Outputs], Logits.DType, Logits);
        return (component * (Centers + (Column(LogScales.Exp()) * noise))).Sum([1]);
    }

    private Variable Column(Variable perComponent) => perComponent.Reshape([Batch, Components, 1]);
}
