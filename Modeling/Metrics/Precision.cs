namespace Toolkit.Modeling.Metrics;

/// <summary>t/p, the share of right answers among the p examples that are taken for a class. Source: book section 11.1.</summary>
public sealed record Precision : ClassRatio
{
    /// <inheritdoc/>
    protected override string Ratio => "precision";

    /// <inheritdoc/>
    protected override (double Top, double Bottom) Parts(double right, double taken, double actual) => (right, taken);
}
