using Toolkit.Samples.BookResults.Data;

namespace Toolkit.Samples.BookResults.Experiments;

internal sealed class MonteCarloWine : MonteCarloRegression
{
    public override string Name => "monte-carlo-wine";

    public override string Source => "Quality of red wine by dropout with Monte Carlo inference, book 7.12 (Gal, Ghahramani 2016)";

    protected override double Precision => 2.5;

    protected override string PublishedError => "0.62 ± 0.01 (grid search), 0.624 ± 0.008 (these settings)";

    protected override string PublishedOne => "0.649";

    protected override string PublishedLikelihood => "−0.93 ± 0.01 (grid search), −0.945 (these settings)";

    protected override double[][] Rows(DataFolder data) => [.. data.Rows("wine-quality", "winequality-red.csv", ',', 1).Select(row => (double[])[row[^1], .. row[..^1]])];

    protected override string Splits(DataFolder data) => data.File("wine-quality", "red-splits20.csv");
}
