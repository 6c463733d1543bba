namespace Toolkit.Modeling.Data;

/// <summary>How a <see cref="SampledSource"/> draws the examples of a pass.</summary>
public enum Sampling
{
    /// <summary>Each example once, in one random order that is the same in each pass: shuffled once, then passed over (book section 8.1.3).</summary>
    FixedOrder,

    /// <summary>As many examples as there are, each drawn from all: independent, so that a minibatch gradient is an unbiased estimate of the gradient over all examples
    /// at each step; in a pass about 63 % of the examples occur.</summary>
    WithReplacement,
}
