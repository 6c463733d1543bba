using Toolkit.Modeling.Data;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Metrics;
using Toolkit.Modeling.Training;

namespace Toolkit.Samples.Tabular.Csv;

/// <summary>Whether an income is above 50,000 dollars: the rows of <see cref="Cases.Adult"/>.</summary>
internal sealed class AdultTable : Table
{
    private static readonly string[] Texts = ["workclass", "education", "marital-status", "occupation", "relationship", "ethnicity", "sex", "native-country"];

    public override string Name => "adult";

    public override string Figure => "accuracy %";

    protected override (Loss Loss, IReadOnlyList<Metric> Metrics) Task => (new BinaryCrossEntropy(), [new Accuracy()]);

    protected override (Dataset Train, Dataset Test, Func<float[], float[]> Derive) Load(string folder)
    {
        var options = new CsvOptions
        {
            // A value that is missing is a category of its own.
            Missing = MissingValues.Zero,
            Fields =
            [
                CsvField.Numbers("numbers", "age", "fnlwgt", "education-num", "capital-gain", "capital-loss", "hours-per-week"),
                .. Texts.Select(text => CsvField.Category(text, text) with { TakesOthers = true }),
                CsvField.Label("target", "label(IsOver50K)"),
            ],
        };
        Dataset train = Dataset.LoadCsv(Path.Combine(folder, "adult-train-8k.csv"), options);
        return (train, Dataset.LoadCsv(Path.Combine(folder, "adult-test-3k.csv"), options.WithNames(train)), row => [.. row, MathF.Log(1 + row[3]), MathF.Log(1 + row[4])]);
    }

    protected override double Read(Evaluation evaluation, double deviation) => 100 * evaluation["accuracy"];
}
