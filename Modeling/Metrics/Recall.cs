namespace Toolkit.Modeling.Metrics;

/// <summary>t/a, the share of the a examples of a class that are recognized. The mean over classes is the balanced accuracy. Source: book section 11.1.</summary>
public sealed record Recall : ClassRatio
{
    /// <inheritdoc/>
    protected override string Ratio => "recall";

    /// <inheritdoc/>
    protected override (double Top, double Bottom) Parts(double right, double taken, double actual) => (right, actual);
}
