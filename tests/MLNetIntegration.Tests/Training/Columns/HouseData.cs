using Microsoft.ML;
using Microsoft.ML.Data;

namespace Toolkit.MLNetIntegration.Tests.Training.Columns;

/// <summary>Made houses with columns of every kind. The price is 100 + age/2 + 3·rooms + area/10, 15 less for a new one, plus what the city, the tags on average and a garden in the note add.</summary>
internal static class HouseData
{
    public static readonly string[] Cities = ["Aarhus", "Bergen", "Cork", "Delft", "Evora", "Fulda"];

    private static readonly double[] CityAdds = [-30, 10, 45, -5, 20, -50];

    private static readonly string[] Tags = ["quiet", "lake", "busy", "old", "sunny"];

    private static readonly double[] TagAdds = [10, 40, -30, -10, 25];

    public static Row[] Rows(int count = 600, int seed = 11)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => Make(random))];
    }

    /// <summary>The rows with "Place", a key of the city, "Marks", the keys of the tags, and "Style", a key of the kind.</summary>
    public static IDataView Keyed(MLContext ml, IEnumerable<Row> rows) => Keys(ml).Fit(ml.Data.LoadFromEnumerable(Rows())).Transform(ml.Data.LoadFromEnumerable(rows));

    public static IEstimator<ITransformer> Keys(MLContext ml)
    {
        const Microsoft.ML.Transforms.ValueToKeyMappingEstimator.KeyOrdinality ByValue = Microsoft.ML.Transforms.ValueToKeyMappingEstimator.KeyOrdinality.ByValue;
        return ml.Transforms.Conversion.MapValueToKey("Place", "City", keyOrdinality: ByValue)
            .Append(ml.Transforms.Conversion.MapValueToKey("Marks", "Tags", keyOrdinality: ByValue))
            .Append(ml.Transforms.Conversion.MapValueToKey("Style", "Kind", keyOrdinality: ByValue));
    }

    private static Row Make(Random random)
    {
        int city = random.Next(Cities.Length), age = random.Next(100), rooms = 1 + random.Next(8);
        int[] tags = [.. Enumerable.Range(0, random.Next(4)).Select(_ => random.Next(Tags.Length))];
        double area = 30 + (120 * random.NextDouble());
        bool isNew = random.Next(2) == 0, hasGarden = random.Next(3) == 0;
        double price = 100 + (age / 2.0) + (3 * rooms) + (area / 10) - (isNew ? 15 : 0) + CityAdds[city] + (tags.Length == 0 ? 0 : tags.Average(t => TagAdds[t])) + (hasGarden ? 30 : 0);
        return new Row
        {
            Age = age,
            Rooms = (byte)rooms,
            Area = area,
            IsNew = isNew,
            Sizes = [(float)area, age],
            City = Cities[city],
            Tags = [.. tags.Select(t => HouseData.Tags[t])],
            Note = hasGarden ? random.Next(2) == 0 ? "With a Garden, and a view." : "garden!" : random.Next(2) == 0 ? "A view (of the street)." : "",
            Price = price,
            Cost = (float)price,
            IsDear = price > 190,
            Kind = price < 150 ? "low" : price < 200 ? "middle" : "high",
        };
    }

    public sealed class Row
    {
        public int Age { get; set; }

        public byte Rooms { get; set; }

        public double Area { get; set; }

        public bool IsNew { get; set; }

        [VectorType(2)]
        public float[] Sizes { get; set; } = [];

        public string City { get; set; } = "";

        public string[] Tags { get; set; } = [];

        public string Note { get; set; } = "";

        public double Price { get; set; }

        public float Cost { get; set; }

        public bool IsDear { get; set; }

        public string Kind { get; set; } = "";

        public DateTime Built { get; set; }

        [KeyType(uint.MaxValue)]
        public uint Vague { get; set; }
    }
}
