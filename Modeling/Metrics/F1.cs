namespace Toolkit.Modeling.Metrics;

/// <summary>2·t/(p + a), the harmonic mean of precision and recall of a class: t of its a examples are recognized, and p are taken for it. Source: van Rijsbergen, "Information retrieval", 1979; precision and recall in book
/// section 11.1.</summary>
public sealed record F1 : ClassRatio
{
    /// <inheritdoc/>
    protected override string Ratio => "f1";

    /// <inheritdoc/>
    protected override (double Top, double Bottom) Parts(double right, double taken, double actual) => (2.0 * right, taken + actual);
}
