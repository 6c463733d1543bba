using Toolkit.Samples.BookResults.Data;

namespace Toolkit.Samples.BookResults.Experiments;

internal sealed class MonteCarloHousing : MonteCarloRegression
{
    public override string Name => "monte-carlo-dropout";

    public override string Source => "Boston housing by dropout with Monte Carlo inference, book 7.12 (Gal, Ghahramani 2016)";

    protected override double Precision => 0.15;

    protected override string PublishedError => "2.97 ± 0.19 (paper), 2.90 ± 0.18 (grid search), 3.12 ± 0.20 (these settings)";

    protected override string PublishedOne => "3.76";

    protected override string PublishedLikelihood => "−2.46 (paper), −2.40 ± 0.04 (grid search), −2.52 (these settings)";

    protected override double[][] Rows(DataFolder data) => data.Rows("boston-housing", "housing.txt", '\t', 1);

    protected override string Splits(DataFolder data) => data.File("boston-housing", "splits20.csv");
}
