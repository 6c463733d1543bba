using Microsoft.ML;
using Microsoft.ML.Data;

namespace Toolkit.MLNetIntegration.Tests.Training;

/// <summary>Made rows with a known rule, in every form that trainers take.</summary>
internal static class TrainingData
{
    public static readonly string[] Kinds = ["left", "middle", "right"];

    public static Row[] Rows(int count = 400, int seed = 7)
    {
        var random = new Random(seed);
        var rows = new Row[count];
        for (int i = 0; i < count; i++)
        {
            float x = (float)((random.NextDouble() * 4) - 2), y = (float)((random.NextDouble() * 4) - 2);
            int kind = x < -0.7 ? 0 : x < 0.7 ? 1 : 2;
            float noise = (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
            rows[i] = new Row
            {
                X = x,
                Y = 100 + (20 * y),
                Pair = [x, 100 + (20 * y)],
                Name = Kinds[kind],
                IsRight = kind == 2,
                Target = 1000 + (50 * x * y),
                Noisy = x + ((0.1f + (0.4f * Math.Abs(y))) * noise),
                Both = [x + y, x - y],
                Weight = 1,
                Stars = 1 + Math.Clamp((int)(x + 2.5f), 0, 4),
                Count = i % 7,
                Words = i % 11 == 0 ? "" : $"It is {Kinds[kind]}, {Kinds[i % 3].ToUpperInvariant()}: truly {Kinds[kind]}!",
            };
        }

        return rows;
    }

    /// <summary>The rows with "Kind", a key of the names, and "Grade", a key of the stars.</summary>
    public static IDataView Keyed(MLContext ml, IEnumerable<Row> rows)
    {
        IDataView view = ml.Data.LoadFromEnumerable(rows);
        const Microsoft.ML.Transforms.ValueToKeyMappingEstimator.KeyOrdinality ByValue = Microsoft.ML.Transforms.ValueToKeyMappingEstimator.KeyOrdinality.ByValue;
        return ml.Transforms.Conversion.MapValueToKey("Kind", "Name", keyOrdinality: ByValue)
            .Append(ml.Transforms.Conversion.MapValueToKey("Grade", "Stars", keyOrdinality: ByValue))
            .Fit(view).Transform(view);
    }

    public sealed class Row
    {
        public float X { get; set; }

        public float Y { get; set; }

        [VectorType(2)]
        public float[] Pair { get; set; } = [];

        public string Name { get; set; } = "";

        public bool IsRight { get; set; }

        public float Target { get; set; }

        public float Noisy { get; set; }

        [VectorType(2)]
        public float[] Both { get; set; } = [];

        public float Weight { get; set; }

        /// <summary>1 to 5.</summary>
        public float Stars { get; set; }

        public int Count { get; set; }

        public string Words { get; set; } = "";
    }
}
