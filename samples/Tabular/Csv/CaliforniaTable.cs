using Toolkit.Modeling;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Metrics;
using Toolkit.Modeling.Training;

namespace Toolkit.Samples.Tabular.Csv;

/// <summary>The median value of houses in a district, in thousands of dollars: the rows of <see cref="Cases.CaliforniaHousing"/>, another fifth of them for testing.</summary>
internal sealed class CaliforniaTable : Table
{
    public override string Name => "california";

    public override string Figure => "RMSE";

    protected override (Loss Loss, IReadOnlyList<Metric> Metrics) Task => (new MeanSquaredError(), []);

    protected override (Dataset Train, Dataset Test, Func<float[], float[]> Derive) Load(string folder)
    {
        var options = new CsvOptions
        {
            Missing = MissingValues.Mean,
            Fields =
            [
                CsvField.Numbers(
                    "numbers", "longitude", "latitude", "housing_median_age", "total_rooms", "total_bedrooms", "population", "households", "median_income"),
                CsvField.Category("ocean", "ocean_proximity"),
                CsvField.Numbers("target", "median_house_value"),
            ],
        };
        (Dataset test, Dataset train) = Dataset.LoadCsv(Path.Combine(folder, "housing.csv"), options).Split(0.2, new RandomSource(1));
        return (train, test, Derive);
    }

    protected override double Read(Evaluation evaluation, double deviation) => deviation * Math.Sqrt(evaluation.Loss) / 1000;

    private static float[] Derive(float[] row)
    {
        float income = row[7], households = row[6];
        float[] places = [row[0], row[1], row[0] + row[1], row[0] - row[1]];
        return
        [
            .. places, row[2], .. row[3..].Select(x => MathF.Log(x)), income, MathF.Log(row[3] / households), MathF.Log(row[4] / row[3]), MathF.Log(row[5] / households),
            .. places.SelectMany(place => Waves.Of(place, 4)),
        ];
    }
}
