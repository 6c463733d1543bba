using Microsoft.ML.Data;

// Forecasts the next hour of a series from the 48 hours before, with an interval that should hold nine times in ten.
const int Past = Stretch.Length, Hours = 1680;
float[] series = [.. Enumerable.Range(0, Hours).Select(Load)];
Stretch[] stretches = [.. Enumerable.Range(Past, Hours - Past).Select(hour => new Stretch { Past = series[(hour - Past)..hour], Next = series[hour] })];

// The last fifth is the future: it is neither learned from nor looked at before the end.
int known = stretches.Length * 4 / 5;
var ml = new MLContext(seed: 1);
IDataView train = ml.Data.LoadFromEnumerable(stretches[..known]), test = ml.Data.LoadFromEnumerable(stretches[known..]);

ITransformer model = ml.Regression.HeteroscedasticNeuralNetwork(new NeuralNetworkOptions
{
    FeatureColumns = ["Past"],
    LabelColumn = "Next",
    HiddenUnits = [32],
    Quantiles = [0.05, 0.95],
    Optimizer = new Adam { LearningRate = 0.003 },
    Epochs = 20,
}).Fit(train);

IDataView scored = model.Transform(test);
RegressionMetrics measured = ml.Regression.Evaluate(scored, labelColumnName: "Next");
float[][] quantiles = [.. scored.GetColumn<float[]>("Quantiles")];
float[] next = [.. scored.GetColumn<float>("Next")];
double inside = quantiles.Zip(next, (q, y) => y >= q[0] && y <= q[1] ? 1.0 : 0.0).Average();
double naive = stretches[known..].Average(stretch => Math.Abs(stretch.Next - stretch.Past[^24]));
Console.WriteLine($"mean absolute error {measured.MeanAbsoluteError:F2}; of the value of a day before {naive:F2}; {inside:P0} within the interval");
ml.Model.Save(model, train.Schema, "forecast.zip");

// A load with a day, a week and noise that is stronger by day. Put your own series in its place.
static float Load(int hour)
{
    double day = Math.Sin(2 * Math.PI * hour / 24), week = hour / 24 % 7 < 5 ? 10 : 0;
    return (float)(50 + (20 * day) + week + ((day > 0 ? 3 : 1) * new RandomSource(7).Fork(hour).NextNormal()));
}

internal sealed class Stretch
{
    public const int Length = 48;

    [VectorType(Length)]
    public float[] Past { get; set; } = [];

    public float Next { get; set; }
}
